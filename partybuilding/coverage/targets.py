"""Targets of the rates: by grade and year (R-024), of the charter clause (R-080), of a place (P-07).

Targets are dated parameters of a jurisdiction; a rate is compared exactly, never as it is displayed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from associations.evaluation.enums import GradeLevel
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.selectors import CoverageSummary, Group
from portal.regions.models import Region
from portal.regulations.rules import PointChange, Rate
from portal.regulations.selectors import values_under

PREFIX = "coverage.target"
ORGANIZATION, CHARTER = f"{PREFIX}.organization", f"{PREFIX}.charter"


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A rate beside its target; `numerator` is the measure whose list stands behind the numerator."""

    label: str
    rate: Rate
    target: Fraction
    group: Group
    numerator: Measure

    @property
    def is_reached(self) -> bool | None:
        """By the exact share; None without a denominator (R-080: 9089 of 10100 is shown as 90.0 % and not reached)."""
        return self.rate.reaches(self.target)

    @property
    def missing(self) -> int:
        """How many more it takes: ceil(target × denominator) − numerator (R-024)."""
        return self.rate.missing(self.target)

    @property
    def gap(self) -> str:
        """How far below the target, in percentage points; empty when it is reached."""
        share = self.rate.value
        if share is None or share >= self.target:
            return ""
        return PointChange((self.target - share) * 100).words().removeprefix("上升")

    @property
    def target_text(self) -> str:
        return percent(self.target)

    @property
    def verdict(self) -> str:
        if self.is_reached is None:
            return "没有对象"
        return "已达到" if self.is_reached else f"未达到，还差{self.missing}家"


def percent(share: Fraction) -> str:
    """80%, 92.5%."""
    shown = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return f"{shown.normalize():f}%"


def targets_on(day: date, region: Region | None) -> dict[str, Fraction]:
    """Code without its prefix → share, in force on a day in a place; empty when none is entered."""
    found = values_under(PREFIX, on=day, region=region)
    return {code.removeprefix(f"{PREFIX}."): Fraction(str(text)) for code, text in found.items()}


def target_lines(by_grade: CoverageSummary, targets: dict[str, Fraction]) -> list[TargetLine]:
    """The lines of a place on a day, from its summary by grade: the grades with a target, then charter and all."""
    groups = {group.key: group for group in by_grade.groups}
    lines = [
        TargetLine(f"{level}级党组织组建率", groups[level].counts.organization_rate, share, groups[level], _COVERED)
        for level, share in _grades(targets)
        if level in groups
    ]
    total = by_grade.total
    if "charter" in targets:
        rate = total.counts.charter_rate
        lines.append(TargetLine("党建入章率", rate, targets["charter"], total, Measure.CHARTER))
    if "organization" in targets:
        rate = total.counts.organization_rate
        lines.append(TargetLine("组织覆盖率", rate, targets["organization"], total, _COVERED))
    return lines


_COVERED = Measure.COVERED


def _grades(targets: dict[str, Fraction]) -> Iterable[tuple[str, Fraction]]:
    for level in GradeLevel:
        if f"grade.{level.value}" in targets:
            yield level.value, targets[f"grade.{level.value}"]


def year_end(year: int, today: date) -> date:
    """The day on which a year's target is looked at: 31 December, or today while the year runs."""
    return min(date(year, 12, 31), today)
