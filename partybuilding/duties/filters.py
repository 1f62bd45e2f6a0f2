"""Filters of the boards of yearly checks. List and year are always chosen: the board itself reads them."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from associations.checklists.enums import Occasion
from associations.checklists.selectors import template_titles
from associations.registry.models import Department
from partybuilding.duties.enums import STATE_CHOICES
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import committees_for, named
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet, SearchFilter

YEARS_BACK = 5


class CheckFilter(ScreenFilterSet):
    """By list, year and how far the check is."""

    occasion: ClassVar[Occasion]
    code = django_filters.ChoiceFilter(label="清单", method="chosen", empty_label=None)
    year = django_filters.ChoiceFilter(label="年度", method="chosen", empty_label=None)
    state = django_filters.ChoiceFilter(label="对照情况", choices=STATE_CHOICES, field_name="check_state")
    has_open = django_filters.BooleanFilter(label="有没有未落实事项", method="with_open")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["code"].extra["choices"] = template_titles(self.occasion)
        years = range(self.as_of.year, self.as_of.year - YEARS_BACK, -1)
        self.filters["year"].extra["choices"] = [(str(year), f"{year}年") for year in years]

    def chosen(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows

    def with_open(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(open_count__gt=0) if value else rows.filter(open_count=0)


class OrganizationCheckFilter(CheckFilter):
    """Also by name and committee."""

    occasion = Occasion.ORGANIZATION_YEAR
    q = django_filters.CharFilter(label="党组织或社会组织名称", method="by_name", max_length=100)
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委", queryset=lambda request: committees_for(request.actor)
    )
    primary: ClassVar[Sequence[str]] = ("code", "year", "q", "committee", "state")

    class Meta:
        model = PartyOrganization
        fields: ClassVar[list[str]] = []

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return named(rows, value)


class UnitCheckFilter(CheckFilter):
    """Also by name."""

    occasion = Occasion.UNIT_YEAR
    q = SearchFilter(fields=["key"], normalise=name_key, label="单位名称")
    primary: ClassVar[Sequence[str]] = ("code", "year", "q", "state")

    class Meta:
        model = Department
        fields: ClassVar[list[str]] = []
