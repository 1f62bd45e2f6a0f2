"""How a task moves: opened by a service, then closed with evidence or cancelled with a reason."""

from dataclasses import dataclass

from portal.access.decisions import ALLOWED, Decision
from portal.access.roles import BUSINESS
from portal.notices.enums import TaskState
from portal.workflow.transitions import SYSTEM, Transition


@dataclass(frozen=True)
class TaskFacts:
    """What decides about a move: who the actor is to the task, and what was written (none: not asked
    yet, only whether the actor may at all).

    `by_fact`: the thing that the task asked for has happened and was recorded (a branch was set up), so the record
    itself is the evidence, whoever made it.
    """

    addressee: str
    is_addressed: bool
    is_opener: bool
    is_department: bool
    text: str | None
    by_fact: bool = False


def may_close(facts: TaskFacts) -> Decision:
    """Those it is laid on and the department close a task, with the evidence in words."""
    if facts.by_fact:
        return ALLOWED
    if not (facts.is_addressed or facts.is_department):
        return Decision(False, f"这项任务由「{facts.addressee}」办理，您可以查看，不能办结。")
    if facts.text is not None and not facts.text.strip():
        return Decision(False, "办结依据是空的。请写明办理结果，如批复文号、日期或情况说明。")
    return ALLOWED


def may_cancel(facts: TaskFacts) -> Decision:
    """Whoever opened it and the department cancel a task, with the reason in words."""
    if not (facts.is_opener or facts.is_department):
        return Decision(False, "任务只能由交办人或社会工作部撤销。如不应由您办理，请联系交办人。")
    if facts.text is not None and not facts.text.strip():
        return Decision(False, "撤销原因是空的。请写明为什么不再需要办理。")
    return ALLOWED


WHO = frozenset(str(role) for role in BUSINESS) | {SYSTEM}
ENDED = {"closed_at": "now", "closed_by_id": "user"}
CLOSE = Transition(
    name="close",
    sources=frozenset({TaskState.OPEN}),
    target=TaskState.CLOSED,
    roles=WHO,
    label="办结任务",
    guard=may_close,
    stamps=ENDED,
)
CANCEL = Transition(
    name="cancel",
    sources=frozenset({TaskState.OPEN}),
    target=TaskState.CANCELLED,
    roles=WHO,
    label="撤销任务",
    guard=may_cancel,
    stamps=ENDED,
)
