"""Reading tasks and messages."""

from collections.abc import Collection
from datetime import date

from django.conf import settings
from django.db.models import F, Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string

from portal.access.actor import Actor
from portal.access.roles import BUSINESS, DEPARTMENT, FILING
from portal.access.scoping import GuardedQuerySet, everything, scoped
from portal.access.statements import ActorStatement
from portal.notices.enums import TaskState
from portal.notices.models import Notice, Task, addressed_to
from portal.notices.transitions import TaskFacts
from portal.screens.navigation import Bell

DUE_FIRST = (F("due_on").asc(nulls_last=True), "pk")


def tasks_for(actor: Actor) -> GuardedQuerySet[Task]:
    """The open tasks on the actor's own desk, what is due first."""
    return scoped(Task, actor).filter(addressed_to(actor), state=TaskState.OPEN).order_by(*DUE_FIRST)


_OPEN = ActorStatement(lambda actor: tasks_for(actor).values_list("pk", flat=True))


def open_count(actor: Actor) -> int:
    """How many tasks are open on the actor's own desk. An association has few: they are told one by one."""
    return len(_OPEN(actor)) if actor.role in FILING else tasks_for(actor).count()


def people_at(kind: str, pks: Collection[int], *, roles: Collection[str], on: date) -> dict[int, list[int]]:
    """Who acts for bodies on a day: user → the bodies' keys, through the finder named in the settings."""
    found: dict[int, list[int]] = import_string(settings.PORTAL_PEOPLE_FINDER)(kind, pks, roles=roles, on=on)
    return found


def overdue(tasks: GuardedQuerySet[Task], today: date) -> GuardedQuerySet[Task]:
    """Those whose due date has passed to the last second."""
    return tasks.filter(state=TaskState.OPEN, due_on__lt=today)


def open_tasks_about(subject: Model, *, kind: str = "") -> list[Task]:
    """The open tasks about a record that the caller has already reached."""
    with everything("tasks about a record that the caller has already reached"):
        tasks = Task.objects.filter(subject_model=subject._meta.label, subject_pk=str(subject.pk), state=TaskState.OPEN)
        return list((tasks.filter(kind=kind) if kind else tasks).order_by(*DUE_FIRST))


def task_facts(task: Task, actor: Actor | None, *, text: str | None, by_fact: bool = False) -> TaskFacts:
    """What the guards of a task's transitions ask for; the installation itself counts as the one who opened it."""
    is_addressed = actor is not None and (
        scoped(Task, actor).filter(addressed_to(actor), pk=task.pk).exists() if actor.role in BUSINESS else False
    )
    return TaskFacts(
        addressee=task.addressee,
        is_addressed=is_addressed,
        is_opener=actor is None or (task.opened_by_id, task.membership_id) == (actor.user_id, actor.membership_id),
        is_department=actor is not None and actor.role in DEPARTMENT,
        text=text,
        by_fact=by_fact,
    )


def unread_count(actor: Actor) -> int:
    return scoped(Notice, actor).filter(read_at=None).count()


def bell(request: HttpRequest) -> Bell | None:
    """The count beside the bell: open tasks only; a message that was not read is no work."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.role not in BUSINESS:
        return None
    return Bell(reverse("notices:inbox"), "消息", open_count(actor))
