"""Frozen dataclasses to plain JSON types and back, by their type hints alone."""

import types
from collections.abc import Callable, Mapping
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


def decode(kind: Any, payload: Any) -> Any:
    """The inverse of `encode`. Raises TypeError when the payload does not fit the declared type."""
    return _decoder(kind)(payload)


@cache
def _decoder(kind: Any) -> Callable[[Any], Any]:
    """How to read one declared type; worked out once, because a report has thousands of cells."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _union(get_args(kind))
    if origin is tuple:
        item = _decoder(get_args(kind)[0])
        return lambda payload: tuple(map(item, payload))
    if origin is dict:
        value = _decoder(get_args(kind)[1])
        return lambda payload: {key: value(one) for key, one in payload.items()}
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind
    if kind is date:
        return date.fromisoformat
    return _scalar(kind)


def _dataclass(kind: type) -> Callable[[Any], Any]:
    readers = {name: _decoder(hint) for name, hint in get_type_hints(kind).items()}

    def read(payload: Any) -> Any:
        if not isinstance(payload, Mapping):
            raise TypeError(f"{kind.__name__} expected, got {type(payload).__name__}")
        return kind(**{name: readers[name](item) for name, item in payload.items()})

    return read


def _scalar(kind: type) -> Callable[[Any], Any]:
    def read(payload: Any) -> Any:
        if not isinstance(payload, kind):
            raise TypeError(f"{kind.__name__} expected, got {type(payload).__name__}")
        return payload

    return read


def _union(choices: tuple[Any, ...]) -> Callable[[Any], Any]:
    """Scalars by their type; dataclasses by their `kind` field, or the only dataclass among the choices."""
    scalars = tuple(choice for choice in choices if isinstance(choice, type) and not is_dataclass(choice))
    tagged: dict[Any, Any] = {_tag(choice): choice for choice in choices if is_dataclass(choice)}

    def read(payload: Any) -> Any:
        if not isinstance(payload, Mapping):
            if isinstance(payload, scalars):
                return payload
            raise TypeError(f"none of {choices} fits {type(payload).__name__}")
        chosen = next(iter(tagged.values())) if len(tagged) == 1 else tagged.get(payload.get("kind"))
        if chosen is None:
            raise TypeError(f"no choice of {choices} has kind {payload.get('kind')!r}")
        return _decoder(chosen)(payload)

    return read


def _tag(choice: Any) -> Any:
    return next((f.default for f in fields(choice) if f.name == "kind"), None)
