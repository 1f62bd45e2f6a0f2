"""What every list of filings can be narrowed by: names, places, bodies, where a filing is and how it ended."""

from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse_lazy

from associations.governance.selectors import registered_at
from associations.registry.enums import AssociationKind
from associations.registry.filters import SUGGEST, RegionFilter
from associations.registry.models import Department
from associations.registry.selectors import OWN_PREFIX, RegionChoices, bodies_called, body_key, region_choices
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet, SearchFilter, SuggestFilter
from supervision.inspections.enums import Conclusion, InspectionState
from supervision.inspections.models import Inspection
from supervision.inspections.selectors import NOBODY, NOBODY_LABEL
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


class BodyFilter(SuggestFilter):
    """Filings that a body had in hand, by its key or name, or 未明确."""

    def __init__(self, *, column: str, key: str, **kwargs: Any) -> None:
        super().__init__(source=reverse_lazy(SUGGEST, args=[key]), **kwargs)
        self.column = column

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        if value in (NOBODY, NOBODY_LABEL):
            return qs.filter(**{self.column: None})
        return qs.filter(**{f"{self.column}__in": bodies_called(self.parent.actor, value)})


class InspectionFilter(ScreenFilterSet):
    """An association is found under all its names. `bodies`: the filters that name a body."""

    q = SearchFilter(
        fields=["association__search_key"], as_typed=["number"], normalise=name_key, label="名称、信用代码或编号"
    )
    state = django_filters.ChoiceFilter(label="环节", choices=InspectionState.choices)
    region = PlaceFilter(label="登记地")
    committee = BodyFilter(column="committee", key="committee", label="综合（行业）党委")
    kind = django_filters.ChoiceFilter(
        label="社会组织类型", choices=AssociationKind.choices, field_name="association__kind"
    )
    conclusion = django_filters.ChoiceFilter(label="年检结论", choices=Conclusion.choices)
    bodies: ClassVar[tuple[str, ...]] = ("committee",)

    class Meta:
        model = Inspection
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(data, queryset, **kwargs)
        found: list[tuple[str, Any]] = list(self.places.groups)
        asked = data.get("region", "")
        if asked and asked not in self.places.labels and (place := self.places.region(asked)) is not None:
            found.append((asked, f"{place.name}本级" if asked.startswith(OWN_PREFIX) else place.name))
        self.filters["region"].extra["choices"] = found
        for name in self.bodies:
            self.filters[name].extra["name_of"] = self._body_name

    @cached_property
    def places(self) -> RegionChoices:
        return region_choices(self.actor)

    @cached_property
    def _body_names(self) -> dict[int, str]:
        keys = {key for name in self.bodies if (key := body_key(self.data.get(name, ""))) is not None}
        return dict(scoped(Department, self.actor).filter(pk__in=keys).values_list("pk", "name")) if keys else {}

    def _body_name(self, value: str) -> str:
        if value == NOBODY:
            return NOBODY_LABEL
        key = body_key(value)
        return value if key is None else self._body_names.get(key, value)
