"""Reading dual cultivation: what the registers say of a person, and the numbers by direction."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from associations.governance.models import Officer
from associations.registry.models import current_on
from partybuilding.cultivation.enums import REACHED, Direction
from partybuilding.cultivation.models import Cultivation
from partybuilding.cultivation.rules import Evidence
from partybuilding.members.enums import PartyPost
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.models import PartyOrganization
from partybuilding.posts.rules import OUTSIDE
from portal.access.actor import Actor
from portal.access.scoping import everything, scoped
from portal.people.models import Person

HEADS = (PartyPost.SECRETARY, PartyPost.DEPUTY_SECRETARY)
LONG_AGO = date(1921, 7, 1)


def evidence_of(person: Person, organization: PartyOrganization, on: date) -> Evidence:
    """What the registers say of a person on a day, in this organisation and the associations it covers.

    A Party post on the roster has no day of its own; it holds since the person is on it, or since its term began.
    """
    with everything("what the registers say of one person of the organisation"):
        rows = PartyMember.objects.filter(current_on(on), person=person, organization=organization)
        members = list(rows.order_by("pk"))
        secretary = Secretary.objects.filter(current_on(on), person=person, organization=organization).first()
        covered = organization.covered.filter(current_on(on)).values("association")
        officers = Officer.objects.filter(current_on(on), person=person, association__in=covered)
        officer = officers.exclude(post__in=OUTSIDE).order_by("starts_on", "pk").first()
    joined = [one.joined_on for one in members if one.joined_on is not None]
    head = next((one for one in members if one.party_post in HEADS), None)
    since: date | None = None
    if secretary is not None:
        since = secretary.starts_on or LONG_AGO
    elif head is not None:
        since = organization.term_started_on or head.starts_on or LONG_AGO
    return Evidence(
        probationary_since=min(joined) if joined else (LONG_AGO if members else None),
        secretary_since=since,
        officer_since=(officer.starts_on or LONG_AGO) if officer is not None else None,
        is_party_member=bool(members) or secretary is not None,
    )


def direction_counts(rows: QuerySet[Cultivation]) -> dict[Direction, tuple[int, int]]:
    """By direction: how many are or were cultivated, how many of them reached the result. One query."""
    reached = Q(result__in=[str(one) for one in REACHED])
    counted: dict[str, Any] = {
        direction: (number, done)
        for direction, number, done in rows.order_by()
        .values_list("direction")
        .annotate(number=Count("pk"), done=Count("pk", filter=reached))
    }
    return {direction: counted.get(direction.value, (0, 0)) for direction in Direction}


def cultivations_of(actor: Actor, organization: PartyOrganization) -> list[Cultivation]:
    rows = scoped(Cultivation, actor).filter(organization=organization).select_related("person")
    return list(rows.order_by("-starts_on", "-pk")[:100])
