"""Pages of inspections: the list, one inspection with its units, the draw made again."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from campaigns.guidance import services
from campaigns.guidance.enums import InspectionKind
from campaigns.guidance.forms import CloseInspectionForm, FindingForm, InspectionForm
from campaigns.guidance.models import CampaignInspection, InspectedUnit
from campaigns.guidance.selectors import inspected_for, inspections_for, is_inspector, redraw
from campaigns.plans.enums import CampaignState
from campaigns.plans.selectors import is_runner
from campaigns.plans.transitions import READERS, RUNNERS
from campaigns.plans.unit_views import UNIT
from campaigns.plans.views import EDIT, LIST, PAGE, CampaignScreen
from campaigns.plans.whole import OfCampaign
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, may_see, table
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb

INSPECTION = "campaigns:campaign_inspection"


def period_of(row: CampaignInspection) -> str:
    """From when to when; an inspection that is not over has only a beginning."""
    until = f" 至 {row.ends_on.isoformat()}" if row.ends_on else " 起"
    return f"{row.starts_on.isoformat()}{until}"


def organised_by(row: CampaignInspection) -> str:
    return row.body.name if row.body else "活动组织单位"


class InspectionList(OfCampaign, ListScreen):
    """The inspections of one campaign."""

    policy = Policy(READERS)
    title = "督查"
    unit = "次"
    default_order = ("-starts_on", "pk")
    columns = (
        Column("number", "批次号", link=lambda row: reverse(INSPECTION, args=[row.pk]), sort="number", card="title"),
        Column("kind", "方式", value=lambda row: InspectionKind(row.kind).label),
        Column("title", "督查内容"),
        Column("body", "组织单位", value=organised_by),
        Column("period", "起止", value=period_of, sort="starts_on"),
        Column("chosen_count", "单位（个）", kind="number"),
        Column("visited_count", "已到访（个）", kind="number"),
        Column(
            "state",
            "状态",
            value=lambda row: "已结束" if row.summary else "进行中",
            kind="state",
            tone=lambda row: "green" if row.summary else "blue",
            card="tag",
        ),
    )
    empty = Empty("还没有督查。")

    def page_actions(self) -> Any:
        if not may_see(RUNNERS, self.actor) or self.campaign.state != CampaignState.RUNNING:
            return []
        if not is_runner(self.campaign, self.actor) and self.actor.role != Role.PARTY_COMMITTEE:
            return []
        return [PageAction("组织督查", "campaigns:campaign_inspection_new", icon="plus")]

    def get_queryset(self, actor: Actor) -> QuerySet[CampaignInspection]:
        return inspections_for(actor, self.campaign)


class InspectionNew(CampaignScreen, FormScreen):
    """Open an inspection; a draw is made when it is saved."""

    policy = Policy(RUNNERS, EDIT)
    title = "组织督查"
    form_class = InspectionForm
    submit_label = "保存"

    def initial(self) -> dict[str, Any]:
        return {"kind": InspectionKind.SYMPOSIUM, "starts_on": self.today}

    def save(self, form: Any) -> CampaignInspection:
        return services.open_inspection(
            self.object, ends_on=None, actor=self.actor, now=timezone.now(), **form.cleaned_data
        )

    def success_url(self, result: CampaignInspection) -> str:
        return reverse(INSPECTION, args=[result.pk])

    def success_text(self, result: CampaignInspection) -> str:
        return "已抽取，名单见下。" if result.kind == InspectionKind.DRAW else "督查已登记。"


class InspectionScreen:
    """What the pages of one inspection share."""

    model = CampaignInspection
    pk_kwarg = "campaign_inspection_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[CampaignInspection]:
        return scoped(CampaignInspection, actor).select_related("campaign__region", "campaign__organizer", "body")

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        return [
            Crumb("创先争优", reverse(LIST)),
            Crumb(str(one.campaign), reverse(PAGE, args=[one.campaign_id])),
            Crumb("督查", reverse("campaigns:campaign_inspections", args=[one.campaign_id])),
            Crumb(str(one), reverse(INSPECTION, args=[one.pk])),
        ]

    def success_url(self, result: Any) -> str:
        return reverse(INSPECTION, args=[self.object.pk])  # type: ignore[attr-defined]


class InspectionDetail(InspectionScreen, DetailScreen):
    """One inspection: of a draw also how it was drawn, and that it comes out the same again."""

    policy = Policy(READERS)
    subject = "campaigns.CampaignInspection"
    template_name = "campaigns/guidance/inspection.html"

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:-1]

    @cached_property
    def is_own(self) -> bool:
        return may_see(RUNNERS, self.actor) and is_inspector(self.object, self.actor)

    def header(self, obj: CampaignInspection) -> Header:
        tag = Tag("已结束", "green") if obj.summary else Tag("进行中", "blue")
        return Header(str(obj), [tag], [str(InspectionKind(obj.kind).label), organised_by(obj)])

    def page_actions(self) -> Any:
        if not self.is_own or self.object.summary:
            return []
        return [PageAction("登记小结", "campaigns:campaign_inspection_close", primary=False)]

    def context(self) -> dict[str, Any]:
        one = self.object
        rows = list(inspected_for(self.actor, one))
        return {
            "facts": [
                fact("方式", InspectionKind(one.kind).label),
                fact("督查内容", one.title),
                fact("起止", period_of(one)),
                fact("单位（个）", len(rows), "number"),
                fact("已到访（个）", sum(row.visited_on is not None for row in rows), "number"),
            ],
            "draw": self._draw() if one.kind == InspectionKind.DRAW and self.is_own else [],
            "paragraphs": one.summary.splitlines(),
            "units": self._units(rows),
        }

    def _draw(self) -> list[Any]:
        one = self.object
        number, again, is_same = redraw(one)
        return [
            fact("抽取范围（个）", number, "number"),
            fact("抽取比例", f"{(one.share or 0) * 100:.2f}%"),
            fact("抽中（个）", len(again), "number"),
            fact("抽取时间", one.drawn_at, "datetime"),
            fact("随机种子", one.seed),
            fact(
                "重新抽取核对",
                "按种子重新抽取，名单一致" if is_same else "按种子重新抽取，名单不一致，请联系系统管理员",
                "state",
                tone="green" if is_same else "red",
            ),
        ]

    def _units(self, rows: list[InspectedUnit]) -> Any:
        columns = [
            Column("unit", "单位", value="unit", link=lambda row: reverse(UNIT, args=[row.unit_id]), card="title"),
            Column("stratum", "综合（行业）党委", value=lambda row: row.stratum or None),
            Column("visited_on", "到访日期", kind="date"),
            Column("finding", "督查情况", value=lambda row: row.finding or None, css="long"),
        ]
        if self.is_own and not self.object.summary:
            columns.append(
                Column(
                    "record",
                    "操作",
                    value=lambda row: "修改" if row.finding else "登记情况",
                    link=lambda row: reverse("campaigns:finding", args=[row.pk]),
                )
            )
        return table("督查单位", columns, rows, empty="没有督查单位。")


class FindingEdit(FormScreen):
    """What was found at one unit."""

    policy = Policy(RUNNERS, EDIT)
    title = "登记督查情况"
    model = InspectedUnit
    pk_kwarg = "inspected_unit_pk"
    form_class = FindingForm
    submit_label = "保存"
    success_message = "督查情况已登记。需要整改的，请提出整改意见。"

    def get_queryset(self, actor: Actor) -> QuerySet[InspectedUnit]:
        rows = scoped(InspectedUnit, actor).select_related("inspection__campaign__region", "inspection__body")
        return rows.select_related("unit__organization", "unit__department")

    def crumbs(self) -> list[Crumb]:
        inspection = self.object.inspection
        return [
            Crumb("创先争优", reverse(LIST)),
            Crumb(str(inspection.campaign), reverse(PAGE, args=[inspection.campaign_id])),
            Crumb(str(inspection), reverse(INSPECTION, args=[inspection.pk])),
        ]

    def page_title(self) -> str:
        return f"登记督查情况：{self.object}"

    def initial(self) -> dict[str, Any]:
        return {"visited_on": self.object.visited_on or self.today, "finding": self.object.finding}

    def save(self, form: Any) -> InspectedUnit:
        return services.record_finding(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return reverse(INSPECTION, args=[self.object.inspection_id])


class InspectionClose(InspectionScreen, ActionScreen):
    """The inspection is over."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = "登记小结"
    form_class = CloseInspectionForm
    success_message = "督查小结已登记。"

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        return ["登记小结后，各单位的督查情况不再修改。"]

    def perform(self, form: Any) -> CampaignInspection:
        return services.close_inspection(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


def inspected_of(pk: str, actor: Actor) -> InspectedUnit | None:
    """The row of an inspection that a notice follows from, named in a query."""
    if not pk.isdecimal() or len(pk) > 18:
        return None
    return get_object_or_404(scoped(InspectedUnit, actor), pk=int(pk))
