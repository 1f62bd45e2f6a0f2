"""Filters of yearly reviews and reports."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from associations.registry.models import Department
from partybuilding.appraisal.enums import Progress, Rating, ReviewState
from partybuilding.appraisal.selectors import latest_year, progress_is, review_is, review_rules
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import committees_for, named
from portal.screens.filters import ScreenFilterSet, SearchFilter

YEARS_SHOWN = 5


def year_choices(today: Any) -> list[tuple[str, str]]:
    return [(str(year), f"{year} 年度") for year in range(today.year, today.year - YEARS_SHOWN, -1)]


class OfYear(ScreenFilterSet):
    """What the lists of a year share."""

    year = django_filters.ChoiceFilter(label="年度", choices=(), method="in_year", empty_label="最近年度")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["year"].extra["choices"] = year_choices(self.as_of)

    @cached_property
    def chosen(self) -> int:
        asked = str(self.data.get("year", ""))
        return int(asked) if asked in dict(year_choices(self.as_of)) else latest_year(self.as_of)

    def in_year(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows


class OfOrganizations(OfYear):
    """Organisations by name and committee."""

    q = django_filters.CharFilter(label="党组织或社会组织名称", method="by_name", max_length=100)
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委", queryset=lambda request: committees_for(request.actor)
    )

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return named(rows, value)


class ReviewFilter(OfOrganizations):
    """By whether members were reviewed."""

    state = django_filters.ChoiceFilter(label="开展情况", choices=ReviewState.choices, method="stands")
    primary: ClassVar[Sequence[str]] = ("q", "year", "committee", "state")

    class Meta:
        model = PartyOrganization
        fields: ClassVar[list[str]] = []

    def stands(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(review_is(value, self.chosen, self.as_of, review_rules(self.as_of)))


class Rated(OfYear):
    """By how far the report is and how it was rated."""

    progress = django_filters.ChoiceFilter(label="进度", choices=Progress.choices, method="stands")
    rating = django_filters.ChoiceFilter(label="评议结果", choices=Rating.choices, field_name="report_rating")

    def stands(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(progress_is(value))


class PaperFilter(OfOrganizations, Rated):
    """Organisations that report."""

    primary: ClassVar[Sequence[str]] = ("q", "year", "committee", "progress", "rating")

    class Meta:
        model = PartyOrganization
        fields: ClassVar[list[str]] = []


class CommitteePaperFilter(Rated):
    """Committees that report."""

    q = SearchFilter(label="名称", fields=("name",))
    primary: ClassVar[Sequence[str]] = ("q", "year", "progress", "rating")

    class Meta:
        model = Department
        fields: ClassVar[list[str]] = []
