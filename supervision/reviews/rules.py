"""What a review rests on: who may take which step, the suggestion of a conclusion, streaks of years, the sample of a
batch. Pure; the portal suggests (R-032) and computes flags (R-033), a named person decides (R-191)."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from portal.access.decisions import ALLOWED, Decision
from supervision.inspections.enums import HANDED_IN, Conclusion, InspectionState, Stage

MINOR, MAJOR = "minor", "major"
# The rule that a finding names → the issue of R-032 that it amounts to; findings of other rules only inform.
ISSUE_OF_RULE = {
    "R-051": "overdue_election",
    "R-053": "over_age_officer",
    "R-077": "party_work_uncovered",
    "R-078": "party_not_established",
}


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue of the lists of R-032 as it was found: its code, whether minor or major, what was found."""

    code: str
    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the facts speak for, and why. Advice only: nothing is decided by it."""

    conclusion: Conclusion
    reasons: tuple[str, ...]


def issues_of(findings: Iterable[tuple[str, str]], severities: Mapping[str, str]) -> tuple[Issue, ...]:
    """Findings as (rule, text) that are issues of R-032 by today's lists; an issue that no list names is left out."""
    found = ((ISSUE_OF_RULE.get(rule, ""), text) for rule, text in findings)
    return tuple(Issue(code, severities[code], text) for code, text in found if code in severities)


def suggest(issues: Sequence[Issue]) -> Suggestion:
    """R-032: a major issue speaks for 不合格, a minor one for 基本合格, none for 合格."""
    major = [one.text for one in issues if one.severity == MAJOR]
    if major:
        return Suggestion(Conclusion.FAILED, tuple(major))
    minor = [one.text for one in issues if one.severity == MINOR]
    if minor:
        return Suggestion(Conclusion.BASIC, tuple(minor))
    return Suggestion(Conclusion.PASSED, ("系统掌握的事实中没有发现应提示的问题。",))


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
    by_year = {one.report_year: one for one in past if one.report_year < report_year}

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


def may_batch(
    *, state: str, stage: Stage, stage_state: str, flag_count: int, remark_count: int, sampled_stage: str
) -> Decision:
    """Only a filing at this stage that no rule flagged, nobody remarked on and no batch drew as a sample."""
    if state != stage_state:
        return Decision(False, f"已不在「{stage.label}」环节。请刷新名单。")
    if flag_count:
        return Decision(False, f"有 {flag_count} 条规则提示，须逐件审核。")
    if remark_count:
        return Decision(False, f"有 {remark_count} 条意见还没有发出，须逐件审核。")
    if sampled_stage == stage:
        return Decision(False, "已抽为抽查件，须逐件审核。")
    return ALLOWED


def sample(pks: Iterable[int], *, seed: str, share: Decimal) -> frozenset[int]:
    """The filings of a batch that are left out for a look of their own: `share` of them, rounded up.

    Drawn by the order of sha256("seed:pk"), so that anybody can repeat it, and trying again draws the same ones.
    """
    order = sorted(set(pks), key=lambda pk: hashlib.sha256(f"{seed}:{pk}".encode()).digest())
    count = int((share * len(order)).to_integral_value(rounding=ROUND_CEILING))
    return frozenset(order[:count])
