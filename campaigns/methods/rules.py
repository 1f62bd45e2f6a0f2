"""What may be recorded under a method, in which order, and how far units are (R-112). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from campaigns.plans.enums import MethodForm
from portal.access.decisions import ALLOWED, Decision
from portal.regulations.rules import Rate

# What the body above records; everything else is the unit's own to record.
FROM_ABOVE = frozenset({MethodForm.COMMENT, MethodForm.COMMENDATION})


@dataclass(frozen=True, slots=True)
class Needed:
    """A method that must be done first, and when it was; None while it is not."""

    title: str
    done_on: date | None


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """What is asked before a method is recorded as done; `done_on` is None while only the button is explained."""

    form: str
    title: str
    unit: str
    is_keeper: bool
    is_reviewer: bool
    is_branch: bool
    is_running: bool
    has_left: bool
    is_done: bool
    starts_on: date
    today: date
    needed: Sequence[Needed] = field(default_factory=tuple)
    done_on: date | None = None


def may_record(facts: RecordFacts) -> Decision:
    """A method is recorded once, by whom it concerns, after those it waits for, on a day of the campaign (R-112)."""
    if not facts.is_branch:
        return Decision(False, f"「{facts.unit}」是党委，推进方式由所属党组织登记。")
    if facts.form in FROM_ABOVE and not facts.is_reviewer:
        return Decision(False, f"「{facts.title}」由上级党组织或活动组织单位登记，您只能查看。")
    if facts.form not in FROM_ABOVE and not facts.is_keeper:
        return Decision(False, f"「{facts.title}」由「{facts.unit}」书记或所属党委登记，您只能查看。")
    if not facts.is_running:
        return Decision(False, "活动没有在开展中，不能登记。")
    if facts.has_left:
        return Decision(False, f"「{facts.unit}」已退出这项活动，不能登记。")
    if facts.is_done:
        return Decision(False, f"「{facts.unit}」的「{facts.title}」已登记完成，不必重复登记。")
    waiting = [f"「{one.title}」" for one in facts.needed if one.done_on is None]
    if waiting:
        return Decision(False, f"「{facts.title}」须先完成{'、'.join(waiting)}。请先登记。")
    return _on_a_day(facts) if facts.done_on is not None else ALLOWED


def may_record_directly(facts: RecordFacts) -> Decision:
    """Like `may_record`, where no count of ballots is what completes the method."""
    decision = may_record(facts)
    if decision and facts.form == MethodForm.APPRAISAL:
        return Decision(False, f"「{facts.title}」随评议结果登记完成。请登记纸质评议的计票，或组织投票。")
    return decision


def _on_a_day(facts: RecordFacts) -> Decision:
    day = facts.done_on or facts.today
    if not facts.starts_on <= day <= facts.today:
        return Decision(
            False,
            f"完成日期 {day.isoformat()} 不在活动开始（{facts.starts_on.isoformat()}）到今天"
            f"（{facts.today.isoformat()}）之间。请核对日期。",
        )
    for one in facts.needed:
        if one.done_on is not None and day < one.done_on:
            return Decision(
                False,
                f"完成日期 {day.isoformat()} 早于「{one.title}」的完成日期 {one.done_on.isoformat()}，"
                f"「{facts.title}」须在它之后。请核对日期。",
            )
    return ALLOWED


@dataclass(frozen=True, slots=True)
class WithdrawFacts:
    """What is asked before a record is taken back; `later` are the methods done since that wait for it."""

    is_recorder: bool
    is_running: bool
    later: Sequence[str] = field(default_factory=tuple)
    is_by_award: bool = False


def may_withdraw(facts: WithdrawFacts) -> Decision:
    """A record made by mistake goes, unless a later method already rests on it (R-112)."""
    if not facts.is_recorder:
        return Decision(False, "这条记录由其他单位登记，您不能撤回。")
    if not facts.is_running:
        return Decision(False, "活动没有在开展中，不能撤回。")
    if facts.is_by_award:
        return Decision(False, "这条记录随表彰决定登记，不能单独撤回。撤销表彰时一并撤回。")
    if facts.later:
        names = "、".join(f"「{one}」" for one in facts.later)
        return Decision(False, f"{names}以它为前提，已登记完成。请先撤回{names}。")
    return ALLOWED


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """One meeting of self-review in numbers."""

    expected: int
    present: int
    statements: int


def review_decision(facts: ReviewFacts) -> Decision:
    """Every member who came may speak, nobody who did not (C-16)."""
    if facts.present > facts.expected:
        return Decision(False, f"实到 {facts.present} 人，多于应到 {facts.expected} 人。请核对人数。")
    if not 1 <= facts.statements <= facts.present:
        return Decision(False, f"陈述党员 {facts.statements} 人，应在 1 到实到 {facts.present} 人之间。请核对人数。")
    return ALLOWED


@dataclass(frozen=True, slots=True)
class PledgeFacts:
    """The pledges of one unit: how many are published, on how many aspects, by how many of its members."""

    published: int
    aspects: int
    offered: int
    expected: int
    members: int


def pledge_decision(facts: PledgeFacts) -> Decision:
    """Pledging is done with at least one published pledge on at least one aspect the campaign names (R-113)."""
    if not facts.published:
        return Decision(False, "还没有登记公布的承诺。请先登记本党组织或党员的承诺。")
    if facts.offered and not facts.aspects:
        return Decision(False, "登记的承诺都没有选择承诺方面，至少选择一个方面。请修改承诺后再登记完成。")
    if facts.members > facts.expected:
        return Decision(False, f"公开承诺的党员 {facts.members} 人，多于应承诺的党员 {facts.expected} 人。请核对人数。")
    return ALLOWED


@dataclass(frozen=True, slots=True)
class CorrectionFacts:
    """A pledge about to be written or corrected: what stood, and what is to stand; `was_on` None: not public yet."""

    published_on: date | None
    channel: str
    starts_on: date
    today: date
    was_on: date | None = None
    is_rated: bool = False
    reason: str = ""


def may_correct(facts: CorrectionFacts) -> Decision:
    """Before publication words change freely; afterwards a correction is made public anew, for a reason, with the old
    words kept; what was rated stands."""
    if (facts.published_on is None) != (not facts.channel):
        return Decision(False, "公布日期和公布方式要么都填，要么都不填。没有公布的都不填。")
    day = facts.published_on
    if day is not None and day > facts.today:
        return Decision(False, f"公布日期 {day.isoformat()} 晚于今天。请填写今天或以前的日期；还没有公布的不填。")
    if day is not None and day < facts.starts_on:
        return Decision(
            False, f"公布日期 {day.isoformat()} 早于活动开始日期 {facts.starts_on.isoformat()}。请核对日期。"
        )
    if facts.was_on is None:
        return ALLOWED
    if facts.is_rated:
        return Decision(False, "这项承诺已评定兑现，不能再更正。")
    if day is None or day < facts.was_on:
        return Decision(
            False,
            f"承诺已于 {facts.was_on.isoformat()} 公布，更正后须重新公布，公布日期不早于原公布日期。请填写。",
        )
    if not facts.reason.strip():
        return Decision(False, "已公布的承诺，更正须写明原因，原内容留存备查。请填写。")
    return ALLOWED


def coverage(members: int, expected: int) -> Rate:
    """Members with a published pledge of all full and probationary members (R-113)."""
    return Rate(members, expected)


def completion(done: Mapping[int, int], units: int) -> Rate:
    """How far a campaign is: done over all units and methods, which is the mean over its units (R-112).

    `done` holds the number of units that have done each method.
    """
    return Rate(sum(done.values()), units * len(done))
