"""The one function that applies a transition, and its sibling for plain versioned rows."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model

from portal.access.actor import Actor
from portal.access.decisions import ALLOWED, Conflict, Decision, Refused
from portal.access.scoping import everything
from portal.audit.services import record
from portal.workflow.models import Versioned, WorkflowEvent, WorkflowModel
from portal.workflow.transitions import SYSTEM, Transition

W = TypeVar("W", bound=WorkflowModel)
V = TypeVar("V", bound=Versioned)


def explain(transition: Transition, record_: WorkflowModel, *, actor: Actor | None, facts: Any = None) -> Decision:
    """Whether `actor` may apply the transition now; the reason also explains a disabled button."""
    role = actor.role if actor else SYSTEM
    if role not in transition.roles:
        who = actor.label if actor else "系统"
        return Decision(False, f"「{transition.label}」不由「{who}」办理。")
    if record_.state not in transition.sources:
        state = _state_label(record_, record_.state)
        return Decision(False, f"当前状态是「{state}」，不能「{transition.label}」。请刷新页面查看最新状态。")
    return transition.guard(facts) if transition.guard else ALLOWED


def apply(
    transition: Transition,
    record_: W,
    *,
    actor: Actor | None,
    version: int,
    now: datetime,
    facts: Any = None,
    changes: dict[str, Any] | None = None,
    comment: str = "",
) -> W:
    """Move `record_` through `transition` in one UPDATE … WHERE state and version, with history and audit.

    `version` is what the person saw, posted with the form. `actor` is none when the installation itself moves the
    record. Raises `Refused` when role, state or guard say no, `Conflict` (409) when the record moved on meanwhile.
    """
    decision = explain(transition, record_, actor=actor, facts=facts)
    if not decision:
        if version != record_.version:
            raise _conflict(record_, changes)
        raise Refused(f"workflow.{transition.name}", decision.reason)
    source = record_.state
    values = dict(changes or {}) | {"state": transition.target, "version": version + 1}
    for name, stamp in transition.stamps.items():
        values[name] = now if stamp == "now" else (actor.user_id if actor else None)
    # Within the caller's transaction where there is one: a move that changed nothing leaves nothing to roll back.
    with transaction.atomic(savepoint=False):
        with everything("a compare-and-swap by primary key"):
            changed = type(record_).objects.filter(pk=record_.pk, state=source, version=version).update(**values)
        if changed:
            WorkflowEvent.objects.create(
                subject_model=record_._meta.label,
                subject_pk=str(record_.pk),
                transition=transition.name,
                source=source,
                target=transition.target,
                version=version + 1,
                user_id=actor.user_id if actor else None,
                membership_id=actor.membership_id if actor else None,
                membership_label=actor.label if actor else "",
                comment=comment[:500],
                at=now,
            )
            record(
                f"{record_._meta.app_label}.{transition.name}",
                actor=actor,
                subject=record_,
                before={"state": source},
                after={"state": transition.target},
                reason=comment,
                now=now,
            )
    if not changed:
        raise _conflict(record_, changes)
    _take_over(record_, values)
    return record_


def _take_over(record_: WorkflowModel, values: dict[str, Any]) -> None:
    """What was written, as the row now has it; what the database computed is read back."""
    if any(hasattr(value, "resolve_expression") for value in values.values()):
        record_.refresh_from_db()
        return
    for name, value in values.items():
        field: Any = record_._meta.get_field(name)
        setattr(record_, field.name if isinstance(value, Model) else field.attname, value)


def update_versioned(row: V, *, version: int, changes: dict[str, Any]) -> V:
    """Write `changes` if nobody changed the row since `version` was seen; else raise `Conflict` with both versions.

    Call it inside the transaction that also writes the audit row.
    """
    with everything("a compare-and-swap by primary key"):
        changed = type(row).objects.filter(pk=row.pk, version=version).update(**changes, version=version + 1)
    if not changed:
        raise _conflict(row, changes)
    row.refresh_from_db()
    return row


def history(record_: Model) -> list[WorkflowEvent]:
    """The moves of one record, oldest first; whoever reaches the record may read them."""
    with everything("the history of a record that the caller has already reached"):
        return list(
            WorkflowEvent.objects.filter(subject_model=record_._meta.label, subject_pk=str(record_.pk)).select_related(
                "user"
            )
        )


def _conflict(row: Versioned, changes: dict[str, Any] | None) -> Conflict:
    row.refresh_from_db()
    ours = {_label(row, name): value for name, value in (changes or {}).items()}
    theirs = {_label(row, name): getattr(row, name, None) for name in (changes or {})}
    state = f"，当前状态是「{_state_label(row, row.state)}」" if isinstance(row, WorkflowModel) else ""
    return Conflict(f"「{row}」在您打开之后已被他人修改{state}，您的修改没有保存。", ours=ours, theirs=theirs)


def _label(row: Versioned, name: str) -> str:
    field: Any = row._meta.get_field(name)
    return str(field.verbose_name)


def _state_label(record_: WorkflowModel, state: str) -> str:
    choices = dict(record_._meta.get_field("state").flatchoices)
    return str(choices.get(state, state))
