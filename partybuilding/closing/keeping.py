"""Keeping an edition: units whose lists changed are reopened, every row and every change is stored (X-21).

Runs in the background before a report is built, in short transactions, and again from the start after a break: nobody
reads an edition before its report is a draft.
"""

import time
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection, transaction

from partybuilding.closing.models import CloseChange, CloseEdition, CloseRow
from partybuilding.closing.rules import Change
from partybuilding.closing.selectors import Row
from partybuilding.closing.whole import whole
from portal.jobs.runner import JobContext

CHUNK = 2000
SQLITE_PAUSE_SECONDS = 0.02


def keep_rows(edition: CloseEdition, rows: Collection[Row], context: JobContext) -> None:
    """Replace the rows of an edition."""
    kept = whole(CloseRow)
    with transaction.atomic():
        kept.filter(edition=edition)._raw_delete(kept.db)
    in_chunks(
        CloseRow,
        (
            CloseRow(edition=edition, unit_key=row.kept.unit, is_carried=row.kept.is_carried, **kept_fields(row))
            for row in rows
        ),
        len(rows),
        context,
        "正在留存名单",
    )


def kept_fields(row: Row) -> dict[str, Any]:
    """The columns of `KeptAssociation` for a row."""
    facts = row.kept.facts
    return {
        "association_id": row.pk,
        "name": row.name,
        "uscc": row.uscc,
        "kind": row.kind,
        "region_path": row.region_path,
        "grade": row.grade,
        "cover": facts.cover,
        "has_instructor": facts.has_instructor,
        "has_group": facts.has_group,
        "relation_count": facts.relation_count,
        "working_count": facts.working_count,
    }


def keep_changes(edition: CloseEdition, found: Collection[Change], names: Any, context: JobContext) -> None:
    """Replace the ledger of an edition."""
    kept = whole(CloseChange)
    with transaction.atomic():
        kept.filter(edition=edition)._raw_delete(kept.db)
    in_chunks(
        CloseChange,
        (change_row(change, names[change.association], edition) for change in found),
        len(found),
        context,
        "正在留存变动",
    )


def change_row(change: Change, name: str, edition: CloseEdition | None = None) -> CloseChange:
    """A change as a ledger keeps it."""
    return CloseChange(
        edition=edition,
        association_id=change.association,
        name=name,
        unit_key=change.unit,
        measure=change.measure,
        delta=change.delta,
        reason=change.reason or "",
        on=change.on,
        text=change.text[:400],
        document=change.document[:80],
    )


def in_chunks(model: Any, rows: Iterable[Any], total: int, context: JobContext, message: str) -> None:
    """Create many rows in short transactions, with progress; on SQLite others get their turn between them."""
    pending, done = [], 0
    for row in rows:
        pending.append(row)
        if len(pending) == CHUNK:
            model.objects.bulk_create(pending)
            done += len(pending)
            pending = []
            context.progress(done, total, message)
            if connection.vendor == "sqlite":
                time.sleep(SQLITE_PAUSE_SECONDS)
    model.objects.bulk_create(pending)
