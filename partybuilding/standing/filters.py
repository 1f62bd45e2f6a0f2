"""Filters of the list of probationary members."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from partybuilding.members.models import PartyMember
from partybuilding.organizations.selectors import committees_for
from partybuilding.standing.enums import ProbationState
from partybuilding.standing.selectors import in_probation_state, probation_rules
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet, SearchFilter


class ProbationFilter(ScreenFilterSet):
    """By name or organisation, committee, how the probation stands."""

    q = SearchFilter(fields=["person__name_key", "organization__key"], normalise=name_key, label="姓名或党组织名称")
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        queryset=lambda request: committees_for(request.actor),
        field_name="organization__committee",
    )
    state = django_filters.ChoiceFilter(label="预备期", choices=ProbationState.choices, method="standing")
    extended = django_filters.BooleanFilter(
        label="已延长", field_name="probation_until_on", lookup_expr="isnull", exclude=True
    )
    primary: ClassVar[tuple[str, ...]] = ("q", "committee", "state")

    class Meta:
        model = PartyMember
        fields: ClassVar[list[str]] = []

    def standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(in_probation_state(value, self.as_of, probation_rules(self.as_of)))
