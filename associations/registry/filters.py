"""Filters of the list of associations. Other wings add theirs through `portal.screens.panels`."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import BoundField
from django.http import QueryDict

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
from associations.registry.models import Association
from associations.registry.selectors import (
    OWN_PREFIX,
    RegionChoices,
    answered_by,
    bodies_by_role,
    clarity_is,
    in_region,
    region_choices,
    unanswered,
)
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet, SearchFilter
from portal.screens.panels import list_parts

SUBJECT = "associations.Association"
NONE = "none"


class RegionFilter(django_filters.ChoiceFilter):
    """A place with everything below it, or only what is registered at the place itself (`own-…`)."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        region = self.parent.places.region(value)
        return qs.filter(in_region(region, itself=value.startswith(OWN_PREFIX))) if region else qs.none()


class AnsweringFilter(django_filters.ChoiceFilter):
    """The body that answers as a role on the list's date, or 未明确."""

    def __init__(self, *, role: str, **kwargs: Any) -> None:
        super().__init__(label=str(AssignmentRole(role).label), **kwargs)
        self.role = role

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        day = self.parent.as_of
        return qs.filter(unanswered(self.role, day) if value == NONE else answered_by(self.role, day, [int(value)]))


class AssociationFilter(ScreenFilterSet):
    """What the register itself knows; a name is found under its present, short and former spelling."""

    q = SearchFilter(fields=["search_key"], normalise=name_key, label="名称、简称、曾用名或信用代码")
    city = RegionFilter(label="登记地")
    regulator = AnsweringFilter(role=AssignmentRole.INDUSTRY_REGULATOR)
    committee = AnsweringFilter(role=AssignmentRole.PARTY_COMMITTEE)
    unit = AnsweringFilter(role=AssignmentRole.SUPERVISING_UNIT)
    status = django_filters.ChoiceFilter(label="状态", choices=AssociationStatus.choices)
    level = django_filters.ChoiceFilter(
        label="登记级别", choices=RegistrationLevel.choices, field_name="registration_level"
    )
    kind = django_filters.ChoiceFilter(label="社会组织类型", choices=AssociationKind.choices)
    mode = django_filters.ChoiceFilter(
        label="管理方式", choices=RegistrationMode.choices, field_name="registration_mode"
    )
    industry = django_filters.BooleanFilter(label="行业协会商会", field_name="is_industry_association")
    clarity = django_filters.ChoiceFilter(label="责任明确情况", choices=Clarity.choices, method="with_clarity")
    grade = django_filters.ChoiceFilter(
        label="有效评估等级", choices=[*GradeLevel.choices, (NONE, "无有效等级")], method="with_grade"
    )
    primary = ("q", "city", "regulator", "committee")

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
        for name in ("regulator", "committee", "unit"):
            self.filters[name].extra["choices"] = self._bodies(self.filters[name].role)

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
    def bodies(self) -> dict[str, list[tuple[int, str]]]:
        """Role → the bodies that answer or answered for somebody, with how they are called."""
        return bodies_by_role(self.actor)

    def _bodies(self, role: str) -> Iterable[tuple[str, str]]:
        return [(NONE, "未明确"), *((str(pk), label) for pk, label in self.bodies[role])]

    def with_clarity(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return qs.filter(clarity_is(value, self.as_of))

    def with_grade(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = qs.annotate(grade_asked=grade_level(self.as_of))
        return found.filter(grade_asked=None if value == NONE else value)
