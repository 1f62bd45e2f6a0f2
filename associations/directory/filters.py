"""Filters of the directory of bodies."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from associations.registry.enums import DepartmentKind, RegistrationLevel
from associations.registry.models import Department
from associations.registry.selectors import named_bodies
from portal.screens.filters import ScreenFilterSet


class DepartmentFilter(ScreenFilterSet):
    """A body is found by its name, its aliases and its code."""

    q = django_filters.CharFilter(label="名称、别名或代码", method="by_name", max_length=100)
    kind = django_filters.ChoiceFilter(label="类别", choices=DepartmentKind.choices)
    level = django_filters.ChoiceFilter(label="层级", choices=RegistrationLevel.choices)
    ended = django_filters.BooleanFilter(label="已停用", method="having_ended")
    primary = ("q", "kind", "level")

    class Meta:
        model = Department
        fields: list[str] = []

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return named_bodies(rows, value)

    def having_ended(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(ends_on__isnull=not value)
