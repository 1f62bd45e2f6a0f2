"""How publications and objections move."""

from portal.publishing.enums import ObjectionState, PublicationState
from portal.publishing.roles import PUBLISHERS
from portal.publishing.rules import may_conclude, may_investigate, may_issue, may_withdraw
from portal.workflow.transitions import Transition

ROLES = frozenset(str(role) for role in PUBLISHERS)
ISSUE = Transition(
    name="issue",
    sources=frozenset({str(PublicationState.DRAFT)}),
    target=PublicationState.PUBLISHED,
    roles=ROLES,
    label="签发",
    guard=may_issue,
    stamps={"issued_at": "now", "issuer_id": "user"},
)
WITHDRAW = Transition(
    name="withdraw",
    sources=frozenset({str(PublicationState.DRAFT), str(PublicationState.PUBLISHED)}),
    target=PublicationState.WITHDRAWN,
    roles=ROLES,
    label="撤下",
    guard=may_withdraw,
    stamps={"withdrawn_at": "now"},
)
INVESTIGATE = Transition(
    name="investigate_objection",
    sources=frozenset({str(ObjectionState.RECEIVED)}),
    target=ObjectionState.INVESTIGATING,
    roles=ROLES,
    label="开始核查",
    guard=may_investigate,
    stamps={"investigator_id": "user"},
)
UPHOLD = Transition(
    name="uphold_objection",
    sources=frozenset({str(ObjectionState.INVESTIGATING)}),
    target=ObjectionState.UPHELD,
    roles=ROLES,
    label="反映属实",
    guard=may_conclude,
    stamps={"concluded_at": "now", "concluded_by_id": "user"},
)
DISMISS = Transition(
    name="dismiss_objection",
    sources=frozenset({str(ObjectionState.INVESTIGATING)}),
    target=ObjectionState.DISMISSED,
    roles=ROLES,
    label="反映不属实",
    guard=may_conclude,
    stamps={"concluded_at": "now", "concluded_by_id": "user"},
)
