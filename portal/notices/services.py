"""Every write of tasks and messages."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import CharField

from portal.access.actor import Actor, Scope
from portal.access.decisions import Refused
from portal.access.scoping import scoped
from portal.access.statements import Statement
from portal.audit.services import record
from portal.notices.enums import BodyKind, TaskState
from portal.notices.models import Notice, Task
from portal.notices.selectors import task_facts
from portal.notices.transitions import CANCEL, CLOSE
from portal.workflow.services import apply, update_versioned

TASKS_AT_ONCE = 500
# Whatever names a body to those who write to it.
Body = TypeVar("Body")
WHY = "one open task a subject and body, whoever opened it"


def open_task(
    *,
    kind: str,
    subject: models.Model,
    title: str,
    url: str,
    for_role: str,
    body: Scope,
    due_on: date | None,
    actor: Actor | None,
    now: datetime,
    user: Any = None,
) -> Task:
    """Lay a task on a body (and, if given, on one person there); asking again while it is open moves its due date.

    Raises `Refused("task.body")` for a body that cannot have tasks, `Refused("task.url")` for an address elsewhere.
    """
    if body.kind not in BodyKind.values:
        raise Refused("task.body", f"「{body.label}」不能承办任务。请选择单位、地域、社会组织或党组织。")
    if not url.startswith("/") or url.startswith("//"):
        raise Refused("task.url", f"任务的页面地址「{url[:60]}」不是本系统的地址。")
    key = {
        "kind": kind,
        "subject_model": subject._meta.label,
        "subject_pk": str(subject.pk),
        "for_role": for_role,
        "body_kind": body.kind,
        "body_pk": body.pk,
        "user": user,
    }
    wanted = {"title": title[:200], "url": url, "due_on": due_on}
    with transaction.atomic():
        task = _find_open(key)
        if task is not None:
            return _renew(task, wanted, actor=actor, now=now)
        try:
            with transaction.atomic():
                task = Task.objects.create(
                    **key,
                    **wanted,
                    subject_label=str(subject)[:200],
                    body_path=body.path,
                    body_label=body.label[:200],
                    state=TaskState.OPEN,
                    opened_by_id=actor.user_id if actor else None,
                    membership_id=actor.membership_id if actor else None,
                    membership_label=actor.label if actor else "",
                    opened_at=now,
                )
        except IntegrityError:
            task = _find_open(key)
            if task is None:
                raise
            return _renew(task, wanted, actor=actor, now=now)
        record(
            "notices.open",
            actor=actor,
            subject=task,
            after={"title": task.title, "addressee": task.addressee, "due_on": due_on, "about": task.subject_label},
            now=now,
        )
    return task


@dataclass(frozen=True, slots=True)
class NewTask:
    """One of many tasks of a kind that are laid at once."""

    subject: models.Model
    title: str
    url: str
    body: Scope
    due_on: date | None


def open_many(wanted: Iterable[NewTask], *, kind: str, for_role: str, actor: Actor | None, now: datetime) -> int:
    """Lay many tasks of a kind on bodies with few statements; returns how many are new.

    A task about a subject that is open for the role keeps its words; its due date moves with the new one.
    """
    rows = list(wanted)
    made = 0
    with transaction.atomic():
        for start in range(0, len(rows), TASKS_AT_ONCE):
            made += _open_some(rows[start : start + TASKS_AT_ONCE], kind, for_role, actor, now)
        if made:
            after = {"kind": kind, "count": made, "for_role": for_role}
            record("notices.open_many", actor=actor, subject_label=f"{made} 项任务", after=after, now=now)
    return made


def _open_some(rows: list[NewTask], kind: str, for_role: str, actor: Actor | None, now: datetime) -> int:
    model = rows[0].subject._meta.label
    there = Task.objects.unscoped(WHY).filter(
        kind=kind,
        subject_model=model,
        subject_pk__in=[str(row.subject.pk) for row in rows],
        for_role=for_role,
        user=None,
        state=TaskState.OPEN,
    )
    known = {(task.subject_pk, task.body_kind, task.body_pk): task for task in there}
    fresh = []
    for row in rows:
        task = known.get((str(row.subject.pk), row.body.kind, row.body.pk))
        if task is not None:
            if task.due_on != row.due_on:
                update_versioned(task, version=task.version, changes={"due_on": row.due_on})
            continue
        fresh.append(
            Task(
                kind=kind,
                title=row.title[:200],
                subject_model=model,
                subject_pk=str(row.subject.pk),
                subject_label=str(row.subject)[:200],
                url=row.url,
                for_role=for_role,
                body_kind=row.body.kind,
                body_pk=row.body.pk,
                body_path=row.body.path,
                body_label=row.body.label[:200],
                due_on=row.due_on,
                state=TaskState.OPEN,
                opened_by_id=actor.user_id if actor else None,
                membership_id=actor.membership_id if actor else None,
                membership_label=actor.label if actor else "",
                opened_at=now,
            )
        )
    # Somebody may lay one of them at this moment: the constraint keeps it one.
    Task.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _find_open(key: dict[str, Any]) -> Task | None:
    return Task.objects.unscoped(WHY).filter(**key, state=TaskState.OPEN).first()


def _renew(task: Task, wanted: dict[str, Any], *, actor: Actor | None, now: datetime) -> Task:
    before = {name: getattr(task, name) for name in wanted}
    if before != wanted:
        update_versioned(task, version=task.version, changes=wanted)
        record("notices.renew", actor=actor, subject=task, before=before, after=wanted, now=now)
    return task


_ABOUT = Statement(
    lambda model, pk: Task.objects.unscoped("what was asked for is done, whoever it was laid on").filter(
        subject_model=model, subject_pk=pk, state=TaskState.OPEN
    ),
    model=CharField(),
    pk=CharField(),
)


def close_task(
    task: Task, *, actor: Actor | None, version: int, evidence: str, now: datetime, by_fact: bool = False
) -> Task:
    """Close a task with its evidence. `by_fact`: the record of what was asked for is the evidence, whoever made it."""
    facts = task_facts(task, actor, text=evidence, by_fact=by_fact)
    return apply(
        CLOSE,
        task,
        actor=actor,
        version=version,
        facts=facts,
        changes={"evidence": evidence[:500]},
        comment=evidence,
        now=now,
    )


def cancel_task(task: Task, *, actor: Actor | None, version: int, reason: str, now: datetime) -> Task:
    """Take a task back with the reason."""
    facts = task_facts(task, actor, text=reason)
    return apply(
        CANCEL,
        task,
        actor=actor,
        version=version,
        facts=facts,
        changes={"evidence": reason[:500]},
        comment=reason,
        now=now,
    )


def close_for_subject(
    subject: models.Model,
    *,
    kinds: Collection[str],
    evidence: str,
    actor: Actor | None,
    now: datetime,
    body: Scope | None = None,
) -> list[Task]:
    """Close every open task of some kinds about a subject, because what they asked for has been recorded; with a
    `body` only that body's, where a subject is asked of many."""
    return [
        close_task(task, actor=actor, version=task.version, evidence=evidence, now=now, by_fact=True)
        for task in _open_about(subject, body)
        if task.kind in kinds
    ]


def _open_about(subject: models.Model, body: Scope | None) -> Iterable[Task]:
    model, pk = subject._meta.label, str(subject.pk)
    if body is None:
        return _ABOUT(model=model, pk=pk)
    rows = Task.objects.unscoped("what one body was asked for about a subject is done")
    return rows.filter(subject_model=model, subject_pk=pk, state=TaskState.OPEN, body_kind=body.kind, body_pk=body.pk)


def notify(user_ids: Iterable[int], text: str, url: str, now: datetime) -> int:
    """Put one message into each user's inbox; returns how many."""
    notices = [Notice(user_id=pk, text=text[:300], url=url, created_at=now) for pk in sorted(set(user_ids))]
    Notice.objects.bulk_create(notices)
    return len(notices)


def tell_each(
    people: Mapping[int, Iterable[Body]], words: Callable[[list[Body]], tuple[str, str]], now: datetime
) -> int:
    """One message a person about all the bodies it acts for: `people` is user → keys, `words` makes text and address
    of the keys. Returns how many people."""
    notices = []
    for user, keys in people.items():
        text, url = words(list(dict.fromkeys(keys)))
        notices.append(Notice(user_id=user, text=text[:300], url=url, created_at=now))
    Notice.objects.bulk_create(notices, batch_size=500)
    return len(notices)


def mark_read(*, actor: Actor, pks: Iterable[int] | None, now: datetime) -> int:
    """Mark messages of the actor's own inbox as read, all of them when `pks` is none; returns how many changed."""
    unread = scoped(Notice, actor).filter(read_at=None)
    if pks is not None:
        unread = unread.filter(pk__in=list(pks))
    with transaction.atomic():
        changed = unread.update(read_at=now)
        if changed:
            record("notices.read", actor=actor, subject_label="消息", after={"count": changed}, now=now)
    return changed
