"""Reading the standing of members: probation on a day, as a filter and on rows."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from associations.registry.models import current_on
from partybuilding.members.enums import EventKind, MembershipState
from partybuilding.members.models import PartyMember
from partybuilding.standing.enums import ProbationState
from partybuilding.standing.rules import ProbationRules, joined_by, probation_end, probation_state
from portal.access.actor import Actor
from portal.access.scoping import everything, scoped
from portal.regulations.selectors import values

PARAMETERS = {
    "member.probation_months": "months",
    "member.probation_extension_least": "extension_least",
    "member.probation_extension_most": "extension_most",
    "member.probation_due_days": "due_days",
}


def probation_rules(day: date) -> ProbationRules:
    """The parameters of probation in force on a day (R-000)."""
    found = values(PARAMETERS, on=day)
    return ProbationRules(**{field: int(found[code]) for code, field in PARAMETERS.items()})


def probationary(rows: QuerySet[PartyMember], day: date) -> QuerySet[PartyMember]:
    """Who is a probationary member with the relation on the roster on a day."""
    rows = rows.filter(current_on(day), membership_state=MembershipState.PROBATIONARY)
    return rows.exclude(relation_in_organization=False)


def _ends_by(day: date, rules: ProbationRules) -> Q:
    extended = Q(probation_until_on__isnull=False)
    return (extended & Q(probation_until_on__lte=day)) | (~extended & Q(joined_on__lte=joined_by(day, rules)))


def in_probation_state(state: str, day: date, rules: ProbationRules) -> Q:
    """`rules.probation_state` as a filter."""
    known = Q(joined_on__isnull=False)
    late, soon = _ends_by(day - timedelta(days=1), rules), _ends_by(day + timedelta(days=rules.due_days), rules)
    return {
        ProbationState.OVERDUE: known & late,
        ProbationState.DUE: known & soon & ~late,
        ProbationState.RUNNING: known & ~soon,
        ProbationState.UNREPORTED: Q(joined_on=None),
    }[ProbationState(state)]


def probation_counts(rows: QuerySet[PartyMember], day: date, rules: ProbationRules) -> dict[ProbationState, int]:
    """How many rows are in each state: one query."""
    counted = rows.order_by().aggregate(
        **{state: Count("pk", filter=in_probation_state(state, day, rules)) for state in ProbationState}
    )
    return {state: counted[state] for state in ProbationState}


def attach_probation(rows: Iterable[Any], day: date, rules: ProbationRules) -> None:
    """Sets `probation_end` and `probation_state` on members."""
    for row in rows:
        row.probation_end = probation_end(row.joined_on, row.probation_until_on, rules)
        row.probation_state = probation_state(row.joined_on, row.probation_until_on, day, rules)


def was_suspended(member: PartyMember) -> bool:
    """Whether the row ended because the membership was suspended."""
    with everything("the history of one member"):
        latest = member.events.order_by("-happened_on", "-pk").first()
    return latest is not None and latest.kind == EventKind.SUSPENDED


def probationary_of(actor: Actor, organization_pk: int, day: date) -> QuerySet[PartyMember]:
    """The probationary members of one organisation."""
    return probationary(scoped(PartyMember, actor).filter(organization=organization_pk), day)
