"""Frozen dataclasses to plain JSON types and back, by their type hints alone."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints


def encode(value: Any) -> Any:
    """Fields that hold their default are left out, so a stored report stays small."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: encode(getattr(value, f.name))
            for f in fields(value)
            if f.name == "kind" or getattr(value, f.name) != f.default
        }
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [encode(item) for item in value]
    return value


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def decode(kind: Any, payload: Any) -> Any:
    """The inverse of `encode`. Raises TypeError when the payload does not fit the declared type."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _decode_union(get_args(kind), payload)
    if origin is tuple:
        return tuple(decode(get_args(kind)[0], item) for item in payload)
    if origin is dict:
        return {key: decode(get_args(kind)[1], item) for key, item in payload.items()}
    if is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(payload, Mapping):
            raise TypeError(f"{kind.__name__} expected, got {type(payload).__name__}")
        hints = _hints(kind)
        return kind(**{name: decode(hints[name], item) for name, item in payload.items()})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(payload)
    if kind is date:
        return date.fromisoformat(payload)
    if not isinstance(payload, kind):
        raise TypeError(f"{kind.__name__} expected, got {type(payload).__name__}")
    return payload


def _decode_union(choices: tuple[Any, ...], payload: Any) -> Any:
    """Scalars by their type; dataclasses by their `kind` field, then by the only dataclass among the choices."""
    if not isinstance(payload, Mapping):
        for choice in choices:
            if isinstance(choice, type) and not is_dataclass(choice) and isinstance(payload, choice):
                return payload
        raise TypeError(f"none of {choices} fits {type(payload).__name__}")
    candidates = [choice for choice in choices if is_dataclass(choice)]
    for choice in candidates:
        tag = next(f.default for f in fields(choice) if f.name == "kind")
        if len(candidates) == 1 or tag == payload.get("kind"):
            return decode(choice, payload)
    raise TypeError(f"no choice of {choices} has kind {payload.get('kind')!r}")
