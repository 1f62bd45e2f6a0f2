"""How an entry of a ledger moves."""

from campaigns.ledgers.enums import EntryState
from campaigns.ledgers.rules import may_finish, may_keep, may_return
from campaigns.plans.transitions import PLANNERS, RUNNERS
from portal.workflow.transitions import Transition

FINISH = Transition(
    name="finish_entry",
    sources=frozenset({str(EntryState.OPEN)}),
    target=EntryState.DONE,
    roles=frozenset(str(role) for role in PLANNERS),
    label="登记完成",
    guard=may_finish,
    stamps={"finished_at": "now"},
)
WITHDRAW = Transition(
    name="withdraw_entry",
    sources=frozenset({str(EntryState.OPEN), str(EntryState.DONE)}),
    target=EntryState.WITHDRAWN,
    roles=frozenset(str(role) for role in PLANNERS),
    label="撤销",
    guard=may_keep,
)
RETURN = Transition(
    name="return_entry",
    sources=frozenset({str(EntryState.DONE)}),
    target=EntryState.OPEN,
    roles=frozenset(str(role) for role in RUNNERS),
    label="退回重办",
    guard=may_return,
)
TRANSITIONS = (FINISH, WITHDRAW, RETURN)
