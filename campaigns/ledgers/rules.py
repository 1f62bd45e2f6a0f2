"""What an entry of a ledger must say, when it is finished, and who may do what with it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from campaigns.ledgers.enums import UNDERTAKEN, EntryKind, EntryState
from portal.access.decisions import ALLOWED, Decision

NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """One entry as it is about to be written or moved."""

    kind: str
    is_own: bool = True
    is_running: bool = True
    has_left: bool = False
    starts_on: date = date.min
    today: date = date.max
    began_on: date = date.min
    due_on: date | None = None
    done_on: date | None = None
    result: str = ""
    document: str = ""
    group: str = ""
    is_reviewer: bool = False


def may_keep(facts: EntryFacts) -> Decision:
    """A unit keeps its own ledger, while the campaign runs and the unit takes part."""
    if not facts.is_own:
        return Decision(False, "台账由该单位自己登记，您只能查看。请联系该单位的书记。")
    if not facts.is_running:
        return Decision(False, "活动没有在开展中，不能登记台账。")
    if facts.has_left:
        return Decision(False, "本单位已退出这项活动，不能登记台账。")
    return ALLOWED


def entry_problems(facts: EntryFacts) -> list[str]:
    """Why an entry does not hold: dates outside the campaign, no day to be done by, no group. Empty when it does."""
    found = []
    if facts.began_on < facts.starts_on:
        found.append(
            f"日期 {facts.began_on.isoformat()} 早于活动开始日期 {facts.starts_on.isoformat()}。请核对日期，"
            "或登记到前期活动。"
        )
    if facts.began_on > facts.today:
        found.append(f"日期 {facts.began_on.isoformat()} 晚于今天。请填写今天或以前的日期。")
    if facts.kind in UNDERTAKEN and facts.due_on is None:
        found.append(f"「{EntryKind(facts.kind).label}」须有完成期限。请填写。")
    if facts.due_on is not None and facts.due_on < facts.began_on:
        found.append(f"完成期限 {facts.due_on.isoformat()} 早于提出日期 {facts.began_on.isoformat()}。请核对两个日期。")
    if facts.kind == EntryKind.GROUPS and not facts.group:
        found.append("群团组织活动须写明是哪个群众组织。请选择。")
    return found


def signatory_problems(kind: str, names: Sequence[str]) -> list[str]:
    """Why the signatories of an entry do not hold: an integrity pledge has some, each once; nothing else has any."""
    if kind != EntryKind.INTEGRITY:
        return ["只有诚信承诺登记签订单位。"] if names else []
    if not names:
        return ["诚信承诺须写明哪些单位签订。请每行填写一个单位名称。"]
    found = []
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        found.append(f"「{twice[0]}」填写了两次。请删去重复的一行。")
    long = next((name for name in names if len(name) > NAME_LENGTH), None)
    if long is not None:
        found.append(f"「{long[:20]}…」超过 {NAME_LENGTH} 个字。请每行只填写一个单位名称。")
    return found


def may_finish(facts: EntryFacts) -> Decision:
    """Done is what has a result; a mechanism is done when it stands in a document (C-32)."""
    allowed = may_keep(facts)
    if not allowed:
        return allowed
    if facts.done_on is None:
        return Decision(False, "完成须有完成日期。请填写。")
    if facts.done_on > facts.today:
        return Decision(False, f"完成日期 {facts.done_on.isoformat()} 晚于今天。请填写今天或以前的日期。")
    if facts.done_on < facts.began_on:
        return Decision(
            False,
            f"完成日期 {facts.done_on.isoformat()} 早于提出日期 {facts.began_on.isoformat()}。请核对两个日期。",
        )
    if not facts.result.strip():
        return Decision(False, f"「{EntryKind(facts.kind).label}」完成须写明结果。请填写做了什么、解决到什么程度。")
    if facts.kind == EntryKind.MECHANISM and not facts.document.strip():
        return Decision(False, "长效机制须以制度形式固定。请填写制度名称或文号。")
    return ALLOWED


def may_return(facts: EntryFacts) -> Decision:
    """Whoever looks at the unit's plan may say that a result does not hold."""
    if facts.is_reviewer:
        return ALLOWED
    return Decision(False, "退回重办由上级党组织或活动组织单位办理，您只能查看。")


def is_overdue(state: str, due_on: date | None, day: date) -> bool:
    """Whether an entry is open after its last day; the last day itself is in time."""
    return state == EntryState.OPEN and due_on is not None and due_on < day


def state_words(kind: str, state: str) -> str:
    """How an entry's state is read: a fact is not finished, it is on record."""
    if state == EntryState.DONE and kind not in UNDERTAKEN:
        return "已登记"
    return str(EntryState(state).label)
