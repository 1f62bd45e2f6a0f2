"""Filters of the list of Party organisations."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from partybuilding.coverage.facts import cover_q
from partybuilding.organizations.enums import Cover, EstablishmentMode, OrganizationKind
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import committees_for, existing_on, named
from portal.screens.filters import ScreenFilterSet

EXISTING, DISSOLVED = "existing", "dissolved"


class OrganizationFilter(ScreenFilterSet):
    """An organisation is found by its names, and by the names of the associations it covers."""

    q = django_filters.CharFilter(label="党组织或社会组织名称", method="by_name", max_length=100)
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委", queryset=lambda request: committees_for(request.actor)
    )
    kind = django_filters.ChoiceFilter(label="类别", choices=OrganizationKind.choices)
    mode = django_filters.ChoiceFilter(
        label="组建方式", choices=EstablishmentMode.choices, field_name="establishment_mode"
    )
    cover = django_filters.ChoiceFilter(
        label="计入覆盖", choices=[choice for choice in Cover.choices if choice[0] != Cover.NONE], method="covering"
    )
    state = django_filters.ChoiceFilter(
        label="当日", choices=[(EXISTING, "已成立"), (DISSOLVED, "已撤销")], method="in_state"
    )
    initiated = django_filters.BooleanFilter(label="依托发起人单位组建", method="with_initiator")
    primary = ("q", "committee", "kind", "state")

    class Meta:
        model = PartyOrganization
        fields: list[str] = []

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return named(rows, value)

    def covering(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(cover_q(value, row=""))

    def with_initiator(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return rows.exclude(initiator="") if value else rows.filter(initiator="")

    def in_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == DISSOLVED:
            return rows.filter(dissolved_on__lte=self.as_of)
        return rows.filter(existing_on(self.as_of))
