"""Reading training: hours of a year beside what is asked, rotation by group, and where participants are looked for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from associations.governance.enums import Post
from associations.governance.models import Officer
from associations.registry.models import current_on
from partybuilding.development.enums import Standing
from partybuilding.development.models import Candidate
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.models import PartyOrganization
from partybuilding.posts.rules import LEADING
from partybuilding.training.enums import Audience, HoursState
from partybuilding.training.models import TrainingAttendance, TrainingSession
from partybuilding.training.rules import HoursRules, Line
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.people.enums import PoliticalStatus
from portal.regulations.selectors import values

PARAMETERS = ("training.member_hours", "training.team_hours", "training.team_central")
HOURS = DecimalField(max_digits=7, decimal_places=1)


def hours_rules(day: date) -> HoursRules:
    """What a year asks by the parameters in force on a day (R-094)."""
    found: dict[str, Any] = dict(values(PARAMETERS, on=day))
    member, team, central = (found[code] for code in PARAMETERS)
    return HoursRules(Decimal(member), Decimal(team), int(central))


def _attended(actor: Actor, first: date, last: date) -> QuerySet[TrainingAttendance]:
    """Attendances, in scope, of the person of a row in the outer query, at trainings that ended between two days."""
    rows = scoped(TrainingAttendance, actor).filter(session__ends_on__gte=first, session__ends_on__lte=last)
    return rows.filter(person=OuterRef("person")).order_by()


def with_hours(rows: QuerySet[Any], actor: Actor, first: date, last: date, rules: HoursRules) -> QuerySet[Any]:
    """`hours`, `central_count`, `is_team`, `required` and `gap` of roster rows between two days."""
    attended = _attended(actor, first, last).values("person")
    hours = attended.annotate(sum=Sum("hours")).values("sum")
    central = attended.filter(session__is_centralized=True).annotate(number=Count("pk")).values("number")
    heads = Secretary.objects.filter(current_on(last), person=OuterRef("person"), organization=OuterRef("organization"))
    rows = rows.annotate(
        hours=Coalesce(Subquery(hours, output_field=HOURS), Value(Decimal(0)), output_field=HOURS),
        central_count=Coalesce(Subquery(central, output_field=IntegerField()), 0),
        is_team=Case(When(~Q(party_post=""), then=True), default=Exists(heads.order_by())),
    )
    rows = rows.annotate(
        required=Case(When(is_team=True, then=Value(rules.team_hours)), default=Value(rules.member_hours)),
    )
    return rows.annotate(missing=F("required") - F("hours"))


def in_hours_state(state: str, rules: HoursRules) -> Q:
    """`rules.hours_state` as a filter of rows with hours."""
    lacking = Q(is_team=True, central_count__lt=rules.team_central)
    return {
        HoursState.SHORT: Q(missing__gt=0),
        HoursState.CENTRAL: Q(missing__lte=0) & lacking,
        HoursState.MET: Q(missing__lte=0) & ~lacking,
    }[HoursState(state)]


def hours_counts(rows: QuerySet[Any], rules: HoursRules) -> dict[HoursState, int]:
    """How many rows are in each state: one query."""
    counted = rows.order_by().aggregate(
        **{state: Count("pk", filter=in_hours_state(state, rules)) for state in HoursState}
    )
    return {state: counted[state] for state in HoursState}


def rotated(rows: QuerySet[Any], actor: Actor, audiences: Iterable[Audience], first: date, last: date) -> QuerySet[Any]:
    """`trained_on`: when the person of a row last attended a training for these audiences, between two days."""
    attended = _attended(actor, first, last).filter(session__audience__in=[str(one) for one in audiences])
    latest = attended.values("person").annotate(latest=Max("session__ends_on")).values("latest")
    return rows.annotate(trained_on=Subquery(latest))


def secretaries_on(actor: Actor, day: date) -> QuerySet[Secretary]:
    return scoped(Secretary, actor).filter(current_on(day), organization__dissolved_on=None)


def leaders_on(actor: Actor, day: date) -> QuerySet[Officer]:
    """会长、副会长、秘书长、监事长 in office."""
    return scoped(Officer, actor).filter(current_on(day), post__in=LEADING)


def sessions_of(actor: Actor, organization: PartyOrganization) -> list[TrainingSession]:
    rows = scoped(TrainingSession, actor).filter(organization=organization)
    return list(rows.annotate(number=Count("attendances")).order_by("-starts_on", "-pk")[:50])


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody a register has under a name."""

    person_pk: Any
    name: str
    organization_pk: int | None
    association_pk: int | None
    body: str


def named_in_register(actor: Actor, session: TrainingSession, lines: Iterable[Line]) -> dict[str, list[Found]]:
    """By name key, everybody in scope whom the register of the training's audience has under the lines' names."""
    keys = {name_key(line.name) for line in lines}
    day, audience = session.starts_on, Audience(session.audience)
    rows: Any
    if audience in (Audience.OFFICER, Audience.MEMBER_PRESIDENT):
        rows = scoped(Officer, actor).filter(current_on(day), person__name_key__in=keys)
        if audience == Audience.MEMBER_PRESIDENT:
            heads = (Post.PRESIDENT, Post.EXECUTIVE_PRESIDENT)
            rows = rows.filter(post__in=heads, political_status=PoliticalStatus.PARTY_MEMBER)
        told = rows.select_related("person", "association")
        found = [Found(row.person_id, row.person.name, None, row.association_id, row.association.name) for row in told]
    else:
        if audience == Audience.SECRETARY:
            rows = scoped(Secretary, actor).filter(current_on(day))
        elif audience == Audience.ACTIVIST:
            rows = scoped(Candidate, actor).filter(ends_on=None).exclude(standing=Standing.MEMBER)
        else:
            rows = scoped(PartyMember, actor).filter(current_on(day))
        told = rows.filter(person__name_key__in=keys).select_related("person", "organization")
        found = [
            Found(row.person_id, row.person.name, row.organization_id, None, row.organization.name) for row in told
        ]
    by_name: dict[str, dict[Any, Found]] = defaultdict(dict)
    for one in found:
        by_name[name_key(one.name)].setdefault(one.person_pk, one)
    return {key: list(people.values()) for key, people in by_name.items()}
