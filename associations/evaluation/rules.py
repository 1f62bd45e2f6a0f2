"""How long an evaluation grade holds, and what it is on a day (R-020). No database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from associations.evaluation.enums import GradeState
from portal.regulations.rules import term_end

REGIME_2010 = "2010"
REGIME_2026 = "2026"


class DatedGrade(Protocol):
    """What these rules read of a grade: its announcement and its validity, both ends inclusive."""

    level: str
    announced_on: date
    starts_on: date | None
    ends_on: date | None


G = TypeVar("G", bound=DatedGrade)


@dataclass(frozen=True, slots=True)
class Validity:
    """First and last day on which a grade counts."""

    starts_on: date
    ends_on: date


def validity(announced_on: date, *, regime: str, years: int, effective_on: date | None = None) -> Validity:
    """When a grade announced on a day holds (R-020).

    Regime 2010 (民政部令第39号): `years` years from `effective_on`, by default the day of the announcement.
    Regime 2026: from 1 January of the year after the announcement to 31 December of the `years`-th year.
    Raises ValueError for an unknown regime.
    """
    if regime == REGIME_2026:
        return Validity(date(announced_on.year + 1, 1, 1), date(announced_on.year + years, 12, 31))
    if regime == REGIME_2010:
        start = effective_on or announced_on
        return Validity(start, term_end(start, years))
    raise ValueError(f"unknown evaluation regime {regime!r}")


def state_on(grade: DatedGrade, day: date) -> GradeState | None:
    """Announced and not yet effective, valid, or expired; None before it was announced."""
    if day < grade.announced_on:
        return None
    if grade.starts_on is not None and day < grade.starts_on:
        return GradeState.ANNOUNCED
    if grade.ends_on is not None and day > grade.ends_on:
        return GradeState.EXPIRED
    return GradeState.VALID


def grade_on(grades: Iterable[G], day: date) -> G | None:
    """The grade that counts on a day: of the valid ones the one announced last.

    Until a new grade takes effect the old one, if still valid, continues (R-020); an expired grade is no grade.
    """
    valid = [grade for grade in grades if state_on(grade, day) == GradeState.VALID]
    return max(valid, key=lambda grade: grade.announced_on, default=None)


def announced_on_day(grades: Iterable[G], day: date) -> G | None:
    """The grade that is announced and waits for its first day of validity, if there is one."""
    waiting = [grade for grade in grades if state_on(grade, day) == GradeState.ANNOUNCED]
    return max(waiting, key=lambda grade: grade.announced_on, default=None)
