"""Reading batches for pages and for the command line."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from portal.access.actor import Actor
from portal.access.scoping import GuardedQuerySet, scoped
from portal.importing import places
from portal.importing.enums import Action, BatchState, Outcome, Severity, Undo
from portal.importing.models import ImportBatch, ImportIssue, ImportRow

UNDO_DAYS = 30
KEPT_AFTER_PREVIEW = dt.timedelta(hours=24)
OF_BATCH = "rows of a batch that the caller has already reached"


def batches(actor: Actor) -> GuardedQuerySet[ImportBatch]:
    """The batches an actor reaches, newest first."""
    return scoped(ImportBatch, actor).select_related("user")


def issues(batch: ImportBatch, severity: str = "", code: str = "") -> GuardedQuerySet[ImportIssue]:
    rows = ImportIssue.objects.unscoped(OF_BATCH).filter(batch=batch)
    if severity:
        rows = rows.filter(severity=severity)
    return rows.filter(code=code) if code else rows


def issue_counts(batch: ImportBatch) -> dict[str, int]:
    """``{severity: number of issues}``."""
    counted = issues(batch).order_by().values_list("severity").annotate(Count("pk"))
    return {severity.value: dict(counted).get(severity.value, 0) for severity in Severity}


def issue_codes(batch: ImportBatch, severity: str) -> list[tuple[str, int]]:
    """``(code, count)`` of one severity, most frequent first."""
    counted = issues(batch, severity).order_by().values_list("code").annotate(count=Count("pk"))
    return list(counted.order_by("-count", "code"))


def open_references(batch: ImportBatch) -> list[tuple[str, str, int]]:
    """``(field, name in the file, rows)`` of the references that nobody could resolve."""
    found = issues(batch, Severity.ERROR).filter(code__in=["reference.unknown", "reference.ambiguous"])
    return list(found.order_by().values_list("field", "value").annotate(Count("pk")))


def rows(batch: ImportBatch, outcome: str = "") -> GuardedQuerySet[ImportRow]:
    found = ImportRow.objects.unscoped(OF_BATCH).filter(batch=batch)
    return found.filter(outcome=outcome) if outcome in Outcome.values else found


def left_rows(batch: ImportBatch) -> GuardedQuerySet[ImportRow]:
    """Rows that an undo left alone, because their records changed since."""
    return rows(batch).filter(undo=Undo.LEFT)


@dataclass(frozen=True, slots=True)
class Change:
    """One insert or update as planned; ``refs`` name columns that another row of the file fills."""

    table: str
    action: str
    key: int | str
    before: dict[str, Any]
    after: dict[str, Any]
    refs: dict[str, int]


def changes(batch: ImportBatch, row_numbers: list[int]) -> dict[int, list[Change]]:
    """The planned or applied changes of some rows, the main record's first."""
    found = rows(batch).filter(row_number__in=row_numbers).values_list("row_number", "added", "changed")
    return {number: [*_changed(changed or {}), *_added(added or {})] for number, added, changed in found}


def _added(plan: dict[str, list[dict[str, Any]]]) -> Iterator[Change]:
    for table, records in plan.items():
        for record in records:
            after = {name: value for name, value in record.items() if name not in ("id", "refs")}
            yield Change(table, Action.INSERT, record["id"], {}, after, record.get("refs", {}))


def _changed(plan: dict[str, list[dict[str, Any]]]) -> Iterator[Change]:
    for table, records in plan.items():
        for record in records:
            yield Change(table, Action.UPDATE, record["id"], record["before"], record["after"], record.get("refs", {}))


def kept_rows(batch: ImportBatch) -> GuardedQuerySet[ImportRow]:
    """Rows of which a higher source keeps something."""
    return rows(batch).filter(kept__isnull=False)


def kept_columns(batch: ImportBatch) -> list[tuple[str, int]]:
    """``(column, cells)`` that a higher source keeps, most first."""
    kept = kept_rows(batch).values_list("kept", flat=True)
    counted = Counter(code for cells in kept.iterator() for code in cells or ())
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def same_file_before(batch: ImportBatch, actor: Actor) -> ImportBatch | None:
    """An earlier batch that wrote the very same file."""
    twins = scoped(ImportBatch, actor).filter(file_sha256=batch.file_sha256, kind=batch.kind)
    return twins.filter(state=BatchState.COMMITTED).exclude(pk=batch.pk).first()


def undo_deadline(batch: ImportBatch) -> dt.datetime | None:
    """The last moment at which the batch can be undone."""
    return batch.committed_at + dt.timedelta(days=UNDO_DAYS) if batch.committed_at else None


def stale(now: dt.datetime) -> list[ImportBatch]:
    """Open batches whose last preview (or upload) is more than 24 hours old."""
    limit = now - KEPT_AFTER_PREVIEW
    open_batches = ImportBatch.objects.unscoped("stale uploads are deleted for everybody").filter(
        state__in=[BatchState.UPLOADED, BatchState.STAGING, BatchState.PREVIEWED], created_at__lt=limit
    )
    return [batch for batch in open_batches if (batch.previewed_at or batch.created_at) < limit]


def with_old_errors(now: dt.datetime) -> GuardedQuerySet[ImportBatch]:
    """Batches whose error workbook has outlived the days in which they could be undone."""
    batches = ImportBatch.objects.unscoped("stale uploads are deleted for everybody").select_related("error_file")
    return batches.filter(error_file__deleted_at=None, error_file__created_at__lt=now - dt.timedelta(days=UNDO_DAYS))


def answer(batch: ImportBatch) -> dict[str, Any]:
    """The JSON object of the command line (import contract)."""
    shown = {BatchState.COMMITTED: "committed", BatchState.REFUSED: "refused"}.get(BatchState(batch.state), batch.state)
    found: dict[str, Any] = {
        "batch": batch.number,
        "state": shown,
        "sheet": batch.sheet_name,
        **({"sheets": batch.sheet_names} if len(batch.sheet_names) > 1 else {}),
        "header_rows": batch.header_rows,
        "mapping": {match["path"]: match["code"] for match in batch.mapping},
        "unmapped": [match["path"] for match in batch.mapping if match["code"] is None and match["basis"] in OPEN],
        "missing_required": batch.missing_required,
        "counts": {
            "read": batch.read_count,
            "new": batch.new_count,
            "changed": batch.changed_count,
            "same": batch.same_count,
            "rejected": batch.rejected_count,
            "warned": batch.warned_count,
            "skipped_total_rows": batch.total_row_count,
            "absent": batch.absent_count,
            "kept_by_source": batch.kept_count,
        },
        "rejected": _plain_issues(batch, Severity.ERROR),
        "warnings": _plain_issues(batch, Severity.WARNING),
    }
    if batch.refusal_code:
        found["refusal"] = {"code": batch.refusal_code, "message": batch.refusal_message}
    return found


OPEN = ("", "duplicate")


def _plain_issues(batch: ImportBatch, severity: str) -> list[dict[str, Any]]:
    """``row`` is that of the file; where several sheets were read, ``sheet`` says which."""
    sheets = batch.sheet_names
    return [
        {
            **({"sheet": places.sheet_of(row, sheets)} if len(sheets) > 1 else {}),
            "row": places.row_of(row, sheets),
            "column": column,
            "field": field,
            "value": value,
            "code": code,
            "message": message,
        }
        for row, column, field, value, code, message in issues(batch, severity).values_list(
            "row_number", "column", "field", "value", "code", "message"
        )
    ]
