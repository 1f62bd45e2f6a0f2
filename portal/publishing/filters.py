"""Filters of the publishing desk."""

from typing import ClassVar

import django_filters

from portal.publishing.enums import PublicationKind, PublicationState
from portal.publishing.models import Publication
from portal.screens.filters import ScreenFilterSet, SearchFilter


class PublicationFilter(ScreenFilterSet):
    q = SearchFilter(label="标题", fields=("title",))
    kind = django_filters.ChoiceFilter(label="类别", choices=PublicationKind.choices)
    state = django_filters.ChoiceFilter(label="状态", choices=PublicationState.choices)
    primary = ("q", "kind", "state")

    class Meta:
        model = Publication
        fields: ClassVar[list[str]] = []
