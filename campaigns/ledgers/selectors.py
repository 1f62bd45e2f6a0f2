"""Reading ledgers: the entries an actor reaches, how many of each kind, and a unit's rating of itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from campaigns.ledgers.enums import EntryKind, EntryState
from campaigns.ledgers.models import Entry
from campaigns.ledgers.rules import EntryFacts
from campaigns.plans.enums import CampaignState, ItemKind
from campaigns.plans.models import Campaign, CampaignItem, Unit
from campaigns.plans.selectors import WHOLE, is_own_unit, is_reviewer
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
