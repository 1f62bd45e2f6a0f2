"""How a report run moves: building → draft (→ in review and back) → locked, or failed and built again."""

from portal.access.roles import DEPARTMENT, WORKSPACE, Role
from portal.reporting.enums import RunState
from portal.reporting.rules import may_lock, may_send
from portal.workflow.transitions import SYSTEM, Transition

FINISH = Transition(
    name="finish",
    sources=frozenset({RunState.BUILDING}),
    target=RunState.DRAFT,
    roles=frozenset({SYSTEM}),
    label="生成",
    stamps={"built_at": "now"},
)
FAIL = Transition(
    name="fail",
    sources=frozenset({RunState.BUILDING}),
    target=RunState.FAILED,
    roles=frozenset({SYSTEM}),
    label="生成失败",
    stamps={"failed_at": "now"},
)
RETRY = Transition(
    name="retry",
    sources=frozenset({RunState.FAILED}),
    target=RunState.BUILDING,
    roles=frozenset(WORKSPACE),
    label="重新生成",
)
SEND = Transition(
    name="send",
    sources=frozenset({RunState.DRAFT}),
    target=RunState.IN_REVIEW,
    roles=frozenset(DEPARTMENT),
    label="送审",
    guard=may_send,
)
GIVE_BACK = Transition(
    name="give_back",
    sources=frozenset({RunState.IN_REVIEW}),
    target=RunState.DRAFT,
    roles=frozenset({Role.DEPARTMENT_ADMIN}),
    label="退回修改",
)
LOCK = Transition(
    name="lock",
    sources=frozenset({RunState.DRAFT, RunState.IN_REVIEW}),
    target=RunState.LOCKED,
    roles=frozenset({Role.DEPARTMENT_ADMIN}),
    label="签发",
    guard=may_lock,
    stamps={"locked_at": "now", "locked_by_id": "user"},
)
