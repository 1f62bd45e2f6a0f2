"""Reading candidates: their stages, the lengths that are verified, how many stand where."""

from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from partybuilding.development.enums import Stage, Standing
from partybuilding.development.models import Candidate, DevelopmentStage
from partybuilding.development.rules import Intervals
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import everything, scoped
from portal.regulations.selectors import value, values_under

PREFIX = "member_development"
LEAST_AGE = "member.least_age"


def intervals(day: date) -> Intervals:
    """The lengths in force on a day; those not entered are none."""
    found = values_under(PREFIX, on=day)
    known = {name: found.get(f"{PREFIX}.{name}") for name in Intervals.__dataclass_fields__}
    return Intervals(**{name: int(number) for name, number in known.items() if number is not None})


def least_age(day: date) -> int:
    return int(value(LEAST_AGE, on=day))


def days_of(candidate: Candidate) -> dict[Stage, date]:
    """The recorded stages of a candidate with their days."""
    with everything("the stages of one candidate"):
        return {Stage(row.stage): row.happened_on for row in candidate.stages.all()}


def stages_of(actor: Actor, candidate: Candidate) -> list[DevelopmentStage]:
    rows = scoped(DevelopmentStage, actor).filter(candidate=candidate)
    order = list(Stage)
    return sorted(rows, key=lambda row: order.index(Stage(row.stage)))


def standing_counts(rows: QuerySet[Candidate]) -> dict[Standing, int]:
    """How many candidates stand where: one query."""
    found: dict[str, Any] = dict(rows.order_by().values_list("standing").annotate(Count("pk")))
    return {standing: found.get(standing.value, 0) for standing in Standing}


def candidates_of(actor: Actor, organization: PartyOrganization) -> list[Candidate]:
    rows = scoped(Candidate, actor).filter(organization=organization).select_related("person")
    return list(rows.order_by("ends_on", "applied_on", "pk")[:100])
