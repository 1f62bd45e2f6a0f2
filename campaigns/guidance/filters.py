"""Filters of contact points and of rectification notices."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from associations.registry.selectors import departments_of
from associations.registry.services import COMMITTEE_KINDS
from campaigns.guidance.enums import NoticeState
from campaigns.guidance.models import ContactPoint, RectificationNotice
from campaigns.guidance.selectors import late_notices, with_visits
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import named
from portal.access.scoping import scoped
from portal.screens.filters import ScreenFilterSet

PRESENT, ENDED, BEHIND, LATE, OPEN = "present", "ended", "behind", "late", "open"


class OfUnits(ScreenFilterSet):
    """Rows of units: by the unit's name and by committee."""

    q = django_filters.CharFilter(label="单位或社会组织名称", method="by_name", max_length=100)
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        queryset=lambda request: departments_of(request.actor, *COMMITTEE_KINDS),
        method="under",
    )

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(unit__organization__in=named(scoped(PartyOrganization, self.actor), value))

    def under(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(Q(unit__organization__committee=value) | Q(unit__department=value))


class PointFilter(OfUnits):
    state = django_filters.ChoiceFilter(
        label="走访", choices=[(PRESENT, "在册"), (BEHIND, "有半年未走访"), (ENDED, "已撤销")], method="in_state"
    )
    primary = ("q", "committee", "state")

    class Meta:
        model = ContactPoint
        fields: ClassVar[list[str]] = []

    def in_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == ENDED:
            return rows.filter(ends_on__isnull=False)
        rows = rows.filter(ends_on=None)
        if value == PRESENT:
            return rows
        return rows.filter(pk__in=[row.pk for row in with_visits(rows, self.as_of) if row.visit_state == BEHIND])  # type: ignore[attr-defined]


class NoticeFilter(OfUnits):
    state = django_filters.ChoiceFilter(
        label="状态", choices=[(OPEN, "未销号"), *NoticeState.choices, (LATE, "逾期未报告")], method="in_state"
    )
    primary = ("q", "committee", "state")

    class Meta:
        model = RectificationNotice
        fields: ClassVar[list[str]] = []

    def in_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == OPEN:
            return rows.exclude(state=NoticeState.CLOSED)
        return rows.filter(late_notices(self.as_of)) if value == LATE else rows.filter(state=value)
