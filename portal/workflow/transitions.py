"""What a transition is: a row of data in a subject's `transitions.py`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.access.decisions import Decision

SYSTEM = "system"  # the installation itself: jobs and schedules that finish what a person asked for


@dataclass(frozen=True)
class Transition:
    """From `sources` to `target`, by `roles`, when `guard(facts)` allows it.

    `stamps` maps a field to "now" or "user"; `label` is the Chinese verb on the button.
    """

    name: str
    sources: frozenset[str]
    target: str
    roles: frozenset[str]
    label: str
    guard: Callable[[Any], Decision] | None = None
    stamps: dict[str, str] = field(default_factory=dict)
