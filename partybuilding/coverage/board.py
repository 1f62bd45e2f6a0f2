"""The page of the two coverages: live figures of a scope on a day, each one a link to the list behind it."""

from datetime import date, timedelta
from fractions import Fraction
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
from partybuilding.closing import movement_tables
from partybuilding.closing.movement import base_of, ledger_counts, movement, reach_of
from partybuilding.closing.rules import MEASURES as MONTHLY
from partybuilding.closing.rules import Sums
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
from partybuilding.coverage.targets import percent, targets_on
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT, WORKSPACE, Role
from portal.access.scoping import scoped
from portal.regions.models import Region
from portal.regulations.selectors import read_at_once
from portal.reporting.data import Align, Card, Column, Row, Table, count, text
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
        with read_at_once(self.as_of):
            return self._figures()

    def _figures(self) -> dict[str, Any]:
        summaries = self._summaries(self.as_of, tuple(by for by, _title, _head in DIMENSIONS))
        total = GroupCells(ALL, summaries[Dimension.REGION].total)
        grouped = {by: [GroupCells(by, group) for group in found.groups] for by, found in summaries.items()}
        grouped[Dimension.COMMITTEE].sort(key=GroupCells.order)
        target = targets_on(self.as_of, self.place).get("organization")
        further: dict[str, str] = {}
        return {
            "filterset": self.filterset,
            "is_readable": True,
            **self._since(total, further, summaries[Dimension.REGION]),
            "reasons": [Card(one.label, total.count(one)) for one in REASONS],
            "charts": charts(grouped[Dimension.REGION], grouped[Dimension.COMMITTEE]),
            "tables": [
                Table(
                    key=by,
                    title=title,
                    columns=(Column("label", head, Align.LEFT, 13), *_columns(by, target)),
                    rows=tuple(
                        _row(group, by, target, label)
                        for group, label in ((total, "合计"), *((group, "") for group in grouped[by]))
                    ),
                    unit="家",
                )
                for by, title, head in DIMENSIONS
            ],
            "table_limit": TABLE_ROWS,
            "whole_key": self.request.GET.get("table", ""),
            "definitions": definitions(summaries[Dimension.REGION].rules),
            "links": self._links(summaries, further),
            "scope_label": self.actor.scope.label,
            "report_url": reverse("reporting:centre"),
        }

    def _since(self, total: GroupCells, links: dict[str, str], today: CoverageSummary) -> dict[str, Any]:
        """The cards with their change since the last issued close, the equation with its names, the draft's reasons.

        Who closes no month, and who looks at another day, sees the change since the end of the month before.
        """
        base = base_of(self.actor) if self.as_of == self.today else None
        if base is None:
            return {"cards": self._cards(total)}
        query = self.filterset.query()
        reach = reach_of(self.actor, self.filterset.qs, query)
        now = total.group.counts
        counted = Sums(**{measure.value: getattr(now, measure) for measure in MONTHLY})
        found = movement(reach, base, self.as_of, today.rules, counted, is_kept=today.is_kept)
        cards = [
            Card(
                label,
                total.rate(RATE_NAMES[measure]),
                movement_tables.change_words(getattr(now, RATE_NAMES[measure]), base, found.before, measure),
            )
            for measure, label in movement_tables.RATES
        ]
        said: dict[str, Any] = {
            "cards": [*cards, *self._own_cards(total)],
            "equation": movement_tables.equation(
                found, {measure: total.count(measure) for measure in MONTHLY}, query, links
            ),
            "changes_url": f"{reverse(movement_tables.PAGE)}?{urlencode(query)}".rstrip("?"),
        }
        if base.opened is not None and self.actor.role in DEPARTMENT:
            said["urging_url"] = reverse("partybuilding:close_urging", args=[base.opened])
        if base.draft is not None:
            steps = ledger_counts(reach, base.draft)
            said["draft_label"] = base.draft_label
            said["draft"] = movement_tables.draft_lines(base, found.before, steps)
            said["ledger"] = movement_tables.reasons(base, steps, query, links)
        return said

    def _own_cards(self, total: GroupCells) -> list[Card]:
        return [
            Card("应建已建率", total.rate("built_rate"), "单独组建 ÷（单独组建 + 应建未建）"),
            Card("应建未建", total.count(Measure.SHOULD_NOT_BUILT), "家，达到人数而没有单独组建"),
            Card("空白点", total.count(Measure.BLANK_SPOT), "家，组织和工作都没有覆盖"),
        ]

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
        rates = (("组织覆盖率", "organization_rate"), ("工作覆盖率", "work_rate"))
        cards = [
            Card(label, total.rate(name), since + getattr(now, name).change_from(getattr(then, name)).words())
            for label, name in rates
        ]
        return [*cards, *self._own_cards(total)]

    def _links(self, summaries: dict[str, CoverageSummary], further: dict[str, str]) -> Any:
        """From a figure's key to the list behind it. A province has some 1,600 of them: each part is quoted once."""
        found, base, day = dict(further), reverse(LIST_URL), self.as_of.isoformat()
        came_from = {measure: quote(measure.label) for measure in TOTAL_MEASURES}
        groups: list[tuple[str, Group, tuple[Measure, ...]]] = [
            (ALL, summaries[Dimension.REGION].total, TOTAL_MEASURES)
        ]
        for by, summary in summaries.items():
            shown = (*MEASURES, Measure.UNCOVERED) if by == Dimension.COMMITTEE else MEASURES
            groups += [(by, group, shown) for group in summary.groups]
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


RATE_NAMES = {Measure.COVERED: "organization_rate", Measure.WORK_COVERED: "work_rate"}
MISSING = "missing"


def _columns(by: str, target: Fraction | None) -> tuple[Column, ...]:
    """A committee's line also says how many are not covered, and how many more it takes to the target (R-024)."""
    if by != Dimension.COMMITTEE:
        return COLUMNS
    after_rate = [Column(Measure.UNCOVERED, "组织未覆盖")]
    if target is not None:
        after_rate.append(Column(MISSING, f"距目标{percent(target)}还差"))
    place = [column.code for column in COLUMNS].index("organization_rate") + 1
    return (*COLUMNS[:place], *after_rate, *COLUMNS[place:])


def _row(group: GroupCells, by: str, target: Fraction | None, label: str) -> Row:
    cells = []
    for column in _columns(by, target):
        if column.code == MISSING and target is not None:
            cells.append(count(group.group.counts.organization_rate.missing(target)))
        else:
            cells.append(group.cell(column.code))
    return Row((text(label or group.group.label), *cells), is_total=bool(label))
