"""How a campaign and the plans of its units move."""

from campaigns.plans.enums import CampaignState, UnitState
from campaigns.plans.rules import may_close, may_issue, may_review, may_submit
from portal.access.roles import DEPARTMENT, Role
from portal.workflow.transitions import Transition

# Who may run a campaign, who makes plans of its units, and who reads one: Party work, so nobody else.
RUNNERS = DEPARTMENT | {Role.REGIONAL_OFFICE, Role.PARTY_COMMITTEE, Role.SUPERVISING_UNIT}
PLANNERS = frozenset({Role.BRANCH_SECRETARY, Role.PARTY_COMMITTEE})
READERS = RUNNERS | PLANNERS

ISSUE = Transition(
    name="issue_campaign",
    sources=frozenset({str(CampaignState.DRAFT)}),
    target=CampaignState.RUNNING,
    roles=frozenset(str(role) for role in RUNNERS),
    label="印发实施方案",
    guard=may_issue,
    stamps={"issued_at": "now"},
)
CLOSE = Transition(
    name="close_campaign",
    sources=frozenset({str(CampaignState.RUNNING)}),
    target=CampaignState.CLOSED,
    roles=frozenset(str(role) for role in RUNNERS),
    label="结束活动",
    guard=may_close,
    stamps={"closed_at": "now"},
)
SUBMIT = Transition(
    name="submit_unit_plan",
    sources=frozenset({str(UnitState.AWAITING), str(UnitState.RETURNED)}),
    target=UnitState.SUBMITTED,
    roles=frozenset(str(role) for role in PLANNERS),
    label="报送方案",
    guard=may_submit,
    stamps={"submitted_at": "now"},
)
ACCEPT = Transition(
    name="accept_unit_plan",
    sources=frozenset({str(UnitState.SUBMITTED)}),
    target=UnitState.ACCEPTED,
    roles=frozenset(str(role) for role in RUNNERS),
    label="同意备案",
    guard=may_review,
    stamps={"reviewed_at": "now"},
)
RETURN = Transition(
    name="return_unit_plan",
    sources=frozenset({str(UnitState.SUBMITTED)}),
    target=UnitState.RETURNED,
    roles=frozenset(str(role) for role in RUNNERS),
    label="退回修改",
    guard=may_review,
    stamps={"reviewed_at": "now"},
)
TRANSITIONS = (ISSUE, CLOSE, SUBMIT, ACCEPT, RETURN)
