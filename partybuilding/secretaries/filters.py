"""Filters of the register of secretaries."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from partybuilding.members.enums import SecretarySource
from partybuilding.organizations.enums import OrganizationKind
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import committees_for, named
from partybuilding.secretaries.enums import OfficeState
from partybuilding.secretaries.selectors import in_state, limit_days
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet

UNSAID = "unsaid"


class SecretaryFilter(ScreenFilterSet):
    """By name, committee, source and how the office stands on the list's date."""

    q = django_filters.CharFilter(label="党组织或社会组织名称", method="by_name", max_length=100)
    person = django_filters.CharFilter(label="书记姓名", method="by_person", max_length=60)
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委", queryset=lambda request: committees_for(request.actor)
    )
    kind = django_filters.ChoiceFilter(label="类别", choices=OrganizationKind.choices)
    state = django_filters.ChoiceFilter(label="书记", choices=OfficeState.choices, method="standing")
    origin = django_filters.ChoiceFilter(
        label="书记来源", choices=[*SecretarySource.choices, (UNSAID, "未填报")], method="from_origin"
    )
    primary: ClassVar[Sequence[str]] = ("q", "person", "committee", "state", "origin")

    class Meta:
        model = PartyOrganization
        fields: ClassVar[list[str]] = []

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return named(rows, value)

    def by_person(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(secretary_name__contains=name_key(value))

    def standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(in_state(value, self.as_of, limit_days(self.as_of)))

    def from_origin(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        wanted = Q(origin="") if value == UNSAID else Q(origin=value)
        return rows.filter(wanted, secretary_pk__isnull=False)
