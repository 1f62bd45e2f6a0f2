"""Pages of contact points: the list of a campaign, one point with its visits."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from campaigns.guidance import services
from campaigns.guidance.enums import VISIT_TONES
from campaigns.guidance.filters import PointFilter
from campaigns.guidance.forms import EndPointForm, PointForm, VisitForm
from campaigns.guidance.models import ContactPoint, Visit
from campaigns.guidance.selectors import least_visits, points_for, with_visits
from campaigns.plans.selectors import is_reviewer
from campaigns.plans.transitions import READERS, RUNNERS
from campaigns.plans.unit_views import UNIT, UnitScreen
from campaigns.plans.views import EDIT, LIST, PAGE
from campaigns.plans.whole import OfCampaign
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, may_see, table
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb

POINT = "campaigns:point"
POINT_COLUMNS = (
    Column("unit", "单位", value="unit", link=lambda row: reverse(POINT, args=[row.pk]), card="title"),
    Column("leader", "联系领导", value="leader_words"),
    Column("starts_on", "设立日期", kind="date", sort="starts_on"),
    Column("visits", "走访（次）", value=lambda row: len(row.dates), kind="number"),
    Column("last", "最近走访", value=lambda row: row.dates[0] if row.dates else None, kind="date"),
    Column(
        "state",
        "走访情况",
        value=lambda row: row.visit_state,
        kind="state",
        tone=lambda row: VISIT_TONES[row.visit_state],
        card="tag",
    ),
)


class PointList(OfCampaign, ListScreen):
    """The contact points of one campaign and how they stand with their visits."""

    policy = Policy(READERS)
    title = "联系点"
    unit = "个"
    filterset_class = PointFilter
    default_order = ("-starts_on", "pk")
    columns = (
        POINT_COLUMNS[0],
        Column("committee", "综合（行业）党委", value="unit.committee.name"),
        *POINT_COLUMNS[1:],
        Column("ends_on", "撤销日期", kind="date"),
    )
    empty = Empty("还没有联系点。在参加单位的「督促指导」页签中设立。")

    def get_queryset(self, actor: Actor) -> QuerySet[ContactPoint]:
        return points_for(actor, self.campaign)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        return with_visits(rows, self.as_of)

    def list_notes(self) -> list[str]:
        return [f"每个联系点每半年至少走访 {least_visits(self.as_of)} 次。设立不满半年的，从下一个半年起计。"]


class PointScreen:
    """What the pages of one contact point share."""

    model = ContactPoint
    pk_kwarg = "contact_point_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[ContactPoint]:
        rows = scoped(ContactPoint, actor).select_related("leader", "body", "unit__campaign__region")
        return rows.select_related("unit__organization__committee", "unit__department__parent")

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        return [
            Crumb("创先争优", reverse(LIST)),
            Crumb(str(one.unit.campaign), reverse(PAGE, args=[one.unit.campaign_id])),
            Crumb("联系点", reverse("campaigns:points", args=[one.unit.campaign_id])),
            Crumb(str(one.unit), reverse(POINT, args=[one.pk])),
        ]

    def success_url(self, result: Any) -> str:
        return reverse(POINT, args=[self.object.pk])  # type: ignore[attr-defined]


class PointDetail(PointScreen, DetailScreen):
    """One contact point."""

    policy = Policy(READERS)
    subject = "campaigns.ContactPoint"
    template_name = "campaigns/guidance/point.html"

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:-1]

    def header(self, obj: ContactPoint) -> Header:
        (row,) = with_visits([obj], self.as_of)
        state = row.visit_state  # type: ignore[attr-defined]
        return Header(str(obj), [Tag(str(state.label), VISIT_TONES[state])], [obj.leader_words])

    def page_actions(self) -> Any:
        one = self.object
        if not may_see(RUNNERS, self.actor) or not is_reviewer(one.unit, self.actor):
            return []
        found = [PageAction("登记走访", "campaigns:visit_new")]
        if one.ends_on is None:
            found.append(PageAction("撤销联系点", "campaigns:point_end", primary=False))
        return found

    def context(self) -> dict[str, Any]:
        one = self.object
        visits = scoped(Visit, self.actor).filter(point=one).order_by("-visited_on", "pk")
        return {
            "facts": [
                fact("单位", one.unit, url=reverse(UNIT, args=[one.unit_id])),
                fact("联系领导", one.leader_words),
                fact("设立单位", one.body or "活动领导（指导）小组"),
                fact("设立日期", one.starts_on, "date"),
                fact("撤销", f"{one.ends_on.isoformat()}：{one.reason}" if one.ends_on else None),
            ],
            "visits": table(
                "走访",
                [
                    Column("visited_on", "走访日期", kind="date", card="title"),
                    Column("visitor", "走访人（岗位）"),
                    Column("text", "了解的情况", css="long"),
                    Column("asked", "提出的要求", value=lambda row: row.asked or None, css="long"),
                ],
                list(visits),
                empty="还没有走访。",
            ),
        }


class PointNew(UnitScreen, FormScreen):
    """Make a unit a contact point."""

    policy = Policy(RUNNERS, EDIT)
    title = "设为联系点"
    form_class = PointForm
    submit_label = "保存"
    success_message = "已设为联系点。"

    def form_kwargs(self) -> dict[str, Any]:
        return {"campaign": self.object.campaign}

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> ContactPoint:
        return services.set_point(self.object, actor=self.actor, now=timezone.now(), **form.values())

    def success_url(self, result: ContactPoint) -> str:
        return reverse(POINT, args=[result.pk])


class VisitNew(PointScreen, FormScreen):
    """Record a visit."""

    policy = Policy(RUNNERS, EDIT)
    title = "登记走访"
    form_class = VisitForm
    submit_label = "保存"
    success_message = "走访已登记。"

    def initial(self) -> dict[str, Any]:
        return {"visited_on": self.today, "visitor": self.object.leader_words[:60]}

    def save(self, form: Any) -> Visit:
        return services.record_visit(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)


class PointEnd(PointScreen, ActionScreen):
    """A unit is no contact point any more."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = "撤销联系点"
    form_class = EndPointForm
    success_message = "联系点已撤销。"

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        return ["走访记录保留，从撤销之日起不再提醒走访。"]

    def perform(self, form: Any) -> ContactPoint:
        return services.end_point(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)
