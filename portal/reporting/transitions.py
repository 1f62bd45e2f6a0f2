"""How a report run moves: building → draft → locked, or failed and built again."""

from portal.access.roles import WORKSPACE, Role
from portal.reporting.enums import RunState
from portal.reporting.rules import may_lock
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
LOCK = Transition(
    name="lock",
    sources=frozenset({RunState.DRAFT}),
    target=RunState.LOCKED,
    roles=frozenset({Role.DEPARTMENT_ADMIN}),
    label="签发",
    guard=may_lock,
    stamps={"locked_at": "now", "locked_by_id": "user"},
)
