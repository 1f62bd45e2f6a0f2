"""Filters of the ledgers of a campaign."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from associations.registry.selectors import departments_of
from associations.registry.services import COMMITTEE_KINDS
from campaigns.ledgers.enums import EntryKind, EntryState
from campaigns.ledgers.models import Entry
from campaigns.ledgers.selectors import late_q
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import named
from portal.access.scoping import scoped
from portal.screens.filters import ScreenFilterSet

KEPT, LATE = "kept", "late"


class EntryFilter(ScreenFilterSet):
    """By what it is called or whose it is, by ledger, committee and state."""

    q = django_filters.CharFilter(label="事项或单位", method="by_name", max_length=100)
    kind = django_filters.ChoiceFilter(label="台账", choices=EntryKind.choices)
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        queryset=lambda request: departments_of(request.actor, *COMMITTEE_KINDS),
        method="under",
    )
    state = django_filters.ChoiceFilter(
        label="状态",
        choices=[(KEPT, "未撤销"), *EntryState.choices, (LATE, "逾期未完成")],
        method="in_state",
    )
    promoted = django_filters.BooleanFilter(label="已推广", field_name="promoted_on", method="was_promoted")
    unit = django_filters.NumberFilter(label="单位编号", field_name="unit")
    primary = ("q", "kind", "committee", "state")

    class Meta:
        model = Entry
        fields: ClassVar[list[str]] = []

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = named(scoped(PartyOrganization, self.actor), value)
        return rows.filter(Q(title__icontains=value) | Q(unit__organization__in=found))

    def under(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(Q(unit__organization__committee=value) | Q(unit__department=value))

    def in_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == LATE:
            return rows.filter(late_q(self.as_of))
        return rows.exclude(state=EntryState.WITHDRAWN) if value == KEPT else rows.filter(state=value)

    def was_promoted(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(promoted_on__isnull=not value)
