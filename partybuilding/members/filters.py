"""Filters of the list of Party members."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from associations.registry.models import current_on
from partybuilding.care.models import of_carers
from partybuilding.care.rules import CARERS
from partybuilding.members.enums import Education, MembershipState, PartyPost
from partybuilding.members.models import PartyMember
from partybuilding.organizations.selectors import committees_for
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet, SearchFilter, YesNoSelect

PAST, ALL = "past", "all"
HERE, ELSEWHERE, UNREPORTED = "here", "elsewhere", "unreported"


class PartyMemberFilter(ScreenFilterSet):
    """By name, organisation, committee, state. A number is no filter: addresses carry none."""

    q = SearchFilter(fields=["person__name_key", "organization__key"], normalise=name_key, label="姓名或党组织名称")
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        queryset=lambda request: committees_for(request.actor),
        field_name="organization__committee",
    )
    membership = django_filters.ChoiceFilter(
        label="党员类别", choices=MembershipState.choices, field_name="membership_state"
    )
    post = django_filters.ChoiceFilter(label="党内职务", choices=PartyPost.choices, field_name="party_post")
    education = django_filters.ChoiceFilter(label="学历", choices=Education.choices)
    relation = django_filters.ChoiceFilter(
        label="组织关系",
        choices=[(HERE, "在本组织或未填报"), (ELSEWHERE, "不在本组织"), (UNREPORTED, "未填报")],
        method="with_relation",
    )
    hardship = django_filters.BooleanFilter(label="生活困难", method="with_hardship", widget=YesNoSelect)
    lost = django_filters.BooleanFilter(label="失去联系", field_name="is_lost")
    state = django_filters.ChoiceFilter(
        label="当日", choices=[(PAST, "已离开"), (ALL, "全部")], method="in_state", empty_label="在册"
    )
    primary: ClassVar[tuple[str, ...]] = ("q", "committee", "membership", "post")

    class Meta:
        model = PartyMember
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """What only readers of care records know is no filter for others."""
        super().__init__(*args, **kwargs)
        if self.actor.role not in CARERS:
            del self.filters["hardship"]

    def with_hardship(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(of_carers(self.actor), is_in_hardship=value)

    def with_relation(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Who said nothing counts where he stands, as everywhere (R-102)."""
        if value == HERE:
            return rows.exclude(relation_in_organization=False)
        return rows.filter(relation_in_organization=None if value == UNREPORTED else False)

    def in_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Without a choice only who is on a roster on the date."""
        rows = super().filter_queryset(queryset)
        state = self.form.cleaned_data.get("state")
        if state == ALL:
            return rows
        return rows.filter(ends_on__lt=self.as_of) if state == PAST else rows.filter(current_on(self.as_of))
