"""How a yearly report moves: handed in, returned or rated by the body above."""

from partybuilding.appraisal.enums import PaperState
from partybuilding.appraisal.rules import may_rate
from portal.access.roles import DEPARTMENT, Role
from portal.workflow.transitions import Transition

RATERS = DEPARTMENT | {Role.PARTY_COMMITTEE, Role.REGIONAL_OFFICE}
REPORTERS = DEPARTMENT | {Role.PARTY_COMMITTEE, Role.BRANCH_SECRETARY}

RATE = Transition(
    name="rate_report",
    sources=frozenset({str(PaperState.SUBMITTED)}),
    target=PaperState.RATED,
    roles=frozenset(str(role) for role in RATERS),
    label="评议",
    guard=may_rate,
    stamps={"rated_at": "now"},
)
RETURN = Transition(
    name="return_report",
    sources=frozenset({str(PaperState.SUBMITTED)}),
    target=PaperState.RETURNED,
    roles=frozenset(str(role) for role in RATERS),
    label="退回修改",
    guard=may_rate,
)
RESUBMIT = Transition(
    name="resubmit_report",
    sources=frozenset({str(PaperState.RETURNED), str(PaperState.SUBMITTED)}),
    target=PaperState.SUBMITTED,
    roles=frozenset(str(role) for role in REPORTERS),
    label="修改提交",
)
TRANSITIONS = (RATE, RETURN, RESUBMIT)
