"""Checklists: which template applies where, and how far a step is. No database, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from associations.checklists.enums import StepState


@dataclass(frozen=True, slots=True)
class Answer:
    """What the records say to a step: that it is done, with the evidence."""

    evidence: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as it is shown: what a person did comes before what the records answer."""

    number: int
    text: str
    state: StepState
    on: date | None = None
    evidence: str = ""
    by: str = ""
    pk: int = 0


class Placed(Protocol):
    """What the choice of a template reads: its code, its jurisdiction, and when it holds."""

    @property
    def code(self) -> str: ...
    @property
    def region_code(self) -> str: ...
    @property
    def starts_on(self) -> date | None: ...
    @property
    def ends_on(self) -> date | None: ...


P = TypeVar("P", bound=Placed)


def applying(templates: Iterable[P], path_codes: Sequence[str], day: date) -> list[P]:
    """Of each code the template that holds on a day nearest to a place: county before city before province before all.

    `path_codes` are the codes of the place and of those above it, the highest first.
    """
    nearest: dict[str, P] = {}
    for one in templates:
        is_held = (one.starts_on is None or one.starts_on <= day) and (one.ends_on is None or one.ends_on >= day)
        if not is_held or (one.region_code and one.region_code not in path_codes):
            continue
        known = nearest.get(one.code)
        if known is None or _depth(one, path_codes) > _depth(known, path_codes):
            nearest[one.code] = one
    return [nearest[code] for code in sorted(nearest)]


def _depth(one: Placed, path_codes: Sequence[str]) -> int:
    return path_codes.index(one.region_code) + 1 if one.region_code else 0


def step_state(done_on: date | None, answer: Answer | None) -> StepState:
    """What a person recorded stands; else what the records answer."""
    if done_on is not None:
        return StepState.DONE
    return StepState.ANSWERED if answer is not None else StepState.OPEN


def open_steps(steps: Iterable[StepView]) -> list[StepView]:
    return [one for one in steps if one.state == StepState.OPEN]
