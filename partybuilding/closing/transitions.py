"""How a close and its units move: opened and issued by the department, each list confirmed by the body that answers."""

from partybuilding.closing.enums import CloseState, UnitState
from partybuilding.closing.rules import may_confirm
from portal.access.roles import DEPARTMENT, Role
from portal.workflow.transitions import SYSTEM, Transition

CLOSERS = DEPARTMENT | {Role.REGIONAL_OFFICE, Role.PARTY_COMMITTEE}

ISSUE = Transition(
    name="issue_close",
    sources=frozenset({str(CloseState.OPEN)}),
    target=CloseState.ISSUED,
    roles=frozenset({str(Role.DEPARTMENT_ADMIN)}),
    label="签发月报",
    stamps={"issued_at": "now"},
)
CONFIRM = Transition(
    name="confirm_unit",
    sources=frozenset({str(UnitState.AWAITING), str(UnitState.REOPENED)}),
    target=UnitState.CONFIRMED,
    roles=frozenset(str(role) for role in CLOSERS),
    label="确认名单",
    guard=may_confirm,
    stamps={"confirmed_at": "now", "confirmed_by_id": "user"},
)
REOPEN = Transition(
    name="reopen_unit",
    sources=frozenset({str(UnitState.CONFIRMED)}),
    target=UnitState.REOPENED,
    roles=frozenset({SYSTEM}),
    label="名单有变化，重新打开",
    stamps={"reopened_at": "now"},
)
TRANSITIONS = (ISSUE, CONFIRM, REOPEN)
