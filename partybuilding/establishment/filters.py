"""Filters of the lists of foundings: those of the register, and why, in which order, planned or not, waiting or not."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import Exists, QuerySet

from associations.registry.filters import AssociationFilter
from partybuilding.coverage.selectors import coverage_rules
from partybuilding.establishment.enums import PlanKind, Priority, WhyNot
from partybuilding.establishment.selectors import (
    organised_on,
    organiser_days,
    organiser_late,
    plans_on,
    priority_q,
    priority_rules,
    why_is,
    with_pool,
)

PLANNED, UNPLANNED = "planned", "unplanned"
WITH, WITHOUT, LATE = "with", "without", "late"


class EstablishFilter(AssociationFilter):
    """By the class of P-79, and by whether a founding is planned."""

    priority = django_filters.ChoiceFilter(label="优先次序", choices=Priority.choices, method="in_class")
    plan = django_filters.ChoiceFilter(
        label="组建计划", choices=[(PLANNED, "已列入"), (UNPLANNED, "未列入")], method="with_plan"
    )
    primary: ClassVar[Sequence[str]] = ("q", "city", "committee", "priority", "plan")

    def in_class(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return qs.filter(priority_q(value, priority_rules(self.as_of)))

    def with_plan(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        has = Exists(plans_on(self.as_of, PlanKind.FOUNDING))
        return qs.filter(has if value == PLANNED else ~has)


class NotBuiltFilter(EstablishFilter):
    """Also by the reason."""

    why = django_filters.ChoiceFilter(label="未建原因", choices=WhyNot.choices, method="because")
    primary: ClassVar[Sequence[str]] = ("q", "city", "committee", "why", "priority")

    def because(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return why_is(qs, value, as_of=self.as_of)


class PoolFilter(AssociationFilter):
    """By whether an organiser is named."""

    organiser = django_filters.ChoiceFilter(
        label="党建组织员",
        choices=[(WITH, "已明确"), (WITHOUT, "未明确"), (LATE, "逾期未明确")],
        method="with_organiser",
    )
    primary: ClassVar[Sequence[str]] = ("q", "city", "committee", "organiser")

    def with_organiser(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == LATE:
            found = with_pool(qs, self.as_of, coverage_rules(self.as_of))
            return found.filter(organiser_late(self.as_of, organiser_days(self.as_of)))
        has = organised_on(self.as_of)
        return qs.filter(has if value == WITH else ~has)
