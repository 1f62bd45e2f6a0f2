"""Filters of the list of terms."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from partybuilding.organizations.enums import OrganizationKind
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import committees_for, named
from partybuilding.terms.enums import TermState
from partybuilding.terms.selectors import in_state, term_rules
from portal.screens.filters import ScreenFilterSet


class TermFilter(ScreenFilterSet):
    """By how the term stands on the list's date."""

    q = django_filters.CharFilter(label="党组织或社会组织名称", method="by_name", max_length=100)
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委", queryset=lambda request: committees_for(request.actor)
    )
    kind = django_filters.ChoiceFilter(label="类别", choices=OrganizationKind.choices)
    state = django_filters.ChoiceFilter(label="任期", choices=TermState.choices, method="standing")
    primary: ClassVar[Sequence[str]] = ("q", "committee", "kind", "state")

    class Meta:
        model = PartyOrganization
        fields: ClassVar[list[str]] = []

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return named(rows, value)

    def standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(in_state(value, self.as_of, term_rules(self.as_of)))
