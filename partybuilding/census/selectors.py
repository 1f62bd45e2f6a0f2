"""Reading a census: how far each unit is, what was found, and what the register says of it today."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from associations.registry.models import Association
from partybuilding.census import rules
from partybuilding.census.enums import RowState, Settled
from partybuilding.census.models import Census, CensusDifference, CensusProblem, CensusRow, CensusUnit, ProblemKind
from partybuilding.census.rules import Standing, UnitFacts
from partybuilding.closing.enums import UnitState
from partybuilding.closing.selectors import answers_for, row_of
from partybuilding.closing.whole import whole
from partybuilding.coverage.selectors import coverage_facts, coverage_rules
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT
from portal.access.scoping import scoped


def unit_facts(unit: CensusUnit, actor: Actor, *, unchecked: int = 0) -> UnitFacts:
    """Who the actor is to a unit, and how far its list is."""
    return UnitFacts(
        answers=answers_for(actor, unit),
        urges=actor.role in DEPARTMENT,
        unit_label=unit.label,
        is_closed=unit.census.is_closed,
        unchecked_count=unchecked,
        is_confirmed=unit.state == UnitState.CONFIRMED,
    )


def unchecked_count(unit: CensusUnit) -> int:
    return int(whole(CensusRow).filter(unit=unit, state=RowState.UNCHECKED).count())


def waiting_labels(census: Census) -> list[str]:
    """The units that have not confirmed."""
    rows = whole(CensusUnit).filter(census=census).exclude(state=UnitState.CONFIRMED)
    return list(rows.order_by("label").values_list("label", flat=True))


def with_problem(kind: int | None = None) -> Q:
    """Rows with a problem, of any kind or of one."""
    found = CensusProblem.objects.filter(row=OuterRef("pk"))
    return Q(Exists(found if kind is None else found.filter(kind=kind)))


# What a filter and an address say for a problem of any kind.
ANY_PROBLEM = "any"


def active_kinds() -> QuerySet[ProblemKind]:
    """The kinds of problem that are offered."""
    return ProblemKind.objects.filter(is_active=True)


def kind_choices() -> list[tuple[str, str]]:
    """Every kind there ever was, by key."""
    return [(str(pk), label) for pk, label in ProblemKind.objects.values_list("pk", "label")]


@dataclass(slots=True)
class Progress:
    """How many associations of a unit, or of several, stand where."""

    rows: int = 0
    unchecked: int = 0
    agrees: int = 0
    differs: int = 0
    problems: int = 0

    @property
    def checked(self) -> int:
        return self.rows - self.unchecked

    def add(self, other: "Progress") -> None:
        for name in ("rows", "unchecked", "agrees", "differs", "problems"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def progress_of(units: Collection[int], actor: Actor) -> dict[int, Progress]:
    """Unit → how far it is; two queries."""
    found: dict[int, Progress] = {pk: Progress() for pk in units}
    rows = scoped(CensusRow, actor).filter(unit__in=units).order_by()
    for unit, state, number in rows.values_list("unit", "state").annotate(number=Count("pk")):
        one = found[unit]
        one.rows += number
        setattr(one, state, number)
    for unit, number in rows.filter(with_problem()).values_list("unit").annotate(number=Count("pk")):
        found[unit].problems = number
    return found


def total_of(found: Iterable[Progress]) -> Progress:
    total = Progress()
    for one in found:
        total.add(one)
    return total


def by_kind(census: Census, actor: Actor) -> list[tuple[Any, int]]:
    """Kind of problem → how many associations have it, in the order of the reference data."""
    rows = scoped(CensusProblem, actor).filter(row__unit__census=census).order_by()
    columns = ("kind__number", "kind", "kind__label", "kind__remedy")
    counted = rows.values_list(*columns).annotate(number=Count("pk")).order_by("kind__number", "kind")
    return [((pk, label, remedy), number) for _number, pk, label, remedy, number in counted]


# The register today


def standings_now(associations: Collection[int] | QuerySet[Any], day: date) -> dict[int, tuple[Standing, str]]:
    """Association → what the register says of it on a day, and the key of the unit that answers then; two queries.

    `is_ours` is left to the caller: it depends on who was asked.
    """
    rows = whole(Association).filter(pk__in=associations)
    status = dict(rows.values_list("pk", "status"))
    found = {}
    for line in coverage_facts(None, as_of=day, queryset=rows, rules=coverage_rules(day)):  # type: ignore[arg-type]
        facts = line.facts
        standing = Standing(
            status=status.get(line.pk, ""),
            cover=facts.cover,
            has_instructor=facts.has_instructor,
            has_group=facts.has_group,
            relation_count=facts.relation_count,
            working_count=facts.working_count,
        )
        found[line.pk] = (standing, row_of(line).kept.unit)
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """One difference with what the register says today."""

    difference: CensusDifference
    settled: Settled
    now: str

    @property
    def pk(self) -> int:
        return self.difference.pk


def differences_of(census: Census, actor: Actor, day: date) -> list[Found]:
    """All differences that the actor reaches, by unit and name, each with whether the register was corrected."""
    rows = scoped(CensusDifference, actor).filter(row__unit__census=census).select_related("row__unit")
    listed = list(rows.order_by("row__unit__label", "row__name", "row", "pk"))
    now = standings_now({one.row.association_id for one in listed}, day) if listed else {}
    return [_found(one, now) for one in listed]


def _found(one: CensusDifference, now: dict[int, tuple[Standing, str]]) -> Found:
    """An association that left the register altogether has nothing left to correct."""
    known = now.get(one.row.association_id)
    if known is None:
        return Found(one, Settled.DONE, "")
    standing, unit = known
    today = rules.code_of(replace(standing, is_ours=unit == one.row.unit.key), one.aspect)
    return Found(one, Settled.DONE if today == one.found else Settled.WAITING, today)
