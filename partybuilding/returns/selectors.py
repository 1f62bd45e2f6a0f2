"""Reading the comparison of two years: reported, or from roster and history; and members by committee (R-102)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from associations.registry.models import current_on
from partybuilding.members.enums import JOINING, LEAVING, MembershipState
from partybuilding.members.models import MemberEvent, PartyMember
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import existing_on
from partybuilding.returns.models import MemberReturn
from partybuilding.returns.rules import NAMES, Lines, lines_of
from portal.access.actor import Actor
from portal.access.scoping import scoped

REPORTED, ROSTERED = "reported", "roster"


def ends_of(year: int, today: date) -> tuple[date, date]:
    """The two days a year is compared between: the last of the year before, and its own last or today."""
    return date(year - 1, 12, 31), min(date(year, 12, 31), today)


def with_relation(actor: Actor) -> QuerySet[PartyMember]:
    """Roster rows that count: the relation is there (R-102)."""
    return scoped(PartyMember, actor).exclude(relation_in_organization=False)


def compared(rows: QuerySet[PartyOrganization], actor: Actor, year: int, today: date) -> QuerySet[PartyOrganization]:
    """`has_return`, `has_roster` and `difference` of each organisation: what the list filters and orders by."""
    first, last = ends_of(year, today)
    members = with_relation(actor).filter(organization=OuterRef("pk")).order_by()
    events = scoped(MemberEvent, actor).filter(organization=OuterRef("pk")).order_by()
    events = events.filter(happened_on__gt=first, happened_on__lte=last)
    reported = scoped(MemberReturn, actor).filter(organization=OuterRef("pk"), year=year).order_by()

    def number(found: QuerySet[Any]) -> Coalesce:
        counted = found.values("organization").annotate(number=Count("pk")).values("number")
        return Coalesce(Subquery(counted, output_field=IntegerField()), 0)

    joined, left = events.filter(kind__in=_values(JOINING)), events.filter(kind__in=_values(LEAVING))
    rows = rows.annotate(
        has_return=Exists(reported),
        has_roster=Exists(members),
        reported_difference=Subquery(reported.annotate(difference=DIFFERENCE).values("difference")),
        roster_difference=number(members.filter(current_on(last)))
        - number(members.filter(current_on(first)))
        - number(joined)
        + number(left),
    )
    return rows.annotate(
        difference=Case(
            When(has_return=True, then=F("reported_difference")),
            When(has_roster=True, then=F("roster_difference")),
            default=None,
            output_field=IntegerField(),
        )
    )


DIFFERENCE = (
    F("actual")
    - F("opening")
    - F("admitted")
    - F("restored")
    - F("moved_in")
    + F("expelled")
    + F("suspended")
    + F("died")
    + F("moved_out")
)


def _values(kinds: Iterable[Any]) -> list[str]:
    return [str(kind) for kind in kinds]


def roster_lines(actor: Actor, pks: Iterable[int], year: int, today: date) -> dict[int, Lines]:
    """The lines of organisations by their rosters and histories: two queries however many they are."""
    first, last = ends_of(year, today)
    wanted = list(pks)
    members = with_relation(actor).filter(organization__in=wanted).order_by()
    ends = {
        pk: (opening, actual)
        for pk, opening, actual in members.values_list("organization").annotate(
            opening=Count("pk", filter=current_on(first)), actual=Count("pk", filter=current_on(last))
        )
    }
    found: dict[int, dict[tuple[str, bool], int]] = defaultdict(dict)
    events = scoped(MemberEvent, actor).filter(organization__in=wanted, happened_on__gt=first, happened_on__lte=last)
    for pk, kind, is_whole, number in (
        events.order_by().values_list("organization", "kind", "is_whole").annotate(Count("pk"))
    ):
        found[pk][kind, is_whole] = number
    return {pk: lines_of(*ends.get(pk, (0, 0)), found.get(pk, {})) for pk in wanted}


def attach_lines(actor: Actor, rows: Iterable[Any], year: int, today: date) -> None:
    """Sets `lines` and `basis` on compared rows: the return where there is one, else the roster, else nothing."""
    listed = list(rows)
    reported = {
        one.organization_id: one.lines
        for one in scoped(MemberReturn, actor).filter(year=year, organization__in=[row.pk for row in listed])
    }
    rostered = roster_lines(actor, [row.pk for row in listed if row.has_roster and not row.has_return], year, today)
    for row in listed:
        row.lines = reported.get(row.pk) or rostered.get(row.pk)
        row.basis = REPORTED if row.pk in reported else ROSTERED if row.pk in rostered else ""


def total_lines(actor: Actor, rows: QuerySet[Any], year: int, today: date) -> Lines:
    """The sum over compared rows that have lines, by the database and not by adding the page up (R-171)."""
    first, last = ends_of(year, today)
    told = rows.filter(has_return=True).order_by().values("pk")
    kept = rows.filter(has_return=False, has_roster=True).order_by().values("pk")
    sums = scoped(MemberReturn, actor).filter(year=year, organization__in=told)
    reported = Lines(**{name: number or 0 for name, number in sums.aggregate(**{n: Sum(n) for n in NAMES}).items()})
    members = with_relation(actor).filter(organization__in=kept)
    events = scoped(MemberEvent, actor).filter(organization__in=kept, happened_on__gt=first, happened_on__lte=last)
    counted = {
        (kind, is_whole): number
        for kind, is_whole, number in events.order_by().values_list("kind", "is_whole").annotate(Count("pk"))
    }
    ends = members.aggregate(opening=Count("pk", filter=current_on(first)), actual=Count("pk", filter=current_on(last)))
    return reported + lines_of(ends["opening"], ends["actual"], counted)


def returns_of(actor: Actor, organization: PartyOrganization) -> list[MemberReturn]:
    return list(scoped(MemberReturn, actor).filter(organization=organization).order_by("-year"))


@dataclass(frozen=True, slots=True)
class CommitteeNumbers:
    """Members under one committee on a day: reported, on rosters, and guests whose relation is elsewhere."""

    pk: int | None
    name: str
    organization_count: int
    rostered_count: int
    reported_full: int
    reported_probationary: int
    full: int
    probationary: int
    guests: int

    @property
    def members(self) -> int:
        return self.full + self.probationary


def numbers_by_committee(actor: Actor, day: date) -> list[CommitteeNumbers]:
    """R-102: each member where the relation is. One relation a person, so the committees add up to persons."""
    organizations = scoped(PartyOrganization, actor).filter(existing_on(day)).order_by()
    reported = {
        row["committee"]: row
        for row in organizations.values("committee", "committee__name").annotate(
            number=Count("pk"), full=Sum("full_member_count"), probationary=Sum("probationary_member_count")
        )
    }
    present = scoped(PartyMember, actor).filter(current_on(day)).order_by()
    here = ~Q(relation_in_organization=False)
    counted = {
        row["organization__committee"]: row
        for row in present.values("organization__committee", "organization__committee__name").annotate(
            full=Count("pk", filter=here & Q(membership_state=MembershipState.FULL)),
            probationary=Count("pk", filter=here & Q(membership_state=MembershipState.PROBATIONARY)),
            guests=Count("pk", filter=Q(relation_in_organization=False)),
            rostered=Count("organization", distinct=True, filter=here),
        )
    }
    found = []
    for pk in reported.keys() | counted.keys():
        told: Any = reported.get(pk, {})
        own: Any = counted.get(pk, {})
        found.append(
            CommitteeNumbers(
                pk=pk,
                name=told.get("committee__name") or own.get("organization__committee__name") or NOBODY,
                organization_count=told.get("number", 0),
                rostered_count=own.get("rostered", 0),
                reported_full=told.get("full") or 0,
                reported_probationary=told.get("probationary") or 0,
                full=own.get("full", 0),
                probationary=own.get("probationary", 0),
                guests=own.get("guests", 0),
            )
        )
    return sorted(found, key=lambda one: (one.pk is None, one.name))


NOBODY = "未明确综合（行业）党委"


def persons_on(actor: Actor, day: date) -> int:
    """How many persons have their relation with an organisation in scope: counted as persons."""
    return with_relation(actor).filter(current_on(day)).values("person").distinct().count()
