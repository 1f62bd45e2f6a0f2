"""What a review rests on: the suggestion of a conclusion, and what a batch may take. Pure; the portal suggests (R-032),
a named person decides (R-191)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.access.decisions import ALLOWED, Decision
from portal.sampling import draw, share_count
from supervision.inspections.enums import Conclusion, Stage
from supervision.inspections.issues import MAJOR, MINOR, Issue


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the facts speak for, and why. Advice only: nothing is decided by it."""

    conclusion: Conclusion
    reasons: tuple[str, ...]


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
    *,
    state: str,
    stage: Stage,
    stage_state: str,
    flag_count: int,
    remark_count: int,
    sampled_stage: str,
    issues: Sequence[Issue] = (),
) -> Decision:
    """Only a filing at this stage that no rule flagged, against which nothing speaks today, nobody remarked on and no
    batch drew as a sample."""
    if state != stage_state:
        return Decision(False, f"已不在「{stage.label}」环节。请刷新名单。")
    if flag_count:
        return Decision(False, f"有 {flag_count} 条规则提示，须逐件审核。")
    if issues:
        return Decision(False, f"登记或党建情况有问题，须逐件审核：{issues[0].text}")
    if remark_count:
        return Decision(False, f"有 {remark_count} 条意见还没有发出，须逐件审核。")
    if sampled_stage == stage:
        return Decision(False, "已抽为抽查件，须逐件审核。")
    return ALLOWED


def sample(pks: Iterable[int], *, seed: str, share: Decimal) -> frozenset[int]:
    """The filings of a batch that are left out for a look of their own: `share` of them, rounded up.

    Drawn as `portal.sampling` draws: anybody can repeat it, and trying again draws the same ones.
    """
    known = set(pks)
    return frozenset(draw(known, seed=seed, count=share_count(len(known), share)))
