"""How a unit's progress report moves."""

from campaigns.collecting.enums import OPEN_REPORTS, ReportState
from campaigns.collecting.rules import may_return, may_submit
from campaigns.plans.transitions import PLANNERS, RUNNERS
from portal.workflow.transitions import Transition

SUBMIT = Transition(
    name="submit_unit_report",
    sources=frozenset(str(one) for one in OPEN_REPORTS),
    target=ReportState.SUBMITTED,
    roles=frozenset(str(role) for role in PLANNERS),
    label="报送",
    guard=may_submit,
    stamps={"submitted_at": "now"},
)
RETURN = Transition(
    name="return_unit_report",
    sources=frozenset({str(ReportState.SUBMITTED)}),
    target=ReportState.RETURNED,
    roles=frozenset(str(role) for role in RUNNERS),
    label="退回补充",
    guard=may_return,
)
TRANSITIONS = (SUBMIT, RETURN)
