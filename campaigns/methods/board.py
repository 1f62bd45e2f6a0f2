"""Progress of a campaign: rates by method and by committee, and the matrix of units and methods behind each figure."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode

from campaigns.methods.filters import COMPLETE, MatrixFilter
from campaigns.methods.overview import method_url
from campaigns.methods.selectors import (
    Group,
    MethodLine,
    Progress,
    branches_for,
    lines_of,
    progress_of,
    records_by_unit,
)
from campaigns.plans.models import Campaign, Method, Unit
from campaigns.plans.selectors import methods_of
from campaigns.plans.transitions import READERS, RUNNERS
from campaigns.plans.unit_views import UNIT
from campaigns.plans.views import LIST, PAGE, CampaignScreen
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.screens.columns import BulkAction, Column, Empty, PageAction, filled, may_see, serial, table
from portal.screens.lists import ListScreen
from portal.screens.screen import FROM_LABEL_LIMIT, Crumb, Screen

MATRIX = "campaigns:progress_units"
TITLE = "推进情况"


def matrix_url(campaign: Campaign, label: str, **query: Any) -> str:
    """The list behind a figure."""
    pairs = {name: value for name, value in query.items() if value is not None}
    asked = urlencode({**pairs, "from": f"{TITLE}·{label}"[:FROM_LABEL_LIMIT]})
    return f"{reverse(MATRIX, args=[campaign.pk])}?{asked}"


class ProgressBoard(CampaignScreen, Screen):
    """How far the campaign is: every figure opens its list; committees stand by name, nobody is ranked."""

    policy = Policy(READERS)
    title = TITLE
    template_name = "campaigns/methods/progress.html"

    def page_actions(self) -> Any:
        found = [PageAction("单位与推进方式对照", MATRIX)]
        if may_see(RUNNERS, self.actor):
            found.append(PageAction("催报文本", "campaigns:method_urging", primary=False))
        return found

    @cached_property
    def progress(self) -> Progress:
        return progress_of(self.actor, self.object)

    def context(self) -> dict[str, Any]:
        found = self.progress
        total = found.total
        return {
            "scope_label": self.actor.scope.label,
            "rate": total.rate,
            "rate_url": self._link("完成率"),
            "units": total.units,
            "units_url": self._link("参加单位"),
            "complete": total.complete,
            "complete_url": self._link("全部完成", complete=COMPLETE),
            "methods": table(
                "按推进方式",
                filled(self._method_columns(total), found.methods),
                found.methods,
                empty="活动没有推进方式。",
            ),
            "committees": table(
                "按党委", self._committee_columns(found.methods), found.committees, empty="没有参加的党组织。"
            ),
        }

    def _link(self, label: str, **query: Any) -> str:
        return matrix_url(self.object, label, **query)

    def _method_columns(self, total: Group) -> list[Column]:
        return [
            serial(),
            Column("title", "推进方式", card="title"),
            Column(
                "done",
                "已完成（个）",
                value=lambda row: total.done[row.pk],
                kind="number",
                link=lambda row: self._link(f"已完成{row}", done=row.pk),
            ),
            Column(
                "missing",
                "未完成（个）",
                value=lambda row: total.units - total.done[row.pk],
                kind="number",
                link=lambda row: self._link(f"未完成{row}", missing=row.pk),
            ),
            Column("rate", "完成率", value=lambda row: total.of(row).display(), align="end"),
            Column("due_on", "完成期限", kind="date"),
        ]

    def _committee_columns(self, methods: Sequence[Method]) -> list[Column]:
        def cell(method: Method) -> Column:
            return Column(
                f"method-{method.pk}",
                str(method),
                value=lambda row: f"{row.done[method.pk]}/{row.units}",
                link=lambda row: (
                    self._link(f"{row.label}·未完成{method}", committee=row.committee, missing=method.pk)
                    if row.committee and row.done[method.pk] < row.units
                    else None
                ),
                align="end",
            )

        return [
            Column("label", "综合（行业）党委", card="title"),
            Column(
                "units",
                "参加单位（个）",
                kind="number",
                link=lambda row: self._link(row.label, committee=row.committee) if row.committee else None,
            ),
            Column("rate", "完成率", value=lambda row: row.rate.display(), align="end"),
            *(cell(method) for method in methods),
        ]


class ProgressMatrix(ListScreen):
    """Units × methods: a day where it is done, what it waits for where it is not."""

    policy = Policy(READERS)
    title = "单位与推进方式对照"
    unit = "个"
    filterset_class = MatrixFilter
    default_order = ("organization__name", "pk")
    empty = Empty("没有参加的党组织。活动印发后，范围内的党组织自动列入。")
    bulk_actions = (BulkAction("urge", "催办", "campaigns:methods_urge", roles=RUNNERS),)
    actions = (PageAction("催报文本", "campaigns:method_urging", primary=False, roles=RUNNERS),)

    @cached_property
    def campaign(self) -> Campaign:
        return get_object_or_404(scoped(Campaign, self.actor), pk=self.kwargs["campaign_pk"])

    @cached_property
    def methods(self) -> list[Method]:
        return methods_of(self.campaign)

    def crumbs(self) -> list[Crumb]:
        args = [self.campaign.pk]
        return [
            Crumb("创先争优", reverse(LIST)),
            Crumb(str(self.campaign), reverse(PAGE, args=args)),
            Crumb(TITLE, reverse("campaigns:progress", args=args)),
        ]

    def get_queryset(self, actor: Actor) -> QuerySet[Unit]:
        return branches_for(actor, self.campaign)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        records = records_by_unit(self.actor, rows)
        for row in rows:
            row.lines = {line.method.pk: line for line in lines_of(row, self.methods, records[row.pk])}
        return rows

    def get_columns(self) -> Sequence[Column]:
        return (
            Column(
                "name", "单位", value=str, link=lambda row: reverse(UNIT, args=[row.pk]) + "?tab=methods", card="title"
            ),
            Column("committee", "综合（行业）党委", value="committee.name"),
            Column(
                "count",
                "完成（项）",
                value=lambda row: f"{sum(bool(one.record) for one in row.lines.values())}/{len(self.methods)}",
                align="end",
            ),
            *(self._cell(method) for method in self.methods),
        )

    def _cell(self, method: Method) -> Column:
        def words(row: Any) -> str:
            line: MethodLine = row.lines[method.pk]
            if line.record is not None:
                return line.record.done_on.isoformat()
            return "待前项" if line.waiting else "未完成"

        return Column(f"method-{method.pk}", str(method), value=words, link=lambda row: method_url(row, method))
