"""How a rectification notice moves."""

from campaigns.guidance.enums import NoticeState
from campaigns.guidance.rules import may_answer, may_judge
from campaigns.plans.transitions import PLANNERS, RUNNERS
from portal.workflow.transitions import Transition

ANSWER = Transition(
    name="answer_notice",
    sources=frozenset({str(NoticeState.ISSUED)}),
    target=NoticeState.ANSWERED,
    roles=frozenset(str(role) for role in PLANNERS),
    label="报告整改情况",
    guard=may_answer,
    stamps={"answered_at": "now"},
)
CLOSE = Transition(
    name="close_notice",
    sources=frozenset({str(NoticeState.ANSWERED)}),
    target=NoticeState.CLOSED,
    roles=frozenset(str(role) for role in RUNNERS),
    label="销号",
    guard=may_judge,
    stamps={"closed_at": "now"},
)
RETURN = Transition(
    name="return_notice",
    sources=frozenset({str(NoticeState.ANSWERED)}),
    target=NoticeState.ISSUED,
    roles=frozenset(str(role) for role in RUNNERS),
    label="退回继续整改",
    guard=may_judge,
)
TRANSITIONS = (ANSWER, CLOSE, RETURN)
