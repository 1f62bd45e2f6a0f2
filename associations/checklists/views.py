"""Pages of checklists: the desk, one checklist, one step, opening and closing."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from associations.checklists import services
from associations.checklists.enums import STEP_TONES, StepState
from associations.checklists.filters import ChecklistFilter
from associations.checklists.forms import OpenForm, StepForm
from associations.checklists.models import Checklist, ChecklistStep
from associations.checklists.rules import StepView, open_steps
from associations.checklists.selectors import checklists_of, committee_name_on, step_views, templates_for, with_steps
from associations.registry.models import Association
from associations.registry.views import AssociationScreen
from portal.access.actor import Actor
from portal.access.decisions import ALLOWED, Decision
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, TextTable, fact, may_see, table
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing

EDIT = {"GET", "POST"}
DESK = "associations:checklists"
PAGE = "associations:checklist"


def deadline(row: Checklist, today: Any) -> Any:
    """The due date of an open checklist; a closed one and one without a clock have none."""
    return (row.due_on, today) if row.closed_on is None and row.due_on else Missing.NOT_APPLICABLE


def state_tag(row: Checklist) -> Tag:
    return Tag("已办结", "green") if row.closed_on else Tag("办理中", "blue")


class ChecklistList(ListScreen):
    """The hand-over desk: what is open, by when, how many steps are done."""

    policy = Policy(WORKSPACE)
    title = "党建交接台"
    unit = "份"
    model = Checklist
    filterset_class = ChecklistFilter
    default_order = ("is_closed", "due_on", "association__name", "pk")
    shows_as_of = False
    columns = (
        Column(
            "association",
            "社会组织",
            value="association.name",
            link=lambda row: reverse(PAGE, args=[row.pk]),
            sort="association__name",
            card="title",
        ),
        Column("region", "登记地", value="association.region.name", sort="association__region__code"),
        Column("committee", "综合（行业）党委", sort="committee"),
        Column("template", "清单", value="template.title", sort="code"),
        Column("starts_on", "登记日期", kind="date", sort="starts_on"),
        Column("progress", "办理步骤", value=lambda row: row.progress),
        Column("missing", "待办理", value=lambda row: row.missing, css="long"),
        Column("due_on", "期限", value=lambda row: row.deadline, kind="deadline", sort="due_on"),
        Column(
            "state",
            "状态",
            value=lambda row: state_tag(row).label,
            kind="state",
            tone=lambda row: state_tag(row).tone,
            card="tag",
        ),
    )
    empty = Empty("没有要交接的新登记社会组织。新登记的社会组织进入名录后自动开立交接清单。")

    def list_notes(self) -> list[str]:
        return [
            "新登记社会组织由登记管理机关发证，这里只提供党建工作建议并计时，不影响发证。",
            "期限从登记日期的次日起按工作日计算；系统记录能够回答的步骤自动标为已有记录。",
        ]

    def get_queryset(self, actor: Actor) -> QuerySet[Checklist]:
        closed = Case(When(closed_on=None, then=Value(0)), default=Value(1), output_field=IntegerField())
        rows = super().get_queryset(actor).annotate(is_closed=closed, committee=committee_name_on(self.today))
        return with_steps(rows, actor)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        views = step_views(rows, self.today)
        for row in rows:
            steps = views[row.pk]
            missing = open_steps(steps)
            row.progress = f"{len(steps) - len(missing)}/{len(steps)}"
            row.missing = "、".join(one.text for one in missing) or None
            row.deadline = deadline(row, self.today)
        return rows


class ChecklistScreen:
    """What the pages of one checklist share."""

    model = Checklist
    request: HttpRequest
    actor: Actor
    today: Any

    def get_queryset(self, actor: Actor) -> QuerySet[Checklist]:
        return with_steps(scoped(Checklist, actor), actor)

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党建交接台", reverse(DESK)), Crumb(str(self.object), reverse(PAGE, args=[self.object.pk]))]  # type: ignore[attr-defined]

    def success_url(self, result: Any) -> str:
        return reverse(PAGE, args=[self.object.pk])  # type: ignore[attr-defined]

    @cached_property
    def views(self) -> list[StepView]:
        return step_views([self.object], self.today)[self.object.pk]  # type: ignore[attr-defined]


class ChecklistDetail(ChecklistScreen, DetailScreen):
    """One checklist: each step with its date, its evidence and where it comes from."""

    policy = Policy(WORKSPACE)
    subject = "associations.Checklist"
    template_name = "associations/checklists/checklist.html"
    actions = (PageAction("办结清单", "associations:checklist_close", roles=services.HANDLERS),)

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:-1]

    def page_actions(self) -> Any:
        return self.actions if self.object.closed_on is None else ()

    def header(self, obj: Checklist) -> Header:
        return Header(obj.association.name, [state_tag(obj)], [obj.template.title, obj.association.region.name])

    def context(self) -> dict[str, Any]:
        one = self.object
        url = reverse("associations:association", args=[one.association_id])
        days = f"{one.template.working_days} 个工作日" if one.template.working_days else "不计时限"
        provisional = "（暂定）" if one.is_provisional else ""
        return {
            "facts": [
                fact("社会组织", one.association.name, url=url),
                fact("清单", one.template.title),
                fact("登记日期（起算）", one.starts_on, "date"),
                fact("时限", days + provisional),
                fact("期限", deadline(one, self.today), "deadline")
                if one.due_on and not one.closed_on
                else fact("期限", one.due_on, "date"),
                fact("办结日期", one.closed_on, "date"),
                fact("依据", one.template.source),
            ],
            "steps": self._steps(),
        }

    def _steps(self) -> TextTable:
        columns = [
            Column("number", "序号", kind="number"),
            Column("text", "步骤", css="long"),
            Column("state", "情况", kind="state", tone=lambda row: STEP_TONES[row.state]),
            Column("on", "日期", kind="date"),
            Column("evidence", "依据", value=lambda row: row.evidence or None, css="long"),
            Column("by", "登记", value=lambda row: row.by or None),
        ]
        if self.object.closed_on is None and may_see(services.HANDLERS, self.actor):

            def act(row: StepView) -> str | None:
                if row.state == StepState.ANSWERED:
                    return None
                return reverse("associations:checklist_step", args=[self.object.pk, row.pk])

            def label(row: StepView) -> str | None:
                return {StepState.OPEN: "登记办理", StepState.DONE: "更正", StepState.ANSWERED: None}[row.state]

            columns.append(Column("act", "操作", value=label, link=act))
        return table("步骤", columns, self.views)


class StepRecord(ChecklistScreen, FormScreen):
    """Record that a step was done."""

    policy = Policy(services.HANDLERS, EDIT)
    form_class = StepForm
    submit_label = "登记"
    success_message = "步骤已登记。"

    @cached_property
    def step(self) -> ChecklistStep:
        rows = scoped(ChecklistStep, self.actor).select_related("checklist__association", "checklist__template")
        return get_object_or_404(rows, pk=self.kwargs["checklist_step_pk"], checklist=self.object)

    def page_title(self) -> str:
        return self.step.text

    def initial(self) -> dict[str, Any]:
        return {"done_on": self.step.done_on or self.today, "evidence": self.step.evidence}

    def save(self, form: Any) -> ChecklistStep:
        return services.record_step(
            self.step, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class ChecklistClose(ChecklistScreen, ActionScreen):
    """End a checklist whose steps are all done."""

    policy = Policy(services.HANDLERS, EDIT)
    title = "办结清单"
    submit_label = "办结"
    success_message = "清单已办结。"

    def decision(self) -> Decision:
        missing = open_steps(self.views)
        if self.object.closed_on is not None:
            return Decision(False, "这份清单已经办结。")
        if missing:
            names = "、".join(f"第{one.number}步「{one.text}」" for one in missing)
            return Decision(False, f"还有 {len(missing)} 步没有办理：{names}。请先办理或登记依据。")
        return ALLOWED

    def consequences(self) -> list[str]:
        return ["各步骤的日期和依据随清单保存，办结后不能再改。", "有关任务同时办结。"]

    def perform(self, form: Any) -> Checklist:
        return services.close_checklist(self.object, actor=self.actor, now=timezone.now(), version=self.version)


class ChecklistOpen(AssociationScreen, FormScreen):
    """Open a checklist by hand."""

    policy = Policy(services.HANDLERS, EDIT)
    title = "开立清单"
    form_class = OpenForm
    success_message = "清单已开立。"
    intro = "新登记的社会组织自动开立交接清单，这里用于补开或开立其他清单。"

    def form_kwargs(self) -> dict[str, Any]:
        return {"keys": [one.pk for one in templates_for(self.object, self.today)]}

    def save(self, form: Any) -> Checklist:
        return services.open_checklist(self.object, form.cleaned_data["template"], actor=self.actor, now=timezone.now())

    def success_url(self, result: Any) -> str:
        return reverse(PAGE, args=[result.pk])


def checklists_table(actor: Actor, association: Association, day: Any) -> TextTable:
    """The checklists of an association with how far they are: for tabs of its page."""
    found = checklists_of(actor, association)
    views = step_views(found, day)

    def progress(row: Checklist) -> str:
        steps = views[row.pk]
        return f"{len(steps) - len(open_steps(steps))}/{len(steps)}"

    columns = [
        Column("template", "清单", value="template.title", link=lambda row: reverse(PAGE, args=[row.pk])),
        Column("starts_on", "登记日期", kind="date"),
        Column("progress", "办理步骤", value=progress),
        Column(
            "missing",
            "待办理",
            value=lambda row: "、".join(one.text for one in open_steps(views[row.pk])) or None,
            css="long",
        ),
        Column("due_on", "期限", value=lambda row: deadline(row, day), kind="deadline"),
        Column(
            "state", "状态", value=lambda row: state_tag(row).label, kind="state", tone=lambda row: state_tag(row).tone
        ),
    ]
    return table("办理清单", columns, found, empty="没有开立清单。")
