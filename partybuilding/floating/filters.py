"""Filters of the list of floating members."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from partybuilding.floating.enums import FloatingState
from partybuilding.floating.models import FloatingMember
from partybuilding.floating.selectors import floating_rules, in_floating_state
from partybuilding.organizations.selectors import committees_for
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet, SearchFilter


class FloatingFilter(ScreenFilterSet):
    """By name or organisation, committee, state, abroad."""

    q = SearchFilter(
        fields=["member__person__name_key", "organization__key"], normalise=name_key, label="姓名或党组织名称"
    )
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        queryset=lambda request: committees_for(request.actor),
        field_name="organization__committee",
    )
    state = django_filters.ChoiceFilter(label="情况", choices=FloatingState.choices, method="standing")
    abroad = django_filters.BooleanFilter(label="出国（境）", field_name="is_abroad")
    primary: ClassVar[Sequence[str]] = ("q", "committee", "state")

    class Meta:
        model = FloatingMember
        fields: ClassVar[list[str]] = []

    def standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(in_floating_state(value, self.as_of, floating_rules(self.as_of)))
