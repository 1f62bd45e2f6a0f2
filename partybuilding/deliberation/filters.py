"""Filters of the lists of decisions, interactions and agreements."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from associations.checklists.enums import Occasion
from associations.checklists.selectors import matters
from associations.registry.models import current_on
from partybuilding.deliberation.enums import AgreementKind, Council, InteractionKind, Opinion, ReviewState
from partybuilding.deliberation.models import Agreement, Interaction, MajorDecision
from partybuilding.deliberation.selectors import in_state
from partybuilding.organizations.selectors import committees_for
from portal.importing.normalise import name_key
from portal.screens.filters import DateFilter, ScreenFilterSet, SearchFilter

CURRENT, ENDED = "current", "ended"


class DeliberatedFilter(ScreenFilterSet):
    """By the names of organisation and association, and by committee."""

    q = SearchFilter(
        fields=["organization__key", "association__search_key"], normalise=name_key, label="党组织或社会组织名称"
    )
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        queryset=lambda request: committees_for(request.actor),
        field_name="organization__committee",
    )


class DecisionFilter(DeliberatedFilter):
    """By how a decision stands, by matter, by its day."""

    state = django_filters.ChoiceFilter(label="前置研究", choices=ReviewState.choices, method="standing")
    matter = django_filters.ChoiceFilter(label="清单事项", field_name="matter")
    since = DateFilter(label="日期自", field_name="day", lookup_expr="gte")
    until = DateFilter(label="日期至", field_name="day", lookup_expr="lte")
    opinion = django_filters.ChoiceFilter(label="党组织意见", choices=Opinion.choices)
    council = django_filters.ChoiceFilter(label="表决机构", choices=Council.choices)
    primary: ClassVar[Sequence[str]] = ("q", "committee", "state", "matter")

    class Meta:
        model = MajorDecision
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["matter"].extra["choices"] = [(text, text) for text in matters(Occasion.DECISION)]

    def standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(in_state(value))


class InteractionFilter(DeliberatedFilter):
    kind = django_filters.ChoiceFilter(label="形式", choices=InteractionKind.choices)
    since = DateFilter(label="日期自", field_name="held_on", lookup_expr="gte")
    until = DateFilter(label="日期至", field_name="held_on", lookup_expr="lte")
    primary: ClassVar[Sequence[str]] = ("q", "committee", "kind", "since", "until")

    class Meta:
        model = Interaction
        fields: ClassVar[list[str]] = []


class AgreementFilter(DeliberatedFilter):
    kind = django_filters.ChoiceFilter(label="形式", choices=AgreementKind.choices)
    state = django_filters.ChoiceFilter(
        label="当日", choices=[(CURRENT, "执行中"), (ENDED, "已终止")], method="in_force"
    )
    primary: ClassVar[Sequence[str]] = ("q", "committee", "kind", "state")

    class Meta:
        model = Agreement
        fields: ClassVar[list[str]] = []

    def in_force(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(current_on(self.as_of)) if value == CURRENT else rows.filter(ends_on__lt=self.as_of)
