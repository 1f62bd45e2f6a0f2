"""Filters of the list of instructors."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from associations.registry.selectors import departments_of
from partybuilding.coverage.enums import InstructorKind
from partybuilding.coverage.models import Instructor
from portal.screens.filters import ScreenFilterSet, SearchFilter

FREE, FULL = "free", "full"


class InstructorFilter(ScreenFilterSet):
    """By name, by the body that seconds them, by kind, in office or not."""

    q = SearchFilter(fields=["person__name"], label="姓名")
    department = django_filters.ModelChoiceFilter(
        label="选派单位", queryset=lambda request: departments_of(request.actor)
    )
    kind = django_filters.ChoiceFilter(label="类别", choices=InstructorKind.choices)
    active = django_filters.BooleanFilter(label="在任", field_name="is_active")
    load = django_filters.ChoiceFilter(
        label="联系情况", choices=[(FREE, "还没有联系"), (FULL, "已有联系")], method="loaded"
    )

    class Meta:
        model = Instructor
        fields: list[str] = []

    def loaded(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(association_count=0) if value == FREE else rows.filter(association_count__gt=0)
