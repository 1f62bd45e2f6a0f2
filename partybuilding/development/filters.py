"""Filters of the list of candidates."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from partybuilding.development.enums import Standing
from partybuilding.development.models import Candidate
from partybuilding.organizations.selectors import committees_for
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet, SearchFilter


class CandidateFilter(ScreenFilterSet):
    """By name or organisation, committee, where somebody stands."""

    q = SearchFilter(fields=["person__name_key", "organization__key"], normalise=name_key, label="姓名或党组织名称")
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        queryset=lambda request: committees_for(request.actor),
        field_name="organization__committee",
    )
    standing = django_filters.ChoiceFilter(label="阶段", choices=Standing.choices, method="standing_at")
    primary: ClassVar[tuple[str, ...]] = ("q", "committee", "standing")

    class Meta:
        model = Candidate
        fields: ClassVar[list[str]] = []

    def standing_at(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(standing=value)
