"""How a transfer moves: received by the other side, sent back by it, or taken back by who sent it."""

from dataclasses import dataclass

from partybuilding.members.rules import KEEPERS
from partybuilding.transfers.enums import TransferState as S
from portal.access.decisions import ALLOWED, Decision
from portal.workflow.transitions import Transition


@dataclass(frozen=True)
class TransferFacts:
    """Whose act it is: whether the actor keeps the roster on either side."""

    is_sender: bool
    is_receiver: bool


def by_receiver(facts: TransferFacts) -> Decision:
    if facts.is_receiver:
        return ALLOWED
    return Decision(False, "这笔转接由接收方党组织或其所属党委办理。请等待对方接收。")


def by_sender(facts: TransferFacts) -> Decision:
    if facts.is_sender:
        return ALLOWED
    return Decision(False, "这笔转接只能由转出方撤回。不能接收的，请退回并说明原因。")


WHO = frozenset(str(role) for role in KEEPERS)
OPEN = frozenset({str(S.UNDERWAY)})
RECEIVE = Transition("receive_transfer", OPEN, S.DONE, WHO, "接收", by_receiver)
RETURN = Transition("return_transfer", OPEN, S.RETURNED, WHO, "退回", by_receiver)
WITHDRAW = Transition("withdraw_transfer", OPEN, S.WITHDRAWN, WHO, "撤回", by_sender)
TRANSITIONS = (RECEIVE, RETURN, WITHDRAW)
