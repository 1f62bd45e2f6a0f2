"""Filters of the comparison of two years by organisation."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import committees_for, named
from portal.screens.filters import ScreenFilterSet

UNEQUAL, EQUAL, UNKNOWN = "unequal", "equal", "unknown"
YEARS_SHOWN = 6


class ComparisonFilter(ScreenFilterSet):
    """By organisation, committee, year, and whether the lines balance."""

    q = django_filters.CharFilter(label="党组织或社会组织名称", method="by_name", max_length=100)
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委", queryset=lambda request: committees_for(request.actor)
    )
    year = django_filters.ChoiceFilter(label="年度", method="of_year", empty_label="上年度")
    balance = django_filters.ChoiceFilter(
        label="核对结果",
        choices=[(UNEQUAL, "有差额"), (EQUAL, "相符"), (UNKNOWN, "没有填报，也没有名册")],
        method="with_balance",
    )
    primary: ClassVar[Sequence[str]] = ("q", "committee", "year", "balance")

    class Meta:
        model = PartyOrganization
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.localdate().year
        self.filters["year"].extra["choices"] = [
            (str(year), f"{year} 年") for year in range(now, now - YEARS_SHOWN, -1)
        ]

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return named(rows, value)

    def of_year(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows  # the rows are annotated for the year already

    def with_balance(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        wanted = {UNEQUAL: ~Q(difference=0) & Q(difference__isnull=False), EQUAL: Q(difference=0)}
        return rows.filter(wanted.get(value, Q(difference=None)))
