"""The tab 台账 of a unit."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse

from campaigns.ledgers.enums import UNDERTAKEN, EntryKind, EntryState
from campaigns.ledgers.models import Entry
from campaigns.ledgers.rating_views import RATING_COLUMNS
from campaigns.ledgers.rules import is_overdue, may_keep
from campaigns.ledgers.selectors import entries_of_unit, keeping_facts, present_ratings, rated_lines
from campaigns.ledgers.views import ENTRY_COLUMNS
from campaigns.plans.models import Unit
from campaigns.plans.transitions import PLANNERS
from portal.access.actor import Actor
from portal.screens.columns import may_see, table
from portal.screens.panels import AttentionItem, PanelContent


def ledgers_panel(actor: Actor, unit: Unit, day: date) -> PanelContent:
    """Every ledger of the unit, with buttons for those it may keep."""
    rows = entries_of_unit(actor, unit)
    is_kept = may_see(PLANNERS, actor) and bool(may_keep(keeping_facts(unit, actor, day, EntryKind.MATTER)))
    return PanelContent(
        "campaigns/ledgers/panel.html",
        {
            "add": [(kind.label, reverse("campaigns:entry_new", args=[unit.pk, kind])) for kind in EntryKind]
            if is_kept
            else [],
            "summary": _summary(rows, day),
            "entries": table("台账", ENTRY_COLUMNS, rows, empty="还没有台账。"),
            "ratings": table("成效自评", RATING_COLUMNS, present_ratings(actor, unit), empty="还没有自评。"),
            "rate_url": reverse("campaigns:self_rating", args=[unit.pk]) if is_kept and rated_lines(unit, day) else "",
        },
    )


def _summary(rows: Sequence[Entry], day: date) -> str:
    kept = [row for row in rows if row.state != EntryState.WITHDRAWN]
    undertaken = [row for row in kept if row.kind in UNDERTAKEN]
    done = sum(row.state == EntryState.DONE for row in undertaken)
    late = sum(is_overdue(row.state, row.due_on, day) for row in undertaken)
    if not kept:
        return ""
    words = f"在册 {len(kept)} 项；办实事、解决问题、建立机制 {len(undertaken)} 项，已完成 {done} 项"
    return f"{words}，逾期 {late} 项。" if late else f"{words}。"


def attention(actor: Actor, unit: Unit, day: date) -> list[AttentionItem]:
    """What the unit undertook and has not done in time."""
    late = [row for row in entries_of_unit(actor, unit) if is_overdue(row.state, row.due_on, day)]
    if not late:
        return []
    return [AttentionItem(f"台账中有 {len(late)} 项逾期未完成：{late[0]}。请办理。", url="?tab=ledgers")]
