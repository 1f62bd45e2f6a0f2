"""Mass appraisal in figures: what a count must add up to, how many are enough, what may be published. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.ballots.enums import Answer, Cell, RateKind
from portal.access.decisions import ALLOWED, Decision
from portal.regulations.rules import Rate


@dataclass(frozen=True, slots=True)
class BallotRules:
    """The numbers of the rule book."""

    minimum: int
    minimum_part: int
    code_voters: int
    smallest: int


def least_ballots(voters: int, rules: BallotRules) -> int:
    """How many valid ballots suffice: ten, or a third of those entitled, whichever is reached first (R-114)."""
    return max(1, min(rules.minimum, -(-voters // rules.minimum_part)))


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """One count of paper ballots, as the two tellers signed it."""

    voters: int
    issued: int
    returned: int
    valid: int
    satisfied: int
    basic: int
    dissatisfied: int
    teller_one: str
    teller_two: str


def paper_decision(facts: PaperFacts, rules: BallotRules) -> Decision:
    """A count adds up, was made by two people, and has enough valid ballots (R-114)."""
    steps = (
        ("发出", facts.issued, "应参加评议人数", facts.voters),
        ("收回", facts.returned, "发出", facts.issued),
        ("有效", facts.valid, "收回", facts.returned),
    )
    for label, number, above, limit in steps:
        if number > limit:
            return Decision(False, f"{label} {number} 张，多于{above} {limit}。请按计票单核对。")
    total = facts.satisfied + facts.basic + facts.dissatisfied
    if total != facts.valid:
        return Decision(
            False,
            f"满意 {facts.satisfied}＋基本满意 {facts.basic}＋不满意 {facts.dissatisfied}＝{total} 张，"
            f"与有效 {facts.valid} 张不符。请按计票单核对。",
        )
    if not is_two(facts.teller_one, facts.teller_two):
        return Decision(False, f"两名计票人不能是同一人，现在都是「{facts.teller_one}」。请填写另一名计票人。")
    least = least_ballots(facts.voters, rules)
    if facts.valid < least:
        return Decision(
            False, f"有效票 {facts.valid} 张，少于最少票数 {least} 张，评议无效。请补充收票，或重新组织评议。"
        )
    return ALLOWED


def is_two(one: str, other: str) -> bool:
    """Whether two names are two people, blanks aside."""
    return "".join(one.split()) != "".join(other.split())


def satisfaction(satisfied: int, basic: int, valid: int) -> Rate:
    """Satisfied and basically satisfied of all valid ballots (R-114)."""
    return Rate(satisfied + basic, valid)


@dataclass(frozen=True, slots=True)
class Published:
    """What leaves a secret ballot: cells that add up to all ballots, and satisfaction as exactly as they allow."""

    cells: tuple[tuple[Cell, int], ...]
    kind: RateKind
    content: int


def published(satisfied: int, basic: int, dissatisfied: int, smallest: int) -> Published:
    """The finest division in which no cell is smaller than `smallest`; nothing says which of the hidden numbers it is.

    Zero is hidden like one and two: it would tell how everybody voted.
    """
    whole, content = satisfied + basic + dissatisfied, satisfied + basic
    if dissatisfied >= smallest and content >= smallest:
        if satisfied >= smallest and basic >= smallest:
            cells = ((Cell.SATISFIED, satisfied), (Cell.BASIC, basic), (Cell.DISSATISFIED, dissatisfied))
            return Published(cells, RateKind.EXACT, content)
        return Published(((Cell.SATISFIED_BASIC, content), (Cell.DISSATISFIED, dissatisfied)), RateKind.EXACT, content)
    if dissatisfied >= smallest:
        return Published(((Cell.ALL, whole),), RateKind.AT_MOST, min(smallest - 1, whole))
    bound = max(whole - (smallest - 1), 0)
    rest = basic + dissatisfied
    if satisfied >= smallest and rest >= smallest:
        return Published(((Cell.SATISFIED, satisfied), (Cell.BASIC_DISSATISFIED, rest)), RateKind.AT_LEAST, bound)
    return Published(((Cell.ALL, whole),), RateKind.AT_LEAST, bound)


@dataclass(frozen=True, slots=True)
class PrepareFacts:
    """What is asked before a ballot by code is prepared."""

    recording: Decision
    has_result: bool
    has_open: bool
    voters: int
    least: int
    opens_at: datetime
    closes_at: datetime
    now: datetime
    tellers: Sequence[str]


def may_prepare(facts: PrepareFacts, rules: BallotRules) -> Decision:
    """A secret ballot needs enough people to hide in, a time that is to come, and two tellers."""
    if not facts.recording:
        return facts.recording
    if facts.has_result:
        return Decision(False, "已有群众评议结果，不能再组织投票。结果有误的，请先撤回原结果。")
    if facts.has_open:
        return Decision(False, "已有一场没有计票的投票。请等它结束，或先撤销。")
    if facts.voters < rules.code_voters:
        return Decision(
            False,
            f"应参加评议 {facts.voters} 人，少于 {rules.code_voters} 人，用投票码难以保密。"
            "请用纸质票评议，登记计票结果。",
        )
    required = least_ballots(facts.voters, rules)
    if not required <= facts.least <= facts.voters:
        return Decision(False, f"最少票数 {facts.least} 张，应在 {required} 到应参加人数 {facts.voters} 之间。请改填。")
    if not facts.now < facts.opens_at < facts.closes_at:
        return Decision(False, "投票应在以后开始，并在开始之后结束。请核对开始时间和结束时间。")
    if not is_two(*facts.tellers):
        return Decision(False, f"两名监票人不能是同一人，现在都是「{facts.tellers[0]}」。请填写另一名监票人。")
    return ALLOWED


@dataclass(frozen=True, slots=True)
class HandleFacts:
    """What is asked before a prepared ballot is printed or cancelled."""

    is_recorder: bool
    opens_at: datetime
    closes_at: datetime
    now: datetime


def may_print(facts: HandleFacts) -> Decision:
    """Slips are printed before the ballot opens; afterwards a second slip could be a second vote."""
    if not facts.is_recorder:
        return Decision(False, "这场投票由其他单位组织，您只能查看。")
    if facts.now >= facts.opens_at:
        return Decision(False, "投票已经开始，不能再打印选票。选票遗失的不补。")
    return ALLOWED


def may_cancel(facts: HandleFacts) -> Decision:
    """A ballot is called off before it ends; once its time is over the count stands."""
    if not facts.is_recorder:
        return Decision(False, "这场投票由其他单位组织，您只能查看。")
    if facts.now >= facts.closes_at:
        return Decision(False, "投票已经结束，不能撤销。")
    return ALLOWED


def at_the_time(opens_at: datetime, closes_at: datetime, now: datetime) -> Answer:
    """Whether a vote is in time; the closing moment itself is late."""
    if now < opens_at:
        return Answer.EARLY
    return Answer.TAKEN if now < closes_at else Answer.LATE
