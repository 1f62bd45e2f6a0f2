"""Reading ledgers: the entries an actor reaches, how many of each kind, and a unit's rating of itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from associations.evaluation.selectors import grade_level
from associations.registry.models import Association, current_on
from campaigns.ledgers.enums import EntryKind, EntryState
from campaigns.ledgers.models import Entry, GradeApplication, SelfRating, Signatory
from campaigns.ledgers.rules import EntryFacts
from campaigns.plans.enums import CampaignState, ItemKind, Target
from campaigns.plans.models import Campaign, CampaignItem, Criterion, Unit
from campaigns.plans.selectors import WHOLE, associations_of, is_own_unit, is_reviewer
from partybuilding.organizations.models import CoveredAssociation
from portal.access.actor import Actor
from portal.access.scoping import scoped

LATE = Q(state=EntryState.OPEN)


def late_q(day: date) -> Q:
    """Entries open after their last day, as `is_overdue` says for one."""
    return LATE & Q(due_on__lt=day)


def entries_for(actor: Actor, campaign: Campaign) -> QuerySet[Entry]:
    """The entries of a campaign that the actor reads, with their units."""
    rows = scoped(Entry, actor).filter(unit__campaign=campaign)
    return rows.select_related("unit__organization__committee", "unit__department__parent", "arena")


def arenas_of(campaign: Campaign) -> QuerySet[CampaignItem]:
    """The fields in which units compete, as the campaign's document names them."""
    return CampaignItem.objects.unscoped(WHOLE).filter(campaign=campaign, kind=ItemKind.ARENA).order_by("number")


def signatories_of(entry: Entry) -> list[Signatory]:
    """Who signed one pledge that the caller has reached."""
    rows = Signatory.objects.unscoped("who signed one pledge that the caller has reached").filter(entry=entry)
    return list(rows.order_by("number"))


def keeping_facts(unit: Unit, actor: Actor, day: date, kind: str) -> EntryFacts:
    """What decides whether the actor may keep the unit's ledger."""
    return EntryFacts(
        kind=kind,
        is_own=is_own_unit(unit, actor),
        is_running=unit.campaign.state == CampaignState.RUNNING,
        has_left=unit.left_on is not None,
        starts_on=unit.campaign.starts_on,
        today=day,
        is_reviewer=is_reviewer(unit, actor),
    )


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """How one ledger stands: what is on record, and of what was undertaken what is open, late and done."""

    kind: EntryKind
    total: int
    open: int
    late: int
    done: int

    def __str__(self) -> str:
        return str(self.kind.label)


def ledger_lines(rows: QuerySet[Entry], day: date) -> list[LedgerLine]:
    """The ledgers of some entries in their order, one query; withdrawn entries count nowhere."""
    counted = (
        rows.exclude(state=EntryState.WITHDRAWN)
        .order_by("kind")
        .values("kind")
        .annotate(
            total=Count("pk"),
            open=Count("pk", filter=Q(state=EntryState.OPEN)),
            late=Count("pk", filter=late_q(day)),
            done=Count("pk", filter=Q(state=EntryState.DONE)),
        )
    )
    found = {row["kind"]: row for row in counted}
    return [
        LedgerLine(kind, *(found[kind][name] for name in ("total", "open", "late", "done")))
        for kind in EntryKind
        if kind in found
    ]


def entries_of_unit(actor: Actor, unit: Unit) -> Sequence[Entry]:
    """A unit's entries, newest first within their ledgers."""
    order = {kind: number for number, kind in enumerate(EntryKind.values)}
    rows = scoped(Entry, actor).filter(unit=unit).order_by("-began_on", "pk")
    return sorted(rows, key=lambda row: order[row.kind])


@dataclass(frozen=True, slots=True)
class RatedLine:
    """One line on which a unit rates itself: an outcome of the campaign, or a criterion for one of its associations."""

    outcome: CampaignItem | None
    criterion: Criterion | None
    association: Association | None

    @property
    def key(self) -> str:
        """What names the line in a form."""
        if self.outcome is not None:
            return f"outcome-{self.outcome.pk}"
        assert self.criterion is not None  # noqa: S101  one of the two
        return f"criterion-{self.criterion.pk}-{self.association.pk if self.association else 0}"

    def __str__(self) -> str:
        about = f"（{self.association}）" if self.association else ""
        return f"{self.outcome or self.criterion}{about}"


def rated_lines(unit: Unit, day: date) -> list[RatedLine]:
    """On what a unit rates itself: the campaign's outcomes, and of its sets of criteria those about organisations and,
    for each association the unit covers, those about associations (C-11, A-90). Four queries."""
    campaign = unit.campaign
    outcomes = CampaignItem.objects.unscoped(WHOLE).filter(campaign=campaign, kind=ItemKind.OUTCOME)
    lines = [RatedLine(one, None, None) for one in outcomes.order_by("number")]
    if unit.organization_id is None:
        return lines
    criteria = Criterion.objects.filter(criterion_set__campaigns=campaign).select_related("criterion_set")
    covered = CoveredAssociation.objects.unscoped(WHOLE).filter(current_on(day), organization=unit.organization_id)
    own = [row.association for row in covered.select_related("association").order_by("pk")]
    for criterion in criteria.order_by("criterion_set__target", "criterion_set__code", "number"):
        target = criterion.criterion_set.target
        if target == Target.ORGANIZATION:
            lines.append(RatedLine(None, criterion, None))
        elif target == Target.ASSOCIATION:
            lines += [RatedLine(None, criterion, association) for association in own]
    return lines


def present_ratings(actor: Actor, unit: Unit) -> list[SelfRating]:
    """The newest rating of each line of a unit; all of them are kept."""
    rows = scoped(SelfRating, actor).filter(unit=unit).select_related("outcome", "criterion__criterion_set")
    newest: dict[Any, SelfRating] = {}
    for row in rows.select_related("association").order_by("rated_on", "pk"):
        newest[row.outcome_id, row.criterion_id, row.association_id] = row
    return list(newest.values())


def graded_associations(actor: Actor, campaign: Campaign, day: date) -> QuerySet[Association]:
    """The associations of a campaign that the actor reads: `grade` on the day and what was `applied` for (A-90)."""
    mine = GradeApplication.objects.filter(campaign=campaign, association=OuterRef("pk"), applied_on__lte=day)
    rows: Any = scoped(Association, actor).filter(pk__in=associations_of(campaign, day).values("pk"))
    found: QuerySet[Association] = rows.annotate(
        grade=grade_level(day),
        applied_on=Subquery(mine.values("applied_on")[:1]),
        wanted=Subquery(mine.values("wanted")[:1]),
    )
    return found
