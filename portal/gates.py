"""What one wing must know from another before something may go on (house.md). Wings fill this registry in `apps.py`.

A gate is declared by whoever asks, with the providers it cannot do without; a gate that lacks one is a system-check
error (`portal.checks`). Findings explain; only `block` stops, and whoever asks says so to the person.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` is the rule book's number, `text` Chinese: cause, present value, remedy."""

    level: Level
    rule: str
    text: str


Provider = Callable[[Any, date], Iterable[Finding]]
_expected: dict[str, set[str]] = {}
_providers: dict[str, dict[str, Provider]] = {}


def expect(gate: str, *names: str) -> None:
    """Declare a gate and the providers it needs, by name."""
    _expected.setdefault(gate, set()).update(names)


def provide(gate: str, name: str, provider: Provider) -> None:
    """Register what a wing knows: `provider(subject, on)` yields findings. A second one of a name is a mistake."""
    known = _providers.setdefault(gate, {}).setdefault(name, provider)
    if known is not provider:
        raise ValueError(f"gate {gate!r} has a provider {name!r} already")


def check(gate: str, subject: Any, *, on: date) -> list[Finding]:
    """Everything the wings have to say about `subject` at this gate; KeyError for a gate nobody declared."""
    if gate not in _expected:
        raise KeyError(gate)
    providers = _providers.get(gate, {})
    return [finding for name in sorted(providers) for finding in providers[name](subject, on)]


def lacking() -> list[tuple[str, str]]:
    """(gate, provider) pairs that were expected and that no wing provides; for the system check."""
    return sorted(
        (gate, name) for gate, names in _expected.items() for name in names if name not in _providers.get(gate, {})
    )
