"""Filters of the list of care records. A name is no filter: who was helped is not searched for."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from partybuilding.care.enums import CareKind
from partybuilding.care.models import CareRecord
from partybuilding.organizations.selectors import committees_for
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet


class CareFilter(ScreenFilterSet):
    """By organisation, committee, kind, days."""

    q = django_filters.CharFilter(label="党组织名称", method="by_organization", max_length=100)
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        queryset=lambda request: committees_for(request.actor),
        field_name="organization__committee",
    )
    kind = django_filters.ChoiceFilter(label="类别", choices=CareKind.choices)
    after = django_filters.DateFilter(label="日期从", field_name="happened_on", lookup_expr="gte")
    before = django_filters.DateFilter(label="日期到", field_name="happened_on", lookup_expr="lte")
    primary: ClassVar[Sequence[str]] = ("q", "committee", "kind", "after", "before")

    class Meta:
        model = CareRecord
        fields: ClassVar[list[str]] = []

    def by_organization(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(organization__key__contains=name_key(value))
