"""Filters of the list of transfers."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from partybuilding.organizations.selectors import committees_for
from partybuilding.transfers.enums import TransferState
from partybuilding.transfers.models import MemberTransfer
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet


class TransferFilter(ScreenFilterSet):
    """By member or organisation, state, side."""

    q = django_filters.CharFilter(label="姓名或党组织名称", method="by_name", max_length=100)
    state = django_filters.ChoiceFilter(label="状态", choices=TransferState.choices)
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委", queryset=lambda request: committees_for(request.actor), method="of_committee"
    )
    whole = django_filters.BooleanFilter(label="整建制", field_name="is_whole")
    after = django_filters.DateFilter(label="转出日期从", field_name="issued_on", lookup_expr="gte")
    before = django_filters.DateFilter(label="转出日期到", field_name="issued_on", lookup_expr="lte")
    primary: ClassVar[tuple[str, ...]] = ("q", "state", "committee")

    class Meta:
        model = MemberTransfer
        fields: ClassVar[list[str]] = []

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        for word in value.split():
            key = name_key(word)
            rows = rows.filter(
                Q(member__person__name_key__contains=key)
                | Q(arrived__person__name_key__contains=key)
                | Q(source__key__contains=key)
                | Q(target__key__contains=key)
                | Q(source_name__contains=word)
                | Q(target_name__contains=word)
            )
        return rows

    def of_committee(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(Q(source__committee=value) | Q(target__committee=value) | Q(target_committee=value))
