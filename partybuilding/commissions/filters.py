"""Filters of the lists of committees and of meetings."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from associations.registry.enums import DepartmentKind, RegistrationLevel
from associations.registry.models import Department
from associations.registry.selectors import named_bodies
from partybuilding.commissions.enums import Category, MeetingKind, Together
from partybuilding.commissions.models import Meeting
from partybuilding.commissions.selectors import together_q
from portal.importing.normalise import name_key
from portal.screens.filters import DateFilter, ScreenFilterSet, SearchFilter

KINDS = (DepartmentKind.WORKING_COMMITTEE, DepartmentKind.PARTY_COMMITTEE)


class CommitteeFilter(ScreenFilterSet):
    """By name, kind, level, category."""

    q = django_filters.CharFilter(label="名称、别名或代码", method="by_name", max_length=100)
    kind = django_filters.ChoiceFilter(label="单位", choices=[(one.value, one.label) for one in KINDS])
    level = django_filters.ChoiceFilter(label="层级", choices=RegistrationLevel.choices)
    category = django_filters.ChoiceFilter(
        label="类别", choices=Category.choices, field_name="commission_profile__category"
    )
    primary: ClassVar[Sequence[str]] = ("q", "kind", "level", "category")

    class Meta:
        model = Department
        fields: ClassVar[list[str]] = []

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return named_bodies(rows, value)


class MeetingFilter(ScreenFilterSet):
    """By body, kind, day, three-together."""

    q = SearchFilter(fields=["department__key"], as_typed=["title"], normalise=name_key, label="单位或会议名称")
    kind = django_filters.ChoiceFilter(label="会议类别", choices=MeetingKind.choices)
    together = django_filters.ChoiceFilter(label="三同", choices=Together.choices, method="as_together")
    since = DateFilter(label="日期自", field_name="held_on", lookup_expr="gte")
    until = DateFilter(label="日期至", field_name="held_on", lookup_expr="lte")
    primary: ClassVar[Sequence[str]] = ("q", "kind", "together", "since", "until")

    class Meta:
        model = Meeting
        fields: ClassVar[list[str]] = []

    def as_together(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(together_q(value))
