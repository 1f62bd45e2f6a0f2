"""Filters of the directory of bodies."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from associations.registry.enums import DepartmentKind, RegistrationLevel
from associations.registry.models import Department, DepartmentName
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet


class DepartmentFilter(ScreenFilterSet):
    """A body is found by its name, its aliases and its code."""

    q = django_filters.CharFilter(label="名称、别名或代码", method="named", max_length=100)
    kind = django_filters.ChoiceFilter(label="类别", choices=DepartmentKind.choices)
    level = django_filters.ChoiceFilter(label="层级", choices=RegistrationLevel.choices)
    ended = django_filters.BooleanFilter(label="已停用", method="having_ended")
    primary = ("q", "kind", "level")

    class Meta:
        model = Department
        fields: list[str] = []

    def named(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        for word in value.split():
            key = name_key(word)
            if key:
                alias = DepartmentName.objects.filter(department=OuterRef("pk"), key__contains=key)
                rows = rows.filter(Q(key__contains=key) | Q(code__icontains=word) | Q(Exists(alias)))
        return rows

    def having_ended(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(ends_on__isnull=not value)
