"""Records that a full list lacks: read, and decided one by one or many at a time. Nothing of it is ever automatic."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import GuardedQuerySet
from portal.audit.services import record
from portal.importing import resource_for
from portal.importing.enums import AbsenceDecision, BatchState
from portal.importing.models import ImportAbsence, ImportBatch

KEEP = "keep"
OF_BATCH = "absences of a batch that the caller has already reached"
DECIDABLE = frozenset({BatchState.PREVIEWED, BatchState.COMMITTED})
AT_ONCE = 500


def absences(batch: ImportBatch, decision: str | None = None) -> GuardedQuerySet[ImportAbsence]:
    """The absent records by name; with ``decision`` only those decided so (``""``: still open)."""
    found = ImportAbsence.objects.unscoped(OF_BATCH).filter(batch=batch).select_related("decided_by")
    return found if decision is None else found.filter(decision=decision)


def actions(batch: ImportBatch) -> dict[str, str]:
    """What a person may decide: keep it as it is, or what the kind offers."""
    return {KEEP: "保留不变", **resource_for(batch.kind).absence_actions()}


def decide(
    batch: ImportBatch,
    chosen: Sequence[int],
    *,
    action: str,
    remark: str = "",
    actor: Actor,
    now: dt.datetime,
) -> int:
    """Decide open absences by their keys, at most ``AT_ONCE`` in one go; returns how many.

    Each decision leaves an audit event of the batch; what it changes is changed by the record's own service, with an
    event of its own. Raises ``Refused``, and ``Conflict`` when somebody else decided one of them meanwhile.
    """
    if batch.state not in DECIDABLE:
        raise Refused("import.state", f"本批次现在是「{batch.state_label}」，不能处理名单外的记录。")
    if action not in actions(batch):
        raise Refused("absence.action", "没有这种处理方式。请从列表中重新选择。")
    if action != KEEP and not remark.strip():
        label = actions(batch)[action]
        raise Refused(
            "absence.basis", f"「{label}」须有依据，说明现在是空的。请填写批准文件的文号，例如 湘民社〔2026〕12号。"
        )
    rows = list(absences(batch, AbsenceDecision.OPEN).filter(pk__in=chosen)[:AT_ONCE])
    if not rows:
        raise Refused("absence.none", "没有选择未处理的记录。请先勾选要处理的记录。")
    resource, on = resource_for(batch.kind), batch.effective_on or timezone.localdate(now)
    decision = AbsenceDecision.KEPT if action == KEEP else AbsenceDecision.SETTLED
    with transaction.atomic():
        decided = absences(batch, AbsenceDecision.OPEN).filter(pk__in=[row.pk for row in rows])
        changes = {"decision": decision, "action": action, "remark": remark}
        done = decided.order_by().update(**changes, decided_by_id=actor.user_id, decided_at=now)
        if done != len(rows):
            raise Conflict("所选记录中有的刚刚已由他人处理。请刷新后重新选择。")
        for row in rows:
            if action != KEEP:
                try:
                    resource.settle(row.subject_pk, action, remark=remark.strip(), actor=actor, on=on, now=now)
                except Refused as refused:
                    raise Refused(refused.code, f"「{row.label}」没有处理：{refused.reason}") from refused
        kept = {"action": actions(batch)[action], "records": [row.label for row in rows], "remark": remark}
        record("importing.absence", actor=actor, subject=batch, after=kept, now=now)
    return len(rows)
