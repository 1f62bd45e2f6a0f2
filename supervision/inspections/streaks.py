"""The years before: missed, not passed, how many in a row, and what follows from it (R-033). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from supervision.inspections.enums import HANDED_IN, InspectionState


class Outcome(StrEnum):
    """How a past year ended for an association."""

    PASSED = "passed"
    BASIC = "basic"
    FAILED = "failed"
    MISSED = "missed"
    EXEMPTED = "exempted"
    OPEN = "open"  # not over yet, or handed in and without conclusion


@dataclass(frozen=True, slots=True)
class PastYear:
    """A year and how it ended."""

    report_year: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Streaks:
    """R-033: years in a row, up to the year before the one under review. `failed_or_missed` counts both together."""

    missed: int = 0
    failed: int = 0
    basic: int = 0
    failed_or_missed: int = 0
    last: PastYear | None = None

    @property
    def needs_rectification_report(self) -> bool:
        """Whoever was not inspected or not 合格 last year brings a report of rectification this year (R-033)."""
        return self.last is not None and self.last.outcome in {Outcome.BASIC, Outcome.FAILED, Outcome.MISSED}


def outcome_of(state: str, conclusion: str, *, is_over: bool) -> Outcome:
    """`is_over`: the round has ended, or the association's own deadline has passed."""
    if state == InspectionState.CONCLUDED:
        return Outcome(conclusion)
    if state == InspectionState.EXEMPTED:
        return Outcome.EXEMPTED
    if state in HANDED_IN:
        return Outcome.OPEN
    return Outcome.MISSED if is_over else Outcome.OPEN


def streaks(past: Iterable[PastYear], report_year: int) -> Streaks:
    """The streaks that end in the year before `report_year`; a year without a record, open or exempted ends them."""
    # A year may have two: taken out of the inspection, it made the report of a charity. The other one counts.
    in_order = sorted(past, key=lambda one: one.outcome != Outcome.EXEMPTED)
    by_year = {one.report_year: one for one in in_order if one.report_year < report_year}

    def run(*wanted: Outcome) -> int:
        year = report_year - 1
        while year in by_year and by_year[year].outcome in wanted:
            year -= 1
        return report_year - 1 - year

    return Streaks(
        missed=run(Outcome.MISSED),
        failed=run(Outcome.FAILED),
        basic=run(Outcome.BASIC),
        failed_or_missed=run(Outcome.FAILED, Outcome.MISSED),
        last=by_year.get(report_year - 1),
    )


def prior_flags(found: Streaks, *, revoke_years: int) -> tuple[str, ...]:
    """What the years before say about this one, as sentences; `revoke_years` in a row may end a registration (R-033).

    For the flags of a filing at its hand-in, for the reviewer and for the association's page.
    """
    flags = []
    if found.failed_or_missed >= revoke_years:
        parts = [
            text
            for count, text in ((found.missed, "未参加年检"), (found.failed, "年检不合格"))
            if count >= revoke_years
        ]
        what = "、".join(parts) or "未参加年检或年检不合格"
        flags.append(f"连续 {found.failed_or_missed} 年{what}，登记管理机关可依法处理。")
    if found.last is not None and found.needs_rectification_report:
        what = {
            Outcome.MISSED: "未参加年检",
            Outcome.FAILED: "结论为不合格",
            Outcome.BASIC: "结论为基本合格",
        }[found.last.outcome]
        flags.append(f"{found.last.report_year} 年度{what}，本年度应当提交整改报告。")
    return tuple(flags)
