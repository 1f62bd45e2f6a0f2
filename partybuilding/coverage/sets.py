"""The counting query of coverage for a large scope on PostgreSQL: each fact is made ready once, then joined by its key.

`selectors` asks for each fact of each association by itself, which is right for a page of fifty rows and for SQLite; a
province of 100,000 pays for it a hundred thousand times. Here the same conditions, taken from the same functions, stand
in one statement as sets. A test holds both ways equal over registers full of odd cases.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, Min, QuerySet, Value, When

from associations.evaluation.models import Grade
from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment, Association, PartyMemberCount, current_on
from associations.registry.selectors import active_on
from partybuilding.coverage.enums import GUIDING
from partybuilding.coverage.facts import KNOWN, Line, band_of_report, claused_on, covering, line_of, strength
from partybuilding.coverage.models import InstructorAssignment
from partybuilding.coverage.rules import CoverageRules
from partybuilding.establishment.enums import PlanKind
from partybuilding.establishment.models import EstablishmentPlan
from partybuilding.organizations.models import GroupOrganization
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role

# Who looks at so many associations that sets are quicker than look-ups.
LARGE = DEPARTMENT | {Role.REGIONAL_OFFICE}


def suits(actor: Actor) -> bool:
    return connection.vendor == "postgresql" and actor.role in LARGE


def counted_lines(rows: QuerySet[Association], as_of: date, rules: CoverageRules, columns: Sequence[str]) -> list[Line]:
    """One line for each combination of facts and groups in a scoped selection, with how many there are."""
    in_scope = active_on(as_of, exclude_new_months=rules.exclude_new_months)
    chosen = rows.order_by().annotate(
        fact_in_scope=Case(When(in_scope, then=Value(True)), default=Value(False), output_field=BooleanField()),
        fact_clause=Case(When(claused_on(as_of), then=Value(True)), default=Value(False), output_field=BooleanField()),
    )
    parts: dict[str, Any] = {
        "chosen": chosen.values_list("pk", "fact_in_scope", "fact_clause", "region__path", "kind"),
        **_facts(as_of, rules),
    }
    given: list[Any] = []
    written = []
    for name, queryset in parts.items():
        sql, parameters = queryset.query.sql_with_params()
        written.append(f"{name} ({', '.join(_NAMES[name])}) AS ({sql})")
        given += parameters
    groups = ", ".join(_GROUPS[column] for column in columns)
    # Put together from names in this file and statements of the ORM; every value is a parameter.
    statement = f"WITH {', '.join(written)} SELECT {_KNOWN}, {groups}, count(*) FROM chosen a {_JOINS} GROUP BY {_places(columns)}"  # noqa: S608,E501
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [line_of(row) for row in cursor.fetchall()]


def _facts(day: date, rules: CoverageRules) -> dict[str, Any]:
    """A set for each fact: the associations that have it, once each, with what they have."""
    covered = covering(day).order_by().annotate(rank=strength()).exclude(rank=None).values("association")
    guides = InstructorAssignment.objects.filter(current_on(day), instructor__kind__in=GUIDING)
    reports = PartyMemberCount.objects.filter(counted_on__lte=day).annotate(band=band_of_report(rules))
    grades = Grade.objects.filter(current_on(day), announced_on__lte=day)
    plans = EstablishmentPlan.objects.filter(current_on(day))
    answering = Assignment.objects.filter(current_on(day), role=AssignmentRole.PARTY_COMMITTEE)
    return {
        "covered": covered.annotate(best=Min("rank")).values_list("association", "best"),
        "guided": _once(guides),
        "grouped": _once(GroupOrganization.objects.filter(current_on(day))),
        "deferred": _once(plans.filter(kind=PlanKind.DEFERRAL)),
        "planned": _once(plans.filter(kind=PlanKind.FOUNDING)),
        "reported": _latest(reports, "counted_on").values_list("association", "band"),
        "graded": _latest(grades, "announced_on").values_list("association", "level"),
        "answering": answering.order_by().values_list("association", "department"),
    }


def _once(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by().values_list("association").distinct()


def _latest(rows: QuerySet[Any], day: str) -> QuerySet[Any]:
    """The last row of each association."""
    return rows.order_by("association", f"-{day}", "-pk").distinct("association")


_NAMES: dict[str, Iterable[str]] = {
    "chosen": ("id", "fact_in_scope", "fact_clause", "path", "kind"),
    "covered": ("id", "best"),
    "guided": ("id",),
    "grouped": ("id",),
    "deferred": ("id",),
    "planned": ("id",),
    "reported": ("id", "band"),
    "graded": ("id", "level"),
    "answering": ("id", "committee"),
}
_JOINS = " ".join(f"LEFT JOIN {name} ON {name}.id = a.id" for name in _NAMES if name != "chosen")
# In the order of `facts.KNOWN`.
_KNOWN = ", ".join(
    (
        *("a.fact_in_scope", "covered.best", "guided.id IS NOT NULL", "grouped.id IS NOT NULL"),
        *("deferred.id IS NOT NULL", "planned.id IS NOT NULL", "a.fact_clause", "reported.band"),
    )
)
_GROUPS = {
    "region__path": "a.path",
    "fact_committee": "answering.committee",
    "kind": "a.kind",
    "fact_grade": "graded.level",
}


def _places(columns: Sequence[str]) -> str:
    return ", ".join(str(place) for place in range(1, len(KNOWN) + len(columns) + 1))
