"""The home page of staff: work with dates, then what is wrong, then how far it has come, then what is new."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from associations.registry.models import Association
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.selectors import Dimension, coverage_summary
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import scoped
from portal.home import reviewing
from portal.home.cards import Block, Figure, Work
from portal.importing.enums import BatchState
from portal.importing.models import ImportBatch
from portal.memberships.enums import ResetState
from portal.memberships.models import MANAGERS, ResetRequest
from portal.notices.models import Task
from portal.notices.selectors import overdue, tasks_for
from portal.regulations.rules import ConfigurationError
from portal.reporting.enums import RunState
from portal.reporting.models import ReportRun
from portal.screens.screen import drilldown_url

SHOWN = 8
FEW = 5
RECENT_DAYS = 30
LIST = "associations:associations"
SOURCE = "工作台"


def blocks(actor: Actor, today: date) -> list[Block]:
    """The parts of the page in their order; those without content are left out."""
    found = [own_work(actor, today), reviewing.block(actor, today), *register(actor, today), recent(actor, today)]
    return [block for block in found if block.is_shown]


def own_work(actor: Actor, today: date) -> Block:
    """Tasks by due date, then imports that wait for a decision and reports that wait for a signature."""
    tasks = tasks_for(actor)
    counts = tasks.order_by().aggregate(all=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
    works = [
        Work(task.title, reverse("notices:task", args=[task.pk]), due_on=task.due_on, note=task.membership_label)
        for task in tasks[:SHOWN]
    ]
    works += [*_waiting_resets(actor, today), *_waiting_imports(actor), *_waiting_reports(actor)]
    more = None
    if counts["all"]:
        late = f"，其中已逾期 {counts['late']} 项" if counts["late"] else ""
        more = (f"全部 {counts['all']} 项任务{late}", reverse("notices:task_list"))
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


def _waiting_reports(actor: Actor) -> list[Work]:
    if actor.role != Role.DEPARTMENT_ADMIN:
        return []
    made_itself = Q(state=RunState.DRAFT, schedule__isnull=False)
    drafts = scoped(ReportRun, actor).filter(made_itself | Q(state=RunState.IN_REVIEW), successor=None)
    return [
        Work(
            str(run),
            reverse("reporting:run", args=[run.pk]),
            note="定时生成，待签发" if run.state == RunState.DRAFT else "待核对签发",
            tag=RunState(run.state).label,
        )
        for run in drafts.order_by("-requested_at", "-pk")[:FEW]
    ]


def register(actor: Actor, today: date) -> list[Block]:
    """What is wrong with the coverage of the actor's associations, and how far it has come (R-076 to R-078)."""
    try:
        summary = coverage_summary(actor, as_of=today, by=Dimension.KIND)
    except ConfigurationError as error:
        return [Block("两个覆盖", empty=str(error))]
    counts = summary.total.counts
    if not counts.in_scope:
        if scoped(Association, actor).exists():
            return []
        return [Block("社会组织", empty="您的范围内还没有社会组织。登记或导入后，这里显示两个覆盖的进展。")]

    def figure(label: str, measure: Measure, **shown: Any) -> Figure:
        url = drilldown_url(f"{SOURCE}·{label}", LIST, {"coverage": measure.value}, as_of=today)
        return Figure(label, url, unit="家", **shown)

    wrong = [
        figure("应建未建", Measure.SHOULD_NOT_BUILT, count=counts.should_not_built, note="党员人数已够，应当单独组建"),
        figure("两个覆盖空白点", Measure.BLANK_SPOT, count=counts.blank_spot, note="没有党组织、指导员和群团组织"),
        figure("党员人数未填报", Measure.UNREPORTED, count=counts.unreported, note="不能判断是否应当组建"),
    ]
    progress = [
        figure("组织覆盖率", Measure.COVERED, rate=counts.organization_rate),
        figure("工作覆盖率", Measure.WORK_COVERED, rate=counts.work_rate),
        figure("纳入统计的社会组织", Measure.IN_SCOPE, count=counts.in_scope),
    ]
    return [
        Block("需要关注", figures=[*_late_tasks(actor, today), *(one for one in wrong if one.count)]),
        Block(f"两个覆盖（截至 {today}）", figures=progress, more=("报告中心", reverse("reporting:centre"))),
    ]


def _late_tasks(actor: Actor, today: date) -> list[Figure]:
    """The department watches what is late anywhere; the others see their own on top."""
    if actor.role not in DEPARTMENT:
        return []
    count = overdue(scoped(Task, actor), today).count()
    url = f"{reverse('notices:task_list')}?desk=all&overdue=true"
    return [Figure("已逾期的任务", url, count=count, unit="项", note="全省各单位承办", is_late=True)] if count else []


def recent(actor: Actor, today: date) -> Block:
    """The reports of the last weeks."""
    since = today - timedelta(days=RECENT_DAYS)
    runs = scoped(ReportRun, actor).filter(
        requested_at__date__gte=since, state__in=[RunState.DRAFT, RunState.IN_REVIEW, RunState.LOCKED]
    )
    works = [
        Work(str(run), reverse("reporting:run", args=[run.pk]), tag=RunState(run.state).label)
        for run in runs.order_by("-requested_at", "-pk")[:FEW]
    ]
    return Block("最近的报告", works)
