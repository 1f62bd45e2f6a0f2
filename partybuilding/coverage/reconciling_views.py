"""The page of the two-year reconciliation: the equation of each association, those that do not balance on demand."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from associations.registry.filters import AssociationFilter
from associations.registry.models import Association
from associations.registry.selectors import active_on
from partybuilding.coverage.listing import reported
from partybuilding.coverage.reconciling import equation_of, reconciled, year_ends
from partybuilding.coverage.views import coverage_crumbs
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT, Role
from portal.screens.columns import Column, Empty
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing, date_text

UNEQUAL, EQUAL, UNKNOWN = "unequal", "equal", "unknown"
YEARS_SHOWN = 6


class ReconciliationFilter(AssociationFilter):
    """By year, and whether the equation balances."""

    year = django_filters.ChoiceFilter(label="年度", method="of_year", empty_label="本年度")
    balance = django_filters.ChoiceFilter(
        label="核对结果",
        choices=[(UNEQUAL, "有差异"), (EQUAL, "相符"), (UNKNOWN, "无法核对")],
        method="with_balance",
    )
    primary: ClassVar[Sequence[str]] = ("q", "year", "balance", "city", "committee")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.localdate().year
        self.filters["year"].extra["choices"] = [
            (str(year), f"{year} 年") for year in range(now, now - YEARS_SHOWN, -1)
        ]

    def of_year(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows  # the rows are annotated for the year already

    def with_balance(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        wanted = {UNEQUAL: ~Q(difference=0) & Q(difference__isnull=False), EQUAL: Q(difference=0)}
        return rows.filter(wanted.get(value, Q(difference=None)))


def signed(number: int | None) -> str | None:
    """+2, 0, −1."""
    if number is None:
        return None
    return f"+{number}" if number > 0 else str(number).replace("-", "−")


class Reconciliation(ListScreen):
    """两年党员数核对 (X-12, R-102)."""

    policy = Policy(DEPARTMENT | {Role.REGIONAL_OFFICE, Role.PARTY_COMMITTEE})
    title = "两年党员数核对"
    unit = "家"
    model = Association
    filterset_class = ReconciliationFilter
    default_order = ("name", "pk")
    columns = (
        Column(
            "name",
            "名称",
            link=lambda row: reverse("associations:association", args=[row.pk]) + "?tab=party",
            sort="name",
            card="title",
        ),
        Column("region", "登记地", value="region.name", sort="region__code"),
        Column("opening", "上年末", value=lambda row: reported(row.opening), kind="number", sort="opening"),
        Column("joined", "＋ 转入、发展", kind="number", sort="joined"),
        Column("left", "－ 转出、减少", kind="number", sort="left"),
        Column("expected", "＝ 应有", value=lambda row: reported(row.equation.expected), kind="number"),
        Column("actual", "填报数", value=lambda row: reported(row.actual), kind="number", sort="actual"),
        Column("difference", "差异", value=lambda row: signed(row.difference), align="end", sort="difference"),
        Column(
            "verdict",
            "核对结果",
            value=lambda row: verdict(row)[0],
            kind="state",
            tone=lambda row: verdict(row)[1],
            card="tag",
        ),
    )
    empty = Empty("没有要核对的社会组织。")

    def crumbs(self) -> list[Crumb]:
        return coverage_crumbs()

    @cached_property
    def days(self) -> tuple[date, date]:
        asked = self.request.GET.get("year", "")
        is_year = asked.isdecimal() and len(asked) == 4 and 2000 <= int(asked) <= self.today.year
        return year_ends(int(asked) if is_year else self.today.year, self.today)

    def get_queryset(self, actor: Actor) -> QuerySet[Association]:
        rows = super().get_queryset(actor).filter(active_on(self.days[1])).select_related("region")
        return reconciled(rows, *self.days)

    def list_notes(self) -> list[str]:
        first, last = self.days
        known = self.rows.filter(difference__isnull=False).order_by()
        total = known.aggregate(
            **{f"all_{name}": Sum(name) for name in ("opening", "joined", "left", "actual", "difference")}
        )
        number = {name.removeprefix("all_"): value or 0 for name, value in total.items()}
        return [
            f"{date_text(first)} 填报数 {number['opening']} ＋ 转入、发展 {number['joined']}"
            f" － 转出、减少 {number['left']} ＝ 应有 {number['opening'] + number['joined'] - number['left']}；"
            f"{date_text(last)} 填报数 {number['actual']}，差异 {signed(number['difference'])}（可核对的合计）。",
            "填报数取组织关系在本组织的正式党员；转入转出取单独组建的党组织名册。没有名册或没有填报的无法核对。",
        ]

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        for row in rows:
            row.equation = equation_of(row)
        return rows


def verdict(row: Any) -> tuple[Any, str]:
    """In words, with its tone."""
    difference = row.equation.difference
    if difference is None:
        return ("没有名册" if not row.has_roster else Missing.NOT_REPORTED.label), "grey"
    return ("相符", "green") if difference == 0 else ("有差异", "amber")
