"""How a ballot by code moves. Counting is done by the installation alone: nobody counts early."""

from campaigns.ballots.enums import BallotState
from campaigns.ballots.rules import may_cancel
from campaigns.plans.transitions import READERS
from portal.workflow.transitions import SYSTEM, Transition

COUNT = Transition(
    name="count_ballot",
    sources=frozenset({str(BallotState.PREPARED)}),
    target=BallotState.COUNTED,
    roles=frozenset({SYSTEM}),
    label="计票",
    stamps={"counted_at": "now"},
)
VOID = Transition(
    name="void_ballot",
    sources=frozenset({str(BallotState.PREPARED)}),
    target=BallotState.VOID,
    roles=frozenset({SYSTEM}),
    label="票数不足作废",
    stamps={"counted_at": "now"},
)
CANCEL = Transition(
    name="cancel_ballot",
    sources=frozenset({str(BallotState.PREPARED)}),
    target=BallotState.CANCELLED,
    roles=frozenset(str(role) for role in READERS),
    label="撤销投票",
    guard=may_cancel,
    stamps={"cancelled_at": "now"},
)
TRANSITIONS = (COUNT, VOID, CANCEL)
