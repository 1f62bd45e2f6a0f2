"""Filters of the list of links."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from associations.registry.models import current_on
from partybuilding.linkages.enums import LinkLevel
from partybuilding.linkages.models import Linkage
from partybuilding.organizations.selectors import committees_for
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet, SearchFilter

CURRENT, ENDED = "current", "ended"


class LinkFilter(ScreenFilterSet):
    """By organisation, committee, level, in force or not."""

    q = SearchFilter(fields=["organization__key"], normalise=name_key, label="党组织名称")
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        queryset=lambda request: committees_for(request.actor),
        field_name="organization__committee",
    )
    level = django_filters.ChoiceFilter(label="层级", choices=LinkLevel.choices)
    state = django_filters.ChoiceFilter(
        label="当日", choices=[(CURRENT, "执行中"), (ENDED, "已终止")], method="in_force"
    )
    primary: ClassVar[Sequence[str]] = ("q", "committee", "level", "state")

    class Meta:
        model = Linkage
        fields: ClassVar[list[str]] = []

    def in_force(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(current_on(self.as_of)) if value == CURRENT else rows.filter(ends_on__lt=self.as_of)
