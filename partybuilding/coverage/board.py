"""The page of the two coverages: live figures of a scope on a day, each one a link to the list behind it."""

from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from django.db.models import QuerySet
from django.forms import BoundField
from django.http import QueryDict
from django.urls import reverse

from associations.registry.filters import AssociationFilter
from associations.registry.models import Association
from associations.registry.selectors import OWN_PREFIX
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.report_figures import ALL, COLUMNS, LIST_URL, MEASURES, TOTAL_MEASURES, GroupCells
from partybuilding.coverage.report_wording import charts, definitions
from partybuilding.coverage.selectors import (
    CoverageSummary,
    Dimension,
    Group,
    coverage_summaries,
    coverage_summary,
)
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT, WORKSPACE, Role
from portal.access.scoping import scoped
from portal.regions.models import Region
from portal.reporting.data import Align, Card, Column, Table
from portal.screens.screen import Screen

TABLE_ROWS = 30
RECONCILERS = DEPARTMENT | {Role.REGIONAL_OFFICE, Role.PARTY_COMMITTEE}
SCOPES = ("city", "committee", "level", "kind", "industry")
DIMENSIONS: tuple[tuple[str, str, str], ...] = (
    (Dimension.REGION, "分地区", "地区"),
    (Dimension.COMMITTEE, "分综合（行业）党委（由低到高）", "综合（行业）党委"),
    (Dimension.KIND, "分类型", "类型"),
    (Dimension.GRADE, "分评估等级", "评估等级"),
)


class ScopeFilter(AssociationFilter):
    """Those filters of the list that narrow what the figures are about."""

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(data, queryset, **kwargs)
        chosen: dict[str, Any] = {name: self.filters[name] for name in SCOPES}  # type: ignore[has-type]
        self.filters = chosen

    def primary_fields(self) -> list[BoundField]:
        return [self.form[name] for name in SCOPES]

    def query(self) -> dict[str, str]:
        """What is chosen, as the list's own query."""
        return {name: self.data[name] for name in SCOPES if self.data.get(name)}


class CoverageBoard(Screen):
    """Two coverages, their numerators and denominators, by place and by committee."""

    policy = Policy(WORKSPACE)
    title = "两个覆盖"
    template_name = "partybuilding/coverage/board.html"

    @cached_property
    def filterset(self) -> ScopeFilter:
        return ScopeFilter(
            self.request.GET,
            scoped(Association, self.actor),
            request=self.request,
            actor=self.actor,
            as_of=self.as_of,
        )

    @cached_property
    def place(self) -> Region | None:
        """The place whose parts are compared: the chosen one, else the actor's own."""
        asked = self.request.GET.get("city", "")
        chosen = self.filterset.places.region(asked) if asked and not asked.startswith(OWN_PREFIX) else None
        return chosen or self.filterset.places.home

    def _summaries(self, day: date, dimensions: tuple[str, ...]) -> dict[str, CoverageSummary]:
        query = self.filterset.query()
        return coverage_summaries(
            self.actor,
            as_of=day,
            dimensions=dimensions,
            place=self.place,
            queryset=self.filterset.qs,
            query=query,
            regions=self.filterset.places.regions,
        )

    def context(self) -> dict[str, Any]:
        if not self.filterset.is_valid():
            return {"filterset": self.filterset, "is_readable": False}
        summaries = self._summaries(self.as_of, tuple(by for by, _title, _head in DIMENSIONS))
        total = GroupCells(ALL, summaries[Dimension.REGION].total)
        grouped = {by: [GroupCells(by, group) for group in found.groups] for by, found in summaries.items()}
        grouped[Dimension.COMMITTEE].sort(key=GroupCells.order)
        return {
            "filterset": self.filterset,
            "is_readable": True,
            "cards": self._cards(total),
            "reasons": [Card(one.label, total.count(one)) for one in REASONS],
            "charts": charts(grouped[Dimension.REGION], grouped[Dimension.COMMITTEE]),
            "tables": [
                Table(
                    key=by,
                    title=title,
                    columns=(Column("label", head, Align.LEFT, 13), *COLUMNS),
                    rows=(total.row("合计"), *(group.row() for group in grouped[by])),
                    unit="家",
                )
                for by, title, head in DIMENSIONS
            ],
            "table_limit": TABLE_ROWS,
            "whole_key": self.request.GET.get("table", ""),
            "definitions": definitions(summaries[Dimension.REGION].rules),
            "links": self._links(summaries),
            "scope_label": self.actor.scope.label,
            "report_url": reverse("reporting:centre"),
        }

    def _cards(self, total: GroupCells) -> list[Card]:
        before = self.as_of.replace(day=1) - timedelta(days=1)
        then = coverage_summary(
            self.actor,
            as_of=before,
            by=Dimension.KIND,
            queryset=self.filterset.qs,
            query=self.filterset.query(),
        ).total.counts
        now = total.group.counts
        since = f"比 {before.isoformat()} "
        return [
            Card(
                "组织覆盖率",
                total.rate("organization_rate"),
                since + now.organization_rate.change_from(then.organization_rate).words(),
            ),
            Card("工作覆盖率", total.rate("work_rate"), since + now.work_rate.change_from(then.work_rate).words()),
            Card("应建已建率", total.rate("built_rate"), "单独组建 ÷（单独组建 + 应建未建）"),
            Card("应建未建", total.count(Measure.SHOULD_NOT_BUILT), _since(since, now, then, "should_not_built")),
            Card("空白点", total.count(Measure.BLANK_SPOT), _since(since, now, then, "blank_spot")),
        ]

    def _links(self, summaries: dict[str, CoverageSummary]) -> Any:
        """From a figure's key to the list behind it. A province has some 1,600 of them: each part is quoted once."""
        found, base, day = {}, reverse(LIST_URL), self.as_of.isoformat()
        came_from = {measure: quote(measure.label) for measure in TOTAL_MEASURES}
        groups: list[tuple[str, Group, tuple[Measure, ...]]] = [
            (ALL, summaries[Dimension.REGION].total, TOTAL_MEASURES)
        ]
        groups += [(by, group, MEASURES) for by, summary in summaries.items() for group in summary.groups]
        for by, group, measures in groups:
            cells = GroupCells(by, group)
            place = quote(f"{self.title}·" if by == ALL else f"{self.title}·{group.label}·")
            start = f"{base}?{urlencode({**group.query, 'as_of': day})}"
            for measure in measures:
                found[cells.drill(measure)] = f"{start}&coverage={measure.value}&from={place}{came_from[measure]}"
        return lambda drill: found.get(drill, "")


REASONS = (
    Measure.SHOULD_NOT_BUILT,
    Measure.PLANNED,
    Measure.DEFERRED,
    Measure.INFO_POOL,
    Measure.NO_MEMBERS,
    Measure.UNREPORTED,
)


def _since(since: str, now: Any, then: Any, name: str) -> str:
    change = getattr(now, name) - getattr(then, name)
    if not change:
        return f"{since}持平"
    return f"{since}{'增加' if change > 0 else '减少'} {abs(change)} 家"
