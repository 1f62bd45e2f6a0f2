"""Reading who of a Party team holds posts in the association: derived from both registers by person, never by name."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value

from associations.governance.models import Officer
from associations.registry.models import Association, current_on
from associations.registry.selectors import active_on
from partybuilding.coverage.facts import cover_q, covering
from partybuilding.deliberation.enums import InteractionKind
from partybuilding.deliberation.models import Interaction
from partybuilding.members.enums import PartyPost
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.enums import Cover
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from partybuilding.posts.enums import CrossState
from partybuilding.posts.rules import LEADING, OUTSIDE, attended_since
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.regulations.selectors import value

ATTENDANCE = "post.attendance_months"


def own_covers(day: date) -> QuerySet[CoveredAssociation]:
    """Relations of associations with organisations of their own (R-081 asks only these)."""
    return covering(day).filter(cover_q(Cover.OWN)).order_by()


def _team(day: date) -> tuple[QuerySet[PartyMember], QuerySet[Secretary]]:
    """The Party team: who holds a Party post on a roster, and the secretaries."""
    return PartyMember.objects.filter(current_on(day)).exclude(party_post="").order_by(), Secretary.objects.filter(
        current_on(day)
    ).order_by()


def _officers(day: date) -> QuerySet[Officer]:
    return Officer.objects.filter(current_on(day)).exclude(post__in=OUTSIDE).order_by()


def _held_by(rows: QuerySet[Any], day: date) -> Exists:
    """In a queryset of officers: whether the person is one of `rows` of the association's own organisations."""
    mine = own_covers(day).filter(organization=OuterRef("organization"), association=OuterRef(OuterRef("association")))
    return Exists(rows.filter(Exists(mine), person=OuterRef("person")))


def attendance_months(day: date) -> int:
    """Within how many months a secretary without a post should have attended a meeting of the management."""
    return int(value(ATTENDANCE, on=day))


def crossing(actor: Actor, day: date, months: int) -> QuerySet[Any]:
    """Associations with an own organisation; how they overlap as `is_crossed`, `is_strict`, `has_team`,
    `has_officers`, `has_secretary`, `secretary_holds_post`, `has_attended`."""
    members, secretaries = _team(day)
    heads = Q(party_post=PartyPost.SECRETARY)
    own = own_covers(day).filter(association=OuterRef("pk"))

    def of_team(rows: QuerySet[Any]) -> Exists:
        # From the association to its few organisations to their people; the other way round reads every roster.
        return Exists(own.filter(Exists(rows.filter(organization=OuterRef("organization")))))

    here = _officers(day).filter(association=OuterRef("pk"))
    by_member, by_secretary = _held_by(members, day), _held_by(secretaries, day)
    by_head = _held_by(members.filter(heads), day)
    since = attended_since(day, months)
    attended = Interaction.objects.filter(
        association=OuterRef("pk"), kind=InteractionKind.ATTENDANCE, held_on__gte=since, held_on__lte=day
    )
    rows = scoped(Association, actor).filter(active_on(day)).filter(Exists(own))
    return rows.annotate(
        is_crossed=Exists(here.filter(by_member | by_secretary)),
        is_strict=Exists(here.filter(post__in=LEADING).filter(by_secretary | by_head)),
        secretary_holds_post=Exists(here.filter(by_secretary | by_head)),
        has_officers=Exists(here),
        has_team=of_team(members) | of_team(secretaries),
        has_secretary=of_team(secretaries) | of_team(members.filter(heads)),
        has_attended=Exists(attended.order_by()),
    )


STATES = {
    CrossState.STRICT: Q(is_strict=True),
    CrossState.CROSSED: Q(is_strict=False, is_crossed=True),
    CrossState.NONE: Q(is_crossed=False, has_team=True, has_officers=True),
    CrossState.UNKNOWN: Q(is_crossed=False) & (Q(has_team=False) | Q(has_officers=False)),
}
APART = Q(has_secretary=True, secretary_holds_post=False, has_attended=False)


def state_of(row: Any) -> CrossState:
    """The state of an annotated association, as the filters have it."""
    if row.is_strict:
        return CrossState.STRICT
    if row.is_crossed:
        return CrossState.CROSSED
    return CrossState.NONE if row.has_team and row.has_officers else CrossState.UNKNOWN


def state_counts(rows: QuerySet[Any]) -> tuple[dict[CrossState, int], int]:
    """How many associations are in each state, and how many secretaries are apart: one query."""
    counted = rows.order_by().aggregate(
        apart=Count("pk", filter=APART), **{state: Count("pk", filter=wanted) for state, wanted in STATES.items()}
    )
    return {state: counted[state] for state in CrossState}, counted["apart"]


@dataclass
class TeamMember:
    """Somebody of a Party team, with what he holds in one association."""

    association_pk: int
    name: str
    party_posts: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)

    @property
    def is_secretary(self) -> bool:
        return str(PartyPost.SECRETARY) in self.party_posts


def teams(actor: Actor, associations: Any, day: date) -> dict[int, list[TeamMember]]:
    """The Party teams of associations' own organisations with the posts each person holds: three queries.

    `associations` are keys, or a queryset of them.
    """
    covers = defaultdict(list)
    own = own_covers(day).filter(association__in=associations)
    rows = scoped(CoveredAssociation, actor).filter(pk__in=own.values("pk")).order_by("pk")
    for organization, association in rows.values_list("organization", "association"):
        covers[organization].append(association)
    found: dict[tuple[int, Any], TeamMember] = {}

    def add(organization: int, person: Any, name: str, post: str) -> None:
        for association in covers.get(organization, ()):
            one = found.setdefault((association, person), TeamMember(association, name))
            if post not in one.party_posts:
                one.party_posts.append(post)

    here = rows.order_by().values("organization")
    told = ("organization", "person", "person__name", "held")
    secretaries = scoped(Secretary, actor).filter(current_on(day), organization__in=here).order_by()
    members = scoped(PartyMember, actor).filter(current_on(day), organization__in=here).exclude(party_post="")
    held = secretaries.annotate(held=Value(str(PartyPost.SECRETARY))).values_list(*told)
    for row in held.union(members.order_by().annotate(held=F("party_post")).values_list(*told)):
        add(*row)
    officers = scoped(Officer, actor).filter(current_on(day), association__in=associations).exclude(post__in=OUTSIDE)
    for officer in officers.order_by("pk"):
        known = found.get((officer.association_id, officer.person_id))
        if known is not None:
            known.posts.append(officer.post)
    order = [str(post) for post in PartyPost]
    result: dict[int, list[TeamMember]] = defaultdict(list)
    for one in sorted(found.values(), key=lambda one: (min(order.index(post) for post in one.party_posts), one.name)):
        result[one.association_pk].append(one)
    return result


def with_pair(rows: QuerySet[Any], party_post: str, post: str, day: date) -> QuerySet[Any]:
    """Associations in which one person holds both posts; an empty one is any."""
    members, secretaries = _team(day)
    officers = _officers(day).filter(association=OuterRef("pk"))
    if post:
        officers = officers.filter(post=post)
    if not party_post:
        return rows.filter(Exists(officers.filter(_held_by(members, day) | _held_by(secretaries, day))))
    held = _held_by(members.filter(party_post=party_post), day)
    if party_post == PartyPost.SECRETARY:
        return rows.filter(Exists(officers.filter(held | _held_by(secretaries, day))))
    return rows.filter(Exists(officers.filter(held)))


def matrix(actor: Actor, day: date) -> dict[tuple[str, str], int]:
    """How many associations have a person with both posts, by (Party post, post in the association)."""
    crossed = crossing(actor, day, 0).filter(is_crossed=True).order_by().values("pk")
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for team in teams(actor, crossed, day).values():
        for pair in {(party_post, post) for one in team for party_post in one.party_posts for post in one.posts}:
            counted[pair] += 1
    return dict(counted)


def associations_of(actor: Actor, organization: PartyOrganization, day: date) -> list[Association]:
    """The associations whose own organisation this is."""
    rows = scoped(Association, actor)
    own = own_covers(day).filter(organization=organization).values("association")
    return list(rows.filter(pk__in=own).order_by("name"))
