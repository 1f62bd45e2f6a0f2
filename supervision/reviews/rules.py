"""What a review rests on: the suggestion of a conclusion, and what a batch may take. Pure; the portal suggests (R-032),
a named person decides (R-191)."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from portal.access.decisions import ALLOWED, Decision
from supervision.inspections.enums import Conclusion, Stage

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
