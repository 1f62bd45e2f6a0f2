"""A round is prepared, opened and closed by the department; what it expects is then rows, not a wish."""

from portal.access.roles import DEPARTMENT, Role
from portal.workflow.transitions import Transition
from supervision.rounds.enums import RoundState
from supervision.rounds.rules import may_open

KEEPERS = frozenset(str(role) for role in DEPARTMENT)
ADMIN = frozenset({str(Role.DEPARTMENT_ADMIN)})

OPEN = Transition(
    name="open_round",
    sources=frozenset({str(RoundState.DRAFT)}),
    target=RoundState.OPEN,
    roles=ADMIN,
    label="启动填报",
    guard=may_open,
    stamps={"opened_at": "now"},
)
CLOSE = Transition(
    name="close_round",
    sources=frozenset({str(RoundState.OPEN)}),
    target=RoundState.CLOSED,
    roles=ADMIN,
    label="结束填报",
    stamps={"closed_at": "now"},
)
TRANSITIONS = (OPEN, CLOSE)
