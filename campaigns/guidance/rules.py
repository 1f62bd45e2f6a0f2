"""Contact points and their visits, draws for inspections, rectification notices (R-118, R-143, C-26…C-28). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.guidance.enums import NoticeState, VisitState
from portal.access.decisions import ALLOWED, Decision

JUNE = 6


@dataclass(frozen=True, slots=True, order=True)
class HalfYear:
    """The first or the second half of a calendar year."""

    year: int
    half: int

    @property
    def first(self) -> date:
        return date(self.year, 1 if self.half == 1 else JUNE + 1, 1)

    @property
    def last(self) -> date:
        return date(self.year, JUNE, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def following(self) -> "HalfYear":
        return HalfYear(self.year, 2) if self.half == 1 else HalfYear(self.year + 1, 1)

    def __str__(self) -> str:
        return f"{self.year} 年{'上' if self.half == 1 else '下'}半年"


def half_year(day: date) -> HalfYear:
    """The half-year of a day."""
    return HalfYear(day.year, 1 if day.month <= JUNE else 2)


def missed_half_years(
    starts_on: date, ends_on: date | None, visits: Iterable[date], day: date, *, least: int
) -> list[HalfYear]:
    """Half-years that are over and had fewer visits than `least` (R-118).

    A half-year is owed when the point stood from its first to its last day; the running one is not over.
    """
    counted: dict[HalfYear, int] = {}
    for visit in visits:
        counted[half_year(visit)] = counted.get(half_year(visit), 0) + 1
    one = half_year(starts_on)
    if one.first < starts_on:
        one = one.following
    until = min(day - timedelta(days=1), ends_on or date.max)
    missed = []
    while one.last <= until:
        if counted.get(one, 0) < least:
            missed.append(one)
        one = one.following
    return missed


def visit_state(starts_on: date, ends_on: date | None, visits: Iterable[date], day: date, *, least: int) -> VisitState:
    """How a point stands: ended, behind, still to be visited this half-year, or visited."""
    dates = list(visits)
    if ends_on is not None and ends_on < day:
        return VisitState.ENDED
    if missed_half_years(starts_on, ends_on, dates, day, least=least):
        return VisitState.BEHIND
    present = sum(half_year(visit) == half_year(day) for visit in dates)
    return VisitState.DUE if present < least else VisitState.KEPT


def visit_problem(starts_on: date, ends_on: date | None, visited_on: date, today: date) -> str:
    """Why a visit cannot be on a day; empty when it can."""
    if visited_on > today:
        return f"走访日期 {visited_on.isoformat()} 晚于今天。请填写今天或以前的日期。"
    if visited_on < starts_on or (ends_on is not None and visited_on > ends_on):
        until = ends_on.isoformat() if ends_on else "今天"
        return (
            f"走访日期 {visited_on.isoformat()} 不在联系点设立期间（{starts_on.isoformat()} 至 {until}）。请核对日期。"
        )
    return ""


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What is asked before a notice moves."""

    is_own: bool = False
    is_reviewer: bool = False
    answer: str = ""


def may_answer(facts: NoticeFacts) -> Decision:
    """The unit itself says what it put right."""
    if not facts.is_own:
        return Decision(False, "整改情况由该单位自己报告，您只能查看。请联系该单位的书记。")
    if not facts.answer.strip():
        return Decision(False, "整改报告须写明做了什么。请填写。")
    return ALLOWED


def may_judge(facts: NoticeFacts) -> Decision:
    """Whoever gave the notice, or stands above the unit, says whether it was put right."""
    if facts.is_reviewer:
        return ALLOWED
    return Decision(False, "整改意见由上级党组织或活动组织单位提出和销号，您只能查看。")


def notice_problems(problem: str, requirement: str, issued_on: date, due_on: date, today: date) -> list[str]:
    """Why a notice does not hold; empty when it does."""
    found = []
    if not problem.strip() or not requirement.strip():
        found.append("整改意见须写明问题和要求。请填写。")
    if issued_on > today:
        found.append(f"提出日期 {issued_on.isoformat()} 晚于今天。请填写今天或以前的日期。")
    if due_on <= issued_on:
        found.append(f"整改期限 {due_on.isoformat()} 应晚于提出日期 {issued_on.isoformat()}。请核对两个日期。")
    return found


def is_notice_late(state: str, due_on: date, day: date) -> bool:
    """Whether nothing was reported by the last day."""
    return state == NoticeState.ISSUED and due_on < day
