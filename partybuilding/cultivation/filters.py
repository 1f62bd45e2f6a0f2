"""Filters of the list of dual cultivation."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from partybuilding.cultivation.enums import REACHED, Direction, Result
from partybuilding.cultivation.models import Cultivation
from partybuilding.organizations.selectors import committees_for
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet, SearchFilter

OPEN, DONE = "open", "reached"


class CultivationFilter(ScreenFilterSet):
    """By name or organisation, committee, direction, result, year of the result."""

    q = SearchFilter(fields=["person__name_key", "organization__key"], normalise=name_key, label="姓名或党组织名称")
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        queryset=lambda request: committees_for(request.actor),
        field_name="organization__committee",
    )
    direction = django_filters.ChoiceFilter(label="培养方向", choices=Direction.choices)
    result = django_filters.ChoiceFilter(
        label="结果", choices=[(OPEN, "培养中"), (DONE, "已培养成"), *Result.choices], method="with_result"
    )
    after = django_filters.DateFilter(label="结果日期从", field_name="ends_on", lookup_expr="gte")
    before = django_filters.DateFilter(label="结果日期到", field_name="ends_on", lookup_expr="lte")
    primary: ClassVar[tuple[str, ...]] = ("q", "committee", "direction", "result")

    class Meta:
        model = Cultivation
        fields: ClassVar[list[str]] = []

    def with_result(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == OPEN:
            return rows.filter(ends_on=None)
        return rows.filter(result__in=[str(one) for one in REACHED]) if value == DONE else rows.filter(result=value)
