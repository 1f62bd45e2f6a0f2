"""The home page of staff: work with dates, then what is wrong, then how far it has come, then what is new."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import scoped
from portal.home import coverage, reviewing
from portal.home.cards import Block, Figure, Work
from portal.importing.enums import BatchState
from portal.importing.models import ImportBatch
from portal.memberships.enums import ResetState
from portal.memberships.models import MANAGERS, ResetRequest
from portal.notices.enums import TaskState
from portal.notices.models import Task, addressed_to
from portal.notices.selectors import tasks_for
from portal.reporting.enums import RunState
from portal.reporting.models import ReportRun

SHOWN = 8
FEW = 5
# More than anybody makes in a month: what waits for a signature is among them.
MANY = 100
RECENT_DAYS = 30


def blocks(actor: Actor, today: date) -> list[Block]:
    """The parts of the page in their order; those without content are left out."""
    runs = _runs(actor, today)
    counts = task_counts(actor, today)
    found = [
        own_work(actor, today, counts, runs),
        reviewing.block(actor, today),
        *coverage.blocks(actor, today, _late_tasks(actor, counts)),
        recent([run for run in runs if run.requested_at >= _since(today)]),
    ]
    return [block for block in found if block.is_shown]


def task_counts(actor: Actor, today: date) -> dict[str, int]:
    """Open tasks on the own desk, those of them that are late, and what is late on any desk the actor sees."""
    mine, late = addressed_to(actor), Q(due_on__lt=today)
    rows = scoped(Task, actor).filter(state=TaskState.OPEN).order_by()
    found: dict[str, int] = rows.aggregate(
        own=Count("pk", filter=mine), late=Count("pk", filter=mine & late), late_anywhere=Count("pk", filter=late)
    )
    return found


def _runs(actor: Actor, today: date) -> list[Any]:
    """The reports of the last weeks and those that wait for a signature, the newest first."""
    recently = Q(requested_at__gte=_since(today), state__in=[RunState.DRAFT, RunState.IN_REVIEW, RunState.LOCKED])
    wanted = recently | _waiting() if actor.role == Role.DEPARTMENT_ADMIN else recently
    rows = scoped(ReportRun, actor).filter(wanted).annotate(is_last=Q(successor=None))
    return list(rows.defer("data").order_by("-requested_at", "-pk")[:MANY])


def _since(today: date) -> datetime:
    return timezone.make_aware(datetime.combine(today - timedelta(days=RECENT_DAYS), time()))


def _waiting() -> Q:
    made_itself = Q(state=RunState.DRAFT, schedule__isnull=False)
    return (made_itself | Q(state=RunState.IN_REVIEW)) & Q(successor=None)


def own_work(actor: Actor, today: date, counts: dict[str, int], runs: list[ReportRun]) -> Block:
    """Tasks by due date, then imports that wait for a decision and reports that wait for a signature."""
    works = [
        Work(task.title, reverse("notices:task", args=[task.pk]), due_on=task.due_on, note=task.membership_label)
        for task in (tasks_for(actor)[:SHOWN] if counts["own"] else ())
    ]
    works += [*_waiting_resets(actor, today), *_waiting_imports(actor), *_waiting_reports(actor, runs)]
    more = None
    if counts["own"]:
        late = f"，其中已逾期 {counts['late']} 项" if counts["late"] else ""
        more = (f"全部 {counts['own']} 项任务{late}", reverse("notices:task_list"))
    return Block("要我办的", works, more=more, empty="没有交办的任务。")


def _waiting_resets(actor: Actor, today: date) -> list[Work]:
    """People who forgot their password and wait to be called back."""
    if actor.role not in MANAGERS:
        return []
    waiting = scoped(ResetRequest, actor).filter(
        state=ResetState.WAITING, asked_at__date__gte=today - timedelta(days=1)
    )
    return [
        Work(
            str(one),
            reverse("memberships:reset_confirm", args=[one.pk]),
            note="请回拨存档电话核实",
            tag=ResetState(one.state).label,
        )
        for one in waiting.select_related("account").order_by("asked_at", "pk")[:FEW]
    ]


def _waiting_imports(actor: Actor) -> list[Work]:
    if actor.role not in DEPARTMENT | {Role.REGIONAL_OFFICE}:
        return []
    waiting = scoped(ImportBatch, actor).filter(state=BatchState.PREVIEWED, membership_id=actor.membership_id)
    return [
        Work(
            f"导入批次 {batch.number}：{batch.file_name}",
            reverse("importing:preview", args=[batch.pk]),
            note="核对后写入，或放弃",
            tag=batch.state_label,
        )
        for batch in waiting.order_by("-created_at", "-pk")[:FEW]
    ]


def _waiting_reports(actor: Actor, runs: list[Any]) -> list[Work]:
    if actor.role != Role.DEPARTMENT_ADMIN:
        return []
    drafts = [
        run
        for run in runs
        if run.is_last and (run.state == RunState.IN_REVIEW or (run.state == RunState.DRAFT and run.schedule_id))
    ]
    return [
        Work(
            str(run),
            reverse("reporting:run", args=[run.pk]),
            note="定时生成，待签发" if run.state == RunState.DRAFT else "待核对签发",
            tag=RunState(run.state).label,
        )
        for run in drafts[:FEW]
    ]


def _late_tasks(actor: Actor, counts: dict[str, int]) -> list[Figure]:
    """The department watches what is late anywhere; the others see their own on top."""
    count = counts["late_anywhere"]
    if actor.role not in DEPARTMENT or not count:
        return []
    url = f"{reverse('notices:task_list')}?desk=all&overdue=true"
    return [Figure("已逾期的任务", url, count=count, unit="项", note="全省各单位承办", is_late=True)]


def recent(runs: list[ReportRun]) -> Block:
    """The reports of the last weeks."""
    works = [
        Work(str(run), reverse("reporting:run", args=[run.pk]), tag=RunState(run.state).label) for run in runs[:FEW]
    ]
    return Block("最近的报告", works)
