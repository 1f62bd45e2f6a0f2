"""How a census and its units move: opened and ended by the department, each list confirmed by the body that answers."""

from partybuilding.census.enums import CensusState
from partybuilding.census.rules import may_close, may_confirm, may_reopen
from partybuilding.closing.enums import UnitState
from partybuilding.closing.transitions import CLOSERS
from portal.access.roles import Role
from portal.workflow.transitions import Transition

CLOSE = Transition(
    name="close_census",
    sources=frozenset({str(CensusState.OPEN)}),
    target=CensusState.CLOSED,
    roles=frozenset({str(Role.DEPARTMENT_ADMIN)}),
    label="办结摸底调查",
    guard=may_close,
    stamps={"closed_at": "now"},
)
CONFIRM = Transition(
    name="confirm_census",
    sources=frozenset({str(UnitState.AWAITING), str(UnitState.REOPENED)}),
    target=UnitState.CONFIRMED,
    roles=frozenset(str(role) for role in CLOSERS),
    label="确认报送",
    guard=may_confirm,
    stamps={"confirmed_at": "now", "confirmed_by_id": "user"},
)
REOPEN = Transition(
    name="return_census",
    sources=frozenset({str(UnitState.CONFIRMED)}),
    target=UnitState.REOPENED,
    roles=frozenset(str(role) for role in CLOSERS),
    label="退回重新核对",
    guard=may_reopen,
    stamps={"reopened_at": "now"},
)
TRANSITIONS = (CLOSE, CONFIRM, REOPEN)
