"""Pages of progress reports: what was asked, who has reported, one report, all of them together."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from campaigns.collecting import services
from campaigns.collecting.enums import REPORT_TONES, ReportState
from campaigns.collecting.filters import LATE, MISSING, REPORTED, TIMELY, ReportFilter
from campaigns.collecting.forms import CollectionForm, RemarkForm, ReportForm
from campaigns.collecting.models import Collection, UnitReport
from campaigns.collecting.overview import state_column
from campaigns.collecting.selectors import (
    collections_for,
    late_q,
    report_facts,
    reports_for,
    to_call,
    together,
)
from campaigns.collecting.transitions import RETURN, SUBMIT
from campaigns.plans.enums import CampaignState
from campaigns.plans.models import Campaign
from campaigns.plans.selectors import is_runner
from campaigns.plans.transitions import PLANNERS, READERS, RUNNERS
from campaigns.plans.unit_views import UNIT
from campaigns.plans.views import EDIT, LIST, PAGE, CampaignScreen
from campaigns.plans.whole import OfCampaign
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.files.responses import shown
from portal.files.uploads import take_upload
from portal.regulations.rules import Rate
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, may_see, table
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen
from portal.workflow.services import explain, history

COLLECTIONS = "campaigns:collections"
COLLECTION = "campaigns:collection"
REPORT = "campaigns:unit_report"
FILE_KIND = "unit_report"
MOVES = {"submit_unit_report": "报送", "return_unit_report": "退回补充"}


def _listed(state: str) -> Any:
    """The reports behind a figure of a collection."""
    return lambda row: f"{reverse(COLLECTION, args=[row.pk])}?state={state}"


class CollectionList(OfCampaign, ListScreen):
    """What was asked for in one campaign; every figure opens its list."""

    policy = Policy(READERS)
    title = "情况报送"
    unit = "次"
    default_order = ("-number", "pk")
    columns = (
        Column("title", "报送内容", link=lambda row: reverse(COLLECTION, args=[row.pk]), card="title"),
        Column("asked", "报送单位", value=lambda row: row.get_asked_display()),
        Column("due_on", "报送截止", kind="date", sort="due_on"),
        Column("asked_count", "应报送（个）", kind="number"),
        Column("reported_count", "已报送（个）", kind="number", link=_listed(REPORTED)),
        Column("timely_count", "按时（个）", kind="number", link=_listed(TIMELY)),
        Column("rate", "报送率", value=lambda row: Rate(row.reported_count, row.asked_count).display(), align="end"),
    )
    empty = Empty("没有布置情况报送。")

    def get_queryset(self, actor: Actor) -> QuerySet[Collection]:
        return collections_for(actor, self.campaign)

    def page_actions(self) -> Any:
        one = self.campaign
        if one.state != CampaignState.RUNNING or not may_see(RUNNERS, self.actor) or not is_runner(one, self.actor):
            return []
        return [PageAction("布置情况报送", "campaigns:collection_new", icon="plus")]


class CollectionNew(CampaignScreen, FormScreen):
    """Ask the units to report by a day."""

    policy = Policy(RUNNERS, EDIT)
    title = "布置情况报送"
    form_class = CollectionForm
    submit_label = "布置"
    success_message = "已布置，任务已发到各单位。"

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb("情况报送", reverse(COLLECTIONS, args=[self.object.pk]))]

    def initial(self) -> dict[str, Any]:
        return {"asked": "all"}

    def save(self, form: Any) -> Collection:
        return services.open_collection(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Collection) -> str:
        return reverse(COLLECTION, args=[result.pk])


class CollectionScreen:
    """What the pages of one collection share."""

    model = Collection
    pk_kwarg = "collection_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[Collection]:
        return scoped(Collection, actor).select_related("campaign__region", "campaign__organizer")

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        campaign: Campaign = one.campaign
        return [
            Crumb("创先争优", reverse(LIST)),
            Crumb(str(campaign), reverse(PAGE, args=[campaign.pk])),
            Crumb("情况报送", reverse(COLLECTIONS, args=[campaign.pk])),
            Crumb(str(one), reverse(COLLECTION, args=[one.pk])),
        ]

    def success_url(self, result: Any) -> str:
        return reverse(COLLECTION, args=[self.object.pk])  # type: ignore[attr-defined]


class ReportList(ListScreen):
    """Who has reported and who has not."""

    policy = Policy(READERS)
    unit = "个"
    filterset_class = ReportFilter
    default_order = ("unit__organization__name", "unit__department__name", "pk")
    empty = Empty("没有应报送的单位。")

    @cached_property
    def collection(self) -> Collection:
        rows = scoped(Collection, self.actor).select_related("campaign__region", "campaign__organizer")
        return get_object_or_404(rows, pk=self.kwargs["collection_pk"])

    def page_title(self) -> str:
        return f"{self.collection}（{self.collection.due_on.isoformat()} 截止）"

    def crumbs(self) -> list[Crumb]:
        campaign = self.collection.campaign
        return [
            Crumb("创先争优", reverse(LIST)),
            Crumb(str(campaign), reverse(PAGE, args=[campaign.pk])),
            Crumb("情况报送", reverse(COLLECTIONS, args=[campaign.pk])),
        ]

    def page_actions(self) -> Any:
        found = []
        if may_see(RUNNERS, self.actor):
            found.append(PageAction("汇总材料", "campaigns:collection_together"))
            found.append(PageAction("催报文本", "campaigns:collection_urging", primary=False))
            campaign = self.collection.campaign
            if campaign.state == CampaignState.RUNNING and is_runner(campaign, self.actor):
                found.append(PageAction("修改", "campaigns:collection_edit", primary=False, icon="edit"))
                found.append(PageAction("删去", "campaigns:collection_remove", primary=False))
        return found

    def get_queryset(self, actor: Actor) -> QuerySet[UnitReport]:
        return reports_for(actor, self.collection)

    def get_columns(self) -> Any:
        day = self.as_of
        return (
            Column("unit", "单位", value="unit", link=lambda row: reverse(REPORT, args=[row.pk]), card="title"),
            Column("committee", "上级党委", value=lambda row: row.unit.committee),
            Column("handed_in_on", "报送日期", kind="date", sort="handed_in_on"),
            Column(
                "late",
                "时限",
                value=lambda row: "逾期" if row.is_late(day) else ("按时" if row.handed_in_on else "未到期"),
            ),
            Column("progress", "开展情况和成效", value=lambda row: row.progress[:60] or None, css="long"),
            state_column(),
        )


class CollectionEdit(CollectionScreen, FormScreen):
    """Correct what is asked, or give more time."""

    policy = Policy(RUNNERS, EDIT)
    title = "修改情况报送"
    form_class = CollectionForm
    submit_label = "保存"
    success_message = "已保存。"

    def form_kwargs(self) -> dict[str, Any]:
        return {"is_open": True}

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("title", "asks", "due_on")}

    def save(self, form: Any) -> Collection:
        return services.change_collection(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class CollectionRemove(CollectionScreen, ActionScreen):
    """Take it back when nobody has reported."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = "删去情况报送"
    success_message = "已删去，有关任务已办结。"
    is_dangerous = True

    def consequences(self) -> list[str]:
        return ["各单位的报送任务一并办结。已有单位报送的不能删去。"]

    def perform(self, form: Any) -> None:
        services.remove_collection(self.object, actor=self.actor, now=timezone.now(), version=self.version)

    def success_url(self, result: Any) -> str:
        return reverse(COLLECTIONS, args=[self.object.campaign_id])


class CollectionUrging(CollectionScreen, Screen):
    """Who has not reported, by the committee above, with words to pass on."""

    policy = Policy(RUNNERS)
    title = "催报文本"
    template_name = "notices/urging.html"

    def context(self) -> dict[str, Any]:
        groups = to_call(self.actor, self.object, self.today)
        return {
            "groups": groups,
            "total": sum(len(group.lines) for group in groups),
            "about": f"没有报送「{self.object}」的单位",
            "unit": "个",
            "done": "各单位都已报送。",
        }


# Of a province's thousands of reports a page shows so many under each heading; the text to copy has them all.
SHOWN = 50


class Together(CollectionScreen, Screen):
    """What was reported, put together under its headings: what the summary is written from."""

    policy = Policy(RUNNERS)
    title = "汇总材料"
    template_name = "campaigns/collecting/together.html"

    def context(self) -> dict[str, Any]:
        one = self.object
        rows: Any = collections_for(self.actor, one.campaign).get(pk=one.pk)
        base = reverse(COLLECTION, args=[one.pk])
        return {
            "figures": [
                ("应报送", rows.asked_count, base),
                ("已报送", rows.reported_count, f"{base}?state={REPORTED}"),
                ("按时报送", rows.timely_count, f"{base}?state={TIMELY}"),
                ("未报送", rows.asked_count - rows.reported_count, f"{base}?state={MISSING}"),
                (
                    "逾期（含未报）",
                    reports_for(self.actor, one).filter(late_q(self.today)).count(),
                    f"{base}?state={LATE}",
                ),
            ],
            "parts": together(self.actor, one),
            "limit": SHOWN,
            "shown": f":{SHOWN}",
            "report_url": reverse("campaigns:report_parts", args=[one.campaign_id])
            if is_runner(one.campaign, self.actor)
            else "",
        }


class ReportScreen:
    """What the pages of one report share."""

    model = UnitReport
    pk_kwarg = "unit_report_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[UnitReport]:
        rows = scoped(UnitReport, actor).select_related("collection", "unit__campaign__region", "file")
        return rows.select_related("unit__organization__committee", "unit__department__parent")

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        unit = one.unit
        return [
            Crumb("创先争优", reverse(LIST)),
            Crumb(str(unit.campaign), reverse(PAGE, args=[unit.campaign_id])),
            Crumb(str(one.collection), reverse(COLLECTION, args=[one.collection_id])),
            Crumb(str(unit), reverse(REPORT, args=[one.pk])),
        ]

    def success_url(self, result: Any) -> str:
        return reverse(REPORT, args=[self.object.pk])  # type: ignore[attr-defined]


class ReportDetail(ReportScreen, DetailScreen):
    """One report as it was handed in."""

    policy = Policy(READERS)
    template_name = "campaigns/collecting/report.html"

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:-1]

    def header(self, obj: UnitReport) -> Header:
        state = ReportState(obj.state)
        tags = [Tag(str(state.label), REPORT_TONES[state])]
        if obj.is_late(self.today):
            tags.append(Tag("逾期", "red"))
        return Header(f"{obj.collection}：{obj.unit}", tags, [f"{obj.collection.due_on.isoformat()} 截止"])

    def page_actions(self) -> Any:
        one, found = self.object, []
        facts = report_facts(one, self.actor)
        if may_see(PLANNERS, self.actor) and explain(SUBMIT, one, actor=self.actor, facts=facts):
            found.append(PageAction("报送", "campaigns:unit_report_submit"))
        if may_see(RUNNERS, self.actor) and explain(RETURN, one, actor=self.actor, facts=facts):
            found.append(PageAction(RETURN.label, "campaigns:unit_report_return", primary=False))
        return found

    def context(self) -> dict[str, Any]:
        one = self.object
        texts = ("progress", "problems", "suggestions", "plans")
        return {
            "asks": one.collection.asks.splitlines(),
            "facts": [
                fact("单位", one.unit, url=reverse(UNIT, args=[one.unit_id]) + "?tab=reports"),
                fact("报送截止", one.collection.due_on, "date"),
                fact("报送日期", one.handed_in_on, "date"),
                fact("最近报送时间", one.submitted_at, "datetime"),
                fact("退回意见", one.remark or None),
            ],
            "texts": [
                (str(UnitReport._meta.get_field(name).verbose_name), getattr(one, name).splitlines())  # type: ignore[union-attr]
                for name in texts
                if getattr(one, name)
            ],
            "file_url": reverse("campaigns:unit_report_file", args=[one.pk]) if one.file_id else "",
            "moves": table(
                "办理经过",
                [
                    Column("at", "时间", kind="datetime"),
                    Column("label", "办理", value=lambda row: MOVES.get(row.transition, row.transition)),
                    Column("by", "办理人", value="membership_label"),
                    Column("comment", "意见", value=lambda row: row.comment or None, css="long"),
                ],
                history(one),
                empty="还没有报送。",
            ),
        }


class ReportSubmit(ReportScreen, ActionScreen):
    """Write the report and hand it in."""

    policy = Policy(PLANNERS, EDIT)
    title = "报送进展情况"
    submit_label = "报送"
    form_class = ReportForm
    success_message = "已报送。"

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("progress", "problems", "suggestions", "plans")}

    def decision(self) -> Decision:
        return explain(SUBMIT, self.object, actor=self.actor, facts=report_facts(self.object, self.actor))

    def consequences(self) -> list[str]:
        asks = self.object.collection.asks
        return [*([f"要求：{asks}"] if asks else []), "报送后不能修改，需要补充的由上级退回。"]

    def perform(self, form: Any) -> UnitReport:
        given, now = dict(form.cleaned_data), timezone.now()
        upload = given.pop("file")
        file = take_upload(upload, label="报告文件", kind=FILE_KIND, actor=self.actor, now=now) if upload else None
        return services.submit_report(self.object, file=file, actor=self.actor, now=now, version=self.version, **given)


class ReportReturn(ReportScreen, ActionScreen):
    """Ask for more."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = RETURN.label
    form_class = RemarkForm
    success_message = "已退回，任务已发到该单位。"

    def decision(self) -> Decision:
        return explain(RETURN, self.object, actor=self.actor, facts=report_facts(self.object, self.actor))

    def consequences(self) -> list[str]:
        return [f"「{self.object.unit}」补充后重新报送；报送日期仍按首次报送计。"]

    def perform(self, form: Any) -> UnitReport:
        return services.return_report(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class ReportFile(ReportScreen, Screen):
    """The file of a report."""

    policy = Policy(READERS)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        file = self.object.file
        if file is None:
            raise Http404
        return shown(file)
