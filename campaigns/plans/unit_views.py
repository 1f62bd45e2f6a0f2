"""Pages of the units of a campaign: the list, a unit with its plan, and what moves the plan."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from campaigns.plans import unit_services
from campaigns.plans.enums import UNIT_TONES, CampaignState, UnitState
from campaigns.plans.filters import UnitFilter
from campaigns.plans.forms import LeaveForm, PlanForm, ReviewForm
from campaigns.plans.models import Campaign, Unit
from campaigns.plans.selectors import is_own_unit, is_reviewer, is_runner, plan_facts, review_facts, units_for
from campaigns.plans.transitions import ACCEPT, PLANNERS, READERS, RUNNERS, SUBMIT
from campaigns.plans.views import EDIT, LIST, PAGE
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.files.responses import shown
from portal.files.uploads import take_upload
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, known, may_see, table
from portal.screens.details import OVERVIEW, DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen
from portal.screens.values import Missing
from portal.workflow.services import explain, history

UNIT = "campaigns:unit"


class UnitList(ListScreen):
    """The units of one campaign with their plans."""

    policy = Policy(READERS)
    title = "参加单位和方案"
    unit = "个"
    filterset_class = UnitFilter
    default_order = ("organization__name", "department__name", "pk")
    columns = (
        Column("name", "单位", value=str, link=lambda row: reverse(UNIT, args=[row.pk]), card="title"),
        Column("committee", "综合（行业）党委", value="committee.name"),
        Column("theme", "本单位主题", value=lambda row: row.theme or None, css="long"),
        Column("mobilised_on", "动员会议", kind="date", sort="mobilised_on"),
        Column("submitted_at", "报送时间", kind="datetime", sort="submitted_at"),
        Column(
            "state",
            "方案",
            value=lambda row: UnitState(row.state),
            kind="state",
            tone=lambda row: UNIT_TONES[UnitState(row.state)],
            card="tag",
        ),
        Column("left_on", "退出日期", kind="date"),
    )
    empty = Empty("没有参加单位。活动印发后，范围内的党组织自动列入。")

    @cached_property
    def campaign(self) -> Campaign:
        return get_object_or_404(scoped(Campaign, self.actor), pk=self.kwargs["campaign_pk"])

    def crumbs(self) -> list[Crumb]:
        return [Crumb("创先争优", reverse(LIST)), Crumb(str(self.campaign), reverse(PAGE, args=[self.campaign.pk]))]

    def get_queryset(self, actor: Actor) -> QuerySet[Unit]:
        return units_for(actor, self.campaign)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A secretary has one unit and no use for a list of it."""
        own = self.get_queryset(self.actor).first() if self.actor.role == Role.BRANCH_SECRETARY else None
        return HttpResponseRedirect(reverse(UNIT, args=[own.pk])) if own else super().get(request, *args, **kwargs)


class UnitScreen:
    """What the pages of one unit share."""

    model = Unit
    pk_kwarg = "unit_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[Unit]:
        rows = scoped(Unit, actor).select_related("campaign__region", "campaign__organizer", "file")
        return rows.select_related("organization__committee", "department__parent", "responsible__person")

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        return [
            Crumb("创先争优", reverse(LIST)),
            Crumb(str(one.campaign), reverse(PAGE, args=[one.campaign_id])),
            Crumb(str(one), reverse(UNIT, args=[one.pk])),
        ]

    def success_url(self, result: Any) -> str:
        return reverse(UNIT, args=[self.object.pk])  # type: ignore[attr-defined]


class UnitDetail(UnitScreen, DetailScreen):
    """One unit: its plan, who answers for it, what was said of it."""

    policy = Policy(READERS)
    subject = "campaigns.Unit"
    overview_label = "单位方案"
    template_name = "campaigns/plans/unit.html"

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:-1]

    def header(self, obj: Unit) -> Header:
        state = UnitState(obj.state)
        tags = [Tag(str(state.label), UNIT_TONES[state])]
        if obj.left_on:
            tags.append(Tag("已退出", "grey"))
        return Header(str(obj), tags, [str(obj.campaign), str(obj.committee or "未明确综合（行业）党委")])

    def page_actions(self) -> Any:
        one = self.object
        found: list[PageAction] = []
        if one.campaign.state != CampaignState.RUNNING or one.left_on is not None:
            return found
        if may_see(PLANNERS, self.actor) and is_own_unit(one, self.actor) and one.state in SUBMIT.sources:
            found.append(PageAction("填写方案", "campaigns:plan_edit", icon="edit", primary=not one.theme))
            if one.theme:
                found.append(PageAction(SUBMIT.label, "campaigns:plan_submit"))
        if one.state in ACCEPT.sources and may_see(RUNNERS, self.actor) and is_reviewer(one, self.actor):
            found.append(PageAction("审阅方案", "campaigns:plan_review"))
        if may_see(RUNNERS, self.actor) and is_runner(one.campaign, self.actor):
            found.append(PageAction("登记退出", "campaigns:unit_leave", primary=False))
        return found

    def context(self) -> dict[str, Any]:
        if self.tab != OVERVIEW:
            return {}
        one = self.object
        holder = one.responsible.person.name if one.responsible else Missing.NOT_REPORTED
        return {
            "facts": known(
                fact("本单位主题", one.theme or Missing.NOT_REPORTED),
                fact("第一责任人", holder if one.submitted_at else "报送时按在任书记登记"),
                fact("动员会议日期", one.mobilised_on or Missing.NOT_REPORTED, "date"),
                fact("动员会议到会（人）", one.mobilised_count or Missing.NOT_REPORTED, "number"),
                fact("报送时间", one.submitted_at, "datetime"),
                fact("审阅时间", one.reviewed_at, "datetime"),
                fact("审阅意见", one.review_text),
                fact("列入日期", one.joined_on, "date"),
                fact("退出", f"{one.left_on.isoformat()}：{one.left_reason}" if one.left_on else None),
            ),
            "measures": one.measures.splitlines(),
            "carriers": one.carriers.splitlines(),
            "file_url": reverse("campaigns:plan_file", args=[one.pk]) if one.file_id else "",
            "moves": table(
                "办理经过",
                [
                    Column("at", "时间", kind="datetime"),
                    Column("label", "办理", value=lambda row: MOVES.get(row.transition, row.transition)),
                    Column("by", "办理人", value="membership_label"),
                    Column("comment", "意见", value=lambda row: row.comment or None, css="long"),
                ],
                history(one),
                empty="没有办理记录。",
            ),
        }


MOVES = {"submit_unit_plan": "报送方案", "accept_unit_plan": "同意备案", "return_unit_plan": "退回修改"}


class PlanEdit(UnitScreen, FormScreen):
    """Write the unit's plan."""

    policy = Policy(PLANNERS, EDIT)
    title = "填写方案"
    form_class = PlanForm
    submit_label = "保存"
    success_message = "方案已保存。核对后请报送。"

    def initial(self) -> dict[str, Any]:
        names = ("theme", "measures", "carriers", "mobilised_on", "mobilised_count")
        return {name: getattr(self.object, name) for name in names}

    def save(self, form: Any) -> Unit:
        given, now = dict(form.cleaned_data), timezone.now()
        upload = given.pop("file")
        file = (
            take_upload(upload, label="方案文件", kind="campaign_plan", actor=self.actor, now=now) if upload else None
        )
        return unit_services.save_plan(self.object, file=file, actor=self.actor, now=now, version=self.version, **given)


class PlanSubmit(UnitScreen, ActionScreen):
    """Hand the plan in."""

    policy = Policy(PLANNERS, EDIT)
    title = submit_label = "报送方案"
    success_message = "方案已报送。"

    def decision(self) -> Decision:
        facts = plan_facts(self.object, self.actor, self.today)
        return explain(SUBMIT, self.object, actor=self.actor, facts=facts)

    def consequences(self) -> list[str]:
        return [
            f"方案报「{self.object.committee or '活动组织单位'}」审阅，报送后不能修改，退回的除外。",
            "在任党组织书记登记为第一责任人。",
        ]

    def perform(self, form: Any) -> Unit:
        return unit_services.submit_plan(self.object, actor=self.actor, now=self.received_at, version=self.version)


class PlanReview(UnitScreen, FormScreen):
    """Accept a plan for the record, or return it."""

    policy = Policy(RUNNERS, EDIT)
    title = "审阅方案"
    form_class = ReviewForm
    submit_label = "提交"
    success_message = "审阅结果已登记。"
    template_name = "campaigns/plans/review.html"

    def initial(self) -> dict[str, Any]:
        return {"is_accepted": "yes"}

    def context(self) -> dict[str, Any]:
        one = self.object
        decision = explain(ACCEPT, one, actor=self.actor, facts=review_facts(one, self.actor))
        return {
            "plan": one,
            "measures": one.measures.splitlines(),
            "carriers": one.carriers.splitlines(),
            "file_url": reverse("campaigns:plan_file", args=[one.pk]) if one.file_id else "",
            "decision": decision,
        }

    def save(self, form: Any) -> Unit:
        return unit_services.review_plan(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class UnitLeave(UnitScreen, ActionScreen):
    """A unit no longer takes part."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = "登记退出"
    form_class = LeaveForm
    success_message = "已登记退出。"
    is_dangerous = True

    def initial(self) -> dict[str, Any]:
        return {"left_on": self.today}

    def consequences(self) -> list[str]:
        return [f"从退出日期起，「{self.object}」不再计入活动的参加单位和完成率。"]

    def perform(self, form: Any) -> Unit:
        return unit_services.leave_campaign(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class PlanFile(UnitScreen, Screen):
    """The file of a unit's plan."""

    policy = Policy(READERS)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        file = self.object.file
        if file is None:
            raise Http404
        return shown(file)
