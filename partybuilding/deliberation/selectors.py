"""Reading decisions, interactions and agreements."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from associations.checklists.enums import Occasion
from associations.checklists.models import ChecklistTemplate
from associations.checklists.selectors import templates_for
from associations.registry.models import Association, current_on
from partybuilding.deliberation.enums import Outcome, ReviewState
from partybuilding.deliberation.models import Agreement, Interaction, MajorDecision
from partybuilding.deliberation.rules import ADVERSE
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.regulations.rules import Rate

_VOTED = Q(voted_on__isnull=False)
_REVIEWED = _VOTED & Q(reviewed_on__isnull=False)
_AGAINST = Q(opinion__in=ADVERSE) & ~Q(outcome=Outcome.REJECTED)
# `rules.review_state` as filters; the database holds no opinion that is later than its vote.
STATES = {
    ReviewState.UNREVIEWED: _VOTED & Q(reviewed_on=None),
    ReviewState.CONTRARY: _REVIEWED & _AGAINST,
    ReviewState.PENDING: ~_VOTED,
    ReviewState.REVIEWED: _REVIEWED & ~_AGAINST,
}


def in_state(state: str) -> Q:
    return STATES[ReviewState(state)]


def with_day(rows: QuerySet[MajorDecision]) -> QuerySet[Any]:
    """Annotates `day`: of the vote, else of the opinion."""
    return rows.annotate(day=Coalesce("voted_on", "reviewed_on"))


def state_counts(rows: QuerySet[MajorDecision]) -> dict[ReviewState, int]:
    """How many decisions are in each state: one query."""
    counted = rows.order_by().aggregate(**{state: Count("pk", filter=where) for state, where in STATES.items()})
    return {state: counted[state] for state in ReviewState}


def review_rate(counts: dict[ReviewState, int]) -> Rate:
    """R-101: of the decisions that were voted on, those the Party organisation had studied before."""
    studied = counts[ReviewState.REVIEWED] + counts[ReviewState.CONTRARY]
    return Rate(studied, studied + counts[ReviewState.UNREVIEWED])


def decisions_of(actor: Actor, organization: PartyOrganization) -> QuerySet[MajorDecision]:
    """The latest first."""
    rows = scoped(MajorDecision, actor).filter(organization=organization).select_related("association")
    return with_day(rows).order_by("-day", "-pk")


def interactions_of(actor: Actor, organization: PartyOrganization) -> QuerySet[Interaction]:
    rows = scoped(Interaction, actor).filter(organization=organization).select_related("association")
    return rows.order_by("-held_on", "-pk")


def agreements_of(actor: Actor, organization: PartyOrganization) -> list[Agreement]:
    """Those in force first."""
    rows = scoped(Agreement, actor).filter(organization=organization).select_related("association")
    return sorted(rows, key=lambda row: (row.ends_on is not None, -(row.starts_on or date.min).toordinal(), row.pk))


def associations_of(actor: Actor, organization: PartyOrganization, day: date) -> list[Association]:
    """The associations in the actor's scope that an organisation covers on a day."""
    rows = scoped(CoveredAssociation, actor).filter(current_on(day), organization=organization)
    return [row.association for row in rows.select_related("association__region").order_by("association__name", "pk")]


def matter_list(association: Association, day: date) -> ChecklistTemplate | None:
    """The list of matters in force for an association on a day."""
    return next(iter(templates_for(association, day, Occasion.DECISION)), None)


def unreviewed_of(actor: Actor, organization: PartyOrganization) -> int:
    """How many decisions were voted on without the Party organisation's opinion."""
    rows = scoped(MajorDecision, actor).filter(in_state(ReviewState.UNREVIEWED), organization=organization)
    return rows.count()
