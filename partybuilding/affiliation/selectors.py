"""Where associations belong on a day, beside where they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from associations.registry.enums import AssignmentRole, DepartmentKind
from associations.registry.models import Assignment, Association, Department, current_on
from associations.registry.selectors import assignment_history
from partybuilding.affiliation.enums import Standing
from partybuilding.affiliation.models import AffiliationRule
from partybuilding.affiliation.rules import Answer, Bodies, Body, Route, Subject, route, standing
from portal.access.actor import Actor
from portal.access.scoping import everything, scoped
from portal.regions.models import Region

NATION = ""
WHY = "where an association belongs depends on the whole directory, not on who asks"


@dataclass(frozen=True, slots=True)
class Affiliation:
    """Where an association belongs, where it is, and how the two compare."""

    answer: Answer
    present: Assignment | None
    standing: Standing


class Directory:
    """The orders and the committees of a day; read once for a page or a list."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._orders: dict[str, list[Route]] = {}
        orders = AffiliationRule.objects.filter(current_on(day)).select_related("region")
        for rule in orders.order_by("number", "pk"):
            self._orders.setdefault(rule.region.code if rule.region else NATION, []).append(rule.route)
        with everything(WHY):
            committees = Department.objects.filter(
                current_on(day), kind__in=[DepartmentKind.PARTY_COMMITTEE, DepartmentKind.WORKING_COMMITTEE]
            )
            rows = list(
                committees.order_by("name", "pk").values_list(
                    "pk", "name", "level", "region__code", "hosted_by", "parent", "kind"
                )
            )
        self.parents: dict[int, int | None] = {row[0]: row[5] for row in rows}
        self._bodies = Bodies(Body(*row[:6]) for row in rows if row[6] == DepartmentKind.PARTY_COMMITTEE)

    def order_at(self, path: tuple[str, ...]) -> list[Route]:
        """The order of the nearest place that has one, as a whole; else the nation's."""
        for place in reversed(path):
            if place in self._orders:
                return self._orders[place]
        return self._orders.get(NATION, [])

    def affiliation(
        self, association: Association, assignments: Iterable[Assignment], path: tuple[str, ...]
    ) -> Affiliation | None:
        """None when no order is entered for the place."""
        held = {row.role: row for row in assignments}

        def department(role: AssignmentRole) -> int | None:
            return held[role].department_id if role in held else None

        subject = Subject(
            name=association.name,
            kind=association.kind,
            is_industry=association.is_industry_association,
            level=association.registration_level,
            path=path,
            supervising=department(AssignmentRole.SUPERVISING_UNIT),
            regulator=department(AssignmentRole.INDUSTRY_REGULATOR),
        )
        answer = route(subject, self.order_at(path), self._bodies)
        if answer is None:
            return None
        present = held.get(AssignmentRole.PARTY_COMMITTEE)
        return Affiliation(answer, present, standing(answer, department(AssignmentRole.PARTY_COMMITTEE), self.parents))


def paths_of(regions: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Places as the codes of those above them and their own, nearest last; one query."""
    return {place.pk: tuple(place.path_codes) for place in Region.objects.filter(pk__in=set(regions))}


def affiliation_of(association: Association, day: date) -> Affiliation | None:
    """Where one association belongs; its relations are prefetched, as on its page (`assignment_history`)."""
    rows = [row for row in assignment_history(association) if row.is_current(day)]
    return Directory(day).affiliation(association, rows, tuple(association.region.path_codes))


def affiliations(rows: QuerySet[Association], actor: Actor, day: date) -> dict[int, Affiliation]:
    """Where each of many associations belongs, by key: a handful of queries, the rest is arithmetic."""
    fields = ("pk", "name", "kind", "is_industry_association", "registration_level", "region_id")
    found: list[Any] = list(rows.order_by().only(*fields[:-1], "region"))
    held: dict[int, list[Assignment]] = {}
    assigned = scoped(Assignment, actor).filter(current_on(day), association__in=rows.order_by().values("pk"))
    for row in assigned.select_related("department"):
        held.setdefault(row.association_id, []).append(row)
    directory, paths = Directory(day), paths_of(one.region_id for one in found)
    answers = {one.pk: directory.affiliation(one, held.get(one.pk, ()), paths[one.region_id]) for one in found}
    return {key: answer for key, answer in answers.items() if answer is not None}
