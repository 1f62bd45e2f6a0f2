"""Filters of the queues."""

from functools import cached_property
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse_lazy

from associations.governance.selectors import registered_at
from associations.registry.enums import AssociationKind
from associations.registry.filters import SUGGEST, RegionFilter
from associations.registry.selectors import OWN_PREFIX, RegionChoices, bodies_called, region_choices
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet, SearchFilter, SuggestFilter
from supervision.inspections.enums import Conclusion, InspectionState
from supervision.inspections.models import Inspection
from supervision.rounds.models import Round


def rounds(request: HttpRequest) -> QuerySet[Round]:
    return scoped(Round, request.actor)  # type: ignore[attr-defined]  # set by the access middleware


class PlaceFilter(RegionFilter):
    """Filings of associations registered at a place."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        region = self.parent.places.region(value) if value else None
        if region is None:
            return qs.none() if value else qs
        return registered_at(qs, region, itself=value.startswith(OWN_PREFIX))


class CommitteeFilter(SuggestFilter):
    """Filings that a committee had to clear, by its key or name."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs.filter(committee__in=bodies_called(self.parent.actor, value)) if value else qs


class ReviewFilter(ScreenFilterSet):
    """An association is found under all its names; everything else are facts of the filing."""

    q = SearchFilter(fields=["association__search_key", "number"], normalise=name_key, label="名称、信用代码或编号")
    round = django_filters.ModelChoiceFilter(label="批次", queryset=rounds)
    state = django_filters.ChoiceFilter(label="环节", choices=InspectionState.choices)
    flagged = django_filters.BooleanFilter(label="有规则提示", method="with_flags")
    region = PlaceFilter(label="登记地")
    committee = CommitteeFilter(label="综合（行业）党委", source=reverse_lazy(SUGGEST, args=["committee"]))
    kind = django_filters.ChoiceFilter(
        label="社会组织类型", choices=AssociationKind.choices, field_name="association__kind"
    )
    late = django_filters.BooleanFilter(label="逾期报送", field_name="is_late")
    again = django_filters.BooleanFilter(label="补正后重报", method="having_returned")
    conclusion = django_filters.ChoiceFilter(label="年检结论", choices=Conclusion.choices)
    primary = ("q", "round", "state", "flagged")

    class Meta:
        model = Inspection
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(data, queryset, **kwargs)
        found: list[tuple[str, Any]] = list(self.places.groups)
        asked = data.get("region", "")
        if asked and asked not in self.places.labels and (place := self.places.region(asked)) is not None:
            found.append((asked, place.name))
        self.filters["region"].extra["choices"] = found

    @cached_property
    def places(self) -> RegionChoices:
        return region_choices(self.actor)

    def with_flags(self, qs: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return qs.filter(flag_count__gt=0) if value else qs.filter(flag_count=0)

    def having_returned(self, qs: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return qs.filter(return_count__gt=0) if value else qs.filter(return_count=0)
