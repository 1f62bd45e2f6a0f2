"""How a round and its nominations move."""

from campaigns.commendations.enums import NominationState, RoundState
from campaigns.commendations.rules import (
    may_choose,
    may_decide,
    may_drop,
    may_open,
    may_publicise,
    may_return,
    may_take_back,
)
from campaigns.plans.transitions import PLANNERS, RUNNERS
from portal.workflow.transitions import Transition

RUN = frozenset(str(role) for role in RUNNERS)
OPEN = Transition(
    name="open_award_round",
    sources=frozenset({str(RoundState.DRAFT)}),
    target=RoundState.OPEN,
    roles=RUN,
    label="开始推荐",
    guard=may_open,
    stamps={"opened_at": "now"},
)
PUBLICISE = Transition(
    name="publicise_award_round",
    sources=frozenset({str(RoundState.OPEN)}),
    target=RoundState.PUBLICITY,
    roles=RUN,
    label="名单送公示",
    guard=may_publicise,
)
RETURN = Transition(
    name="return_award_round",
    sources=frozenset({str(RoundState.PUBLICITY)}),
    target=RoundState.OPEN,
    roles=RUN,
    label="撤下公示、重定名单",
    guard=may_return,
)
DECIDE = Transition(
    name="decide_award_round",
    sources=frozenset({str(RoundState.PUBLICITY)}),
    target=RoundState.DECIDED,
    roles=RUN,
    label="作出表彰决定",
    guard=may_decide,
    stamps={"decided_at": "now", "decided_by_id": "user"},
)
CANCEL = Transition(
    name="cancel_award_round",
    sources=frozenset({str(RoundState.DRAFT), str(RoundState.OPEN), str(RoundState.PUBLICITY)}),
    target=RoundState.CANCELLED,
    roles=RUN,
    label="取消评选",
    guard=may_return,
)
CHOOSE = Transition(
    name="choose_nomination",
    sources=frozenset({str(NominationState.NOMINATED), str(NominationState.NOT_CHOSEN)}),
    target=NominationState.CHOSEN,
    roles=RUN,
    label="列入拟表彰名单",
    guard=may_choose,
)
DROP = Transition(
    name="drop_nomination",
    sources=frozenset({str(NominationState.NOMINATED), str(NominationState.CHOSEN)}),
    target=NominationState.NOT_CHOSEN,
    roles=RUN,
    label="不列入名单",
    guard=may_drop,
)
TAKE_BACK = Transition(
    name="take_back_nomination",
    sources=frozenset({str(NominationState.NOMINATED), str(NominationState.CHOSEN)}),
    target=NominationState.WITHDRAWN,
    roles=frozenset(str(role) for role in PLANNERS),
    label="撤回推荐",
    guard=may_take_back,
)
AWARD = Transition(
    name="award_nomination",
    sources=frozenset({str(NominationState.CHOSEN)}),
    target=NominationState.AWARDED,
    roles=RUN,
    label="表彰",
)
