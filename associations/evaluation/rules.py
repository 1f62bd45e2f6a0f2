"""How long an evaluation grade holds and what it is on a day (R-020); the weight of Party building in a round (A-95),
its levels against the announcement (R-171). No database, no clock."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Protocol, TypeVar

from associations.evaluation.enums import GradeLevel, GradeState
from portal.regulations.rules import Rate, term_end

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


# A round of evaluation


@dataclass(frozen=True, slots=True)
class Item:
    """One indicator as it is written down."""

    section: str
    title: str
    points: Decimal
    is_party: bool


YES_WORDS = frozenset({"是", "党建", "√", "1"})
NO_WORDS = frozenset({"", "否", "0", "×"})


def read_indicators(text: str) -> tuple[list[Item], list[str]]:
    """Indicators out of pasted lines, 一级指标 指标 分值 党建, apart by tabs; and what is wrong, line by line.

    A line without its first part stands under the one above it; a line of headings is passed over.
    """
    found: list[Item] = []
    wrong: list[str] = []
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        parts = [part.strip() for part in line.replace("，", ",").replace(",", "\t").split("\t")]
        if not any(parts) or parts[0] == "一级指标":
            continue
        if not 3 <= len(parts) <= 4:
            wrong.append(f"第 {number} 行现在是 {len(parts)} 项，应为一级指标、指标、分值、是否党建四项。")
            continue
        section = parts[0] or section
        points, mark = _points(parts[2]), parts[3] if len(parts) == 4 else ""
        if points is None:
            wrong.append(f"第 {number} 行分值现在填的是「{parts[2][:20]}」，应为大于 0 的数字，最多两位小数。")
        elif mark not in YES_WORDS | NO_WORDS:
            wrong.append(f"第 {number} 行是否党建现在填的是「{mark[:20]}」，请填“是”或留空。")
        elif not section or not parts[1]:
            wrong.append(f"第 {number} 行没有一级指标或指标名称。")
        elif len(section) > 40 or len(parts[1]) > 120:
            wrong.append(f"第 {number} 行太长：一级指标最多 40 字，指标最多 120 字。")
        else:
            found.append(Item(section, parts[1], points, mark in YES_WORDS))
    return found, wrong


def _points(text: str) -> Decimal | None:
    try:
        points = Decimal(text)
    except InvalidOperation:
        return None
    if not points.is_finite():
        return None
    exponent = points.normalize().as_tuple().exponent
    is_fine = 0 < points < 10_000 and isinstance(exponent, int) and exponent >= -2
    return points if is_fine else None


class Pointed(Protocol):
    """What the weight reads of an indicator."""

    points: Decimal
    is_party: bool


def party_weight(indicators: Iterable[Pointed]) -> Rate:
    """A-95: the points about Party building among all points, as an exact share."""
    whole = party = 0
    for one in indicators:
        hundredths = int(one.points * 100)
        whole += hundredths
        party += hundredths if one.is_party else 0
    return Rate(party, whole)


@dataclass(frozen=True, slots=True)
class LevelLine:
    """One level of a batch: what the announcement states beside what is recorded."""

    level: str
    announced: int | None
    recorded: int

    @property
    def gap(self) -> int:
        """How many are still to be recorded; negative when there are more than announced."""
        return 0 if self.announced is None else self.announced - self.recorded


def distribution(announced: Mapping[str, int], recorded: Iterable[str]) -> list[LevelLine]:
    """R-171: both sides by level, each counted by itself."""
    counts = Counter(recorded)
    return [LevelLine(level, announced.get(level), counts[level]) for level in GradeLevel.values]


def cross_foot(lines: Iterable[LevelLine]) -> tuple[str, bool]:
    """「4A 4 + 3A 4 + 2A 1 = 9」 of what is recorded, and whether every level agrees with the announcement."""
    known = list(lines)
    parts = [f"{line.level} {line.recorded}" for line in known if line.recorded]
    total = sum(line.recorded for line in known)
    return f"{' + '.join(parts) or 0} = {total}", all(not line.gap for line in known)
