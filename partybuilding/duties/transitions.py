"""How a yearly check moves: the bearer checks itself, who stands above confirms or returns it."""

from partybuilding.duties.enums import CheckState
from partybuilding.duties.rules import may_submit
from portal.access.roles import DEPARTMENT, Role
from portal.workflow.transitions import Transition

FILLERS = DEPARTMENT | {Role.PARTY_COMMITTEE, Role.BRANCH_SECRETARY, Role.SUPERVISING_UNIT}
CONFIRMERS = DEPARTMENT | {Role.PARTY_COMMITTEE}

SUBMIT = Transition(
    name="submit_check",
    sources=frozenset({str(CheckState.DRAFT)}),
    target=CheckState.SUBMITTED,
    roles=frozenset(str(role) for role in FILLERS),
    label="提交对照结果",
    guard=may_submit,
    stamps={"submitted_at": "now", "submitted_by_id": "user"},
)
CONFIRM = Transition(
    name="confirm_check",
    sources=frozenset({str(CheckState.SUBMITTED)}),
    target=CheckState.CONFIRMED,
    roles=frozenset(str(role) for role in CONFIRMERS),
    label="确认对照结果",
    stamps={"confirmed_at": "now", "confirmed_by_id": "user"},
)
RETURN = Transition(
    name="return_check",
    sources=frozenset({str(CheckState.SUBMITTED)}),
    target=CheckState.DRAFT,
    roles=frozenset(str(role) for role in CONFIRMERS),
    label="退回对照结果",
)
TRANSITIONS = (SUBMIT, CONFIRM, RETURN)
