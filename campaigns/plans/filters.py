"""Filters of campaigns and of their units."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from associations.registry.selectors import departments_of
from associations.registry.services import COMMITTEE_KINDS
from campaigns.plans.enums import CampaignState, UnitState
from campaigns.plans.models import Campaign, Unit
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import named
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet, SearchFilter

BRANCHES, COMMITTEES = "organizations", "committees"


class CampaignFilter(ScreenFilterSet):
    q = SearchFilter(label="活动名称或文号", fields=("title", "document_number"))
    state = django_filters.ChoiceFilter(label="状态", choices=CampaignState.choices)
    primary = ("q", "state")

    class Meta:
        model = Campaign
        fields: ClassVar[list[str]] = []


class UnitFilter(ScreenFilterSet):
    """Units by name, by committee, by how far their plan is."""

    q = django_filters.CharFilter(label="单位或社会组织名称", method="by_name", max_length=100)
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        queryset=lambda request: departments_of(request.actor, *COMMITTEE_KINDS),
        method="under",
    )
    kind = django_filters.ChoiceFilter(
        label="单位类别", choices=[(BRANCHES, "党组织"), (COMMITTEES, "党委")], method="of_kind"
    )
    state = django_filters.ChoiceFilter(label="方案", choices=UnitState.choices)
    primary = ("q", "committee", "kind", "state")

    class Meta:
        model = Unit
        fields: ClassVar[list[str]] = []

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = named(scoped(PartyOrganization, self.actor), value)
        return rows.filter(Q(organization__in=found) | Q(department__key__contains=name_key(value)))

    def under(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(Q(organization__committee=value) | Q(department=value))

    def of_kind(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(organization__isnull=value == COMMITTEES)
