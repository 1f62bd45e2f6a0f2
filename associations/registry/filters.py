"""Filters of the list of associations. Other wings add theirs through `portal.screens.panels`."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.forms import BoundField
from django.http import QueryDict
from django.urls import reverse_lazy

from associations.evaluation.enums import GradeLevel
from associations.evaluation.selectors import grade_level
from associations.registry.enums import (
    AssignmentRole,
    AssociationKind,
    AssociationStatus,
    Clarity,
    RegistrationLevel,
    RegistrationMode,
)
from associations.registry.models import Association, Department
from associations.registry.selectors import (
    OWN_PREFIX,
    RegionChoices,
    answered_by,
    bodies_called,
    body_key,
    clarity_is,
    in_region,
    region_choices,
    unanswered,
)
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet, SearchFilter, SuggestFilter
from portal.screens.panels import list_parts

SUBJECT = "associations.Association"
NONE, UNCLEAR = "none", "未明确"
SUGGEST = "associations:department_names"
# Which filter names the body, by the role it holds.
ANSWERING = {
    "unit": AssignmentRole.SUPERVISING_UNIT,
    "regulator": AssignmentRole.INDUSTRY_REGULATOR,
    "committee": AssignmentRole.PARTY_COMMITTEE,
}


class RegionFilter(django_filters.ChoiceFilter):
    """A place with everything below it, or only what is registered at the place itself (`own-…`)."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        region = self.parent.places.region(value)
        return qs.filter(in_region(region, itself=value.startswith(OWN_PREFIX))) if region else qs.none()


class AnsweringFilter(SuggestFilter):
    """The body that answers as a role on the list's date, by key or by name, or 未明确."""

    def __init__(self, *, role: str, key: str, **kwargs: Any) -> None:
        super().__init__(label=str(AssignmentRole(role).label), source=reverse_lazy(SUGGEST, args=[key]), **kwargs)
        self.role = role

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        day = self.parent.as_of
        if value in (NONE, UNCLEAR):
            return qs.filter(unanswered(self.role, day))
        return qs.filter(answered_by(self.role, day, bodies_called(self.parent.actor, value)))


CHARITY_VALUES = {"yes": True, "no": False, NONE: None}
CHARITY = (("yes", "是"), ("no", "否"), (NONE, "未填报"))


class AssociationFilter(ScreenFilterSet):
    """What the register itself knows; a name is found under its present, short and former spelling."""

    q = SearchFilter(fields=["search_key"], normalise=name_key, label="名称、简称、曾用名或信用代码")
    city = RegionFilter(label="登记地")
    regulator = AnsweringFilter(role=AssignmentRole.INDUSTRY_REGULATOR, key="regulator")
    committee = AnsweringFilter(role=AssignmentRole.PARTY_COMMITTEE, key="committee")
    unit = AnsweringFilter(role=AssignmentRole.SUPERVISING_UNIT, key="unit")
    status = django_filters.ChoiceFilter(label="状态", choices=AssociationStatus.choices)
    level = django_filters.ChoiceFilter(
        label="登记级别", choices=RegistrationLevel.choices, field_name="registration_level"
    )
    kind = django_filters.ChoiceFilter(label="社会组织类型", choices=AssociationKind.choices)
    mode = django_filters.ChoiceFilter(
        label="管理方式", choices=RegistrationMode.choices, field_name="registration_mode"
    )
    industry = django_filters.BooleanFilter(label="行业协会商会", field_name="is_industry_association")
    charity = django_filters.ChoiceFilter(label="慈善组织", choices=CHARITY, method="with_charity", empty_label="不限")
    clarity = django_filters.ChoiceFilter(label="责任明确情况", choices=Clarity.choices, method="with_clarity")
    grade = django_filters.ChoiceFilter(
        label="有效评估等级", choices=[*GradeLevel.choices, (NONE, "无有效等级")], method="with_grade"
    )
    primary: ClassVar[Sequence[str]] = ("q", "city", "regulator", "committee")

    class Meta:
        model = Association
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], **kwargs: Any) -> None:
        parts = list_parts(SUBJECT)
        self.base_filters: dict[str, Any] = {
            **self.base_filters,
            **{name: one for part in parts for name, one in part.filters.items()},
        }
        super().__init__(data, queryset, **kwargs)
        self.filters["city"].extra["choices"] = self._places(data.get("city", ""))
        for name in ANSWERING:
            self.filters[name].extra["name_of"] = self._body_name

    def primary_fields(self) -> list[BoundField]:
        hung = [name for part in list_parts(SUBJECT) for name in part.primary]
        return [*super().primary_fields(), *(self.form[name] for name in hung)]

    @cached_property
    def places(self) -> RegionChoices:
        """The places of the actor, and the one the actor looks from."""
        return region_choices(self.actor)

    def _places(self, asked: str) -> list[tuple[str, Any]]:
        """The actor's places; a place further away or further down that a link names is added."""
        choices = self.places
        found: list[tuple[str, Any]] = list(choices.groups)
        if asked and asked not in choices.labels:
            place = choices.region(asked)
            if place is not None:
                found.append((asked, f"{place.name}本级" if asked.startswith(OWN_PREFIX) else place.name))
        return found

    @cached_property
    def _body_names(self) -> dict[int, str]:
        """The names of the bodies that links name by key; one query, none without such a link."""
        keys = {key for name in ANSWERING if (key := body_key(self.data.get(name, ""))) is not None}
        return dict(scoped(Department, self.actor).filter(pk__in=keys).values_list("pk", "name")) if keys else {}

    def _body_name(self, value: str) -> str:
        if value == NONE:
            return UNCLEAR
        key = body_key(value)
        return value if key is None else self._body_names.get(key, value)

    def with_charity(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return qs.filter(is_charity=CHARITY_VALUES[value])

    def with_clarity(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return qs.filter(clarity_is(value, self.as_of))

    def with_grade(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = qs.annotate(grade_asked=grade_level(self.as_of))
        return found.filter(grade_asked=None if value == NONE else value)
