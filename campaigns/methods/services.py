"""Every write of what units did under the methods of a campaign."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from associations.registry.services import checked, require_role, within_scope
from campaigns.methods.models import MethodRecord
from campaigns.methods.rules import may_record, may_record_directly, may_withdraw
from campaigns.methods.selectors import record_facts, withdraw_facts
from campaigns.plans.models import Method, Unit
from campaigns.plans.transitions import READERS
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.audit.services import record as note
from portal.files.models import StoredFile
from portal.files.services import remove
from portal.workflow.services import update_versioned

# The unit's own secretary, its committee, and whoever runs the campaign; which of them, the method's form says.
RECORDERS = READERS


def check_record(unit: Unit, method: Method, done_on: date | None, actor: Actor, now: datetime) -> None:
    """Raise `Refused` with the rule unless the actor may record that the unit did this method on that day (R-112)."""
    require_role(actor, RECORDERS, "登记推进方式")
    within_scope(unit, actor, "单位")
    if method.campaign_id != unit.campaign_id:
        raise Refused("method.foreign", f"「{method}」不是「{unit.campaign}」的推进方式。请重新选择。")
    decision = may_record(record_facts(unit, method, actor, localdate(now), done_on))
    if not decision:
        raise Refused("method.record", decision.reason)


def record_method(
    unit: Unit,
    method: Method,
    *,
    done_on: date,
    actor: Actor,
    now: datetime,
    version: int,
    file: StoredFile | None = None,
    **values: Any,
) -> MethodRecord:
    """Record that a unit has done a method. `version` is the unit's, so of two who record one is told.

    Raises `Refused` before its prerequisites (R-112), for a day outside the campaign, by whom it does not concern.
    """
    check_record(unit, method, done_on, actor, now)
    direct = may_record_directly(record_facts(unit, method, actor, localdate(now), done_on))
    if not direct:
        raise Refused("method.by_count", direct.reason)
    with transaction.atomic():
        update_versioned(unit, version=version, changes={"updated_at": now})
        row = keep_record(unit, method, done_on=done_on, actor=actor, now=now, file=file, **values)
    return row


def keep_record(
    unit: Unit, method: Method, *, done_on: date, actor: Actor, now: datetime, **values: Any
) -> MethodRecord:
    """Write the record and its history row, inside the caller's transaction."""
    row = MethodRecord(
        unit=unit, method=method, done_on=done_on, recorded_by_id=actor.user_id, recorded_at=now, **values
    )
    checked(row).save()
    after = {"method": str(method), "done_on": done_on}
    note("campaigns.record_method", actor=actor, subject=unit, after=after, now=now)
    return row


def withdraw_record(row: MethodRecord, *, reason: str, actor: Actor, now: datetime, version: int) -> None:
    """Take back a record made by mistake; history keeps what it said and why. Its file is deleted.

    Raises `Refused` while a later method rests on it, `Conflict` on a stale version.
    """
    require_role(actor, RECORDERS, "撤回登记")
    within_scope(row, actor, "记录")
    if not reason.strip():
        raise Refused("method.reason", "撤回须写明原因。请填写。")
    decision = may_withdraw(withdraw_facts(row, actor))
    if not decision:
        raise Refused("method.withdraw", decision.reason)
    unit, file = row.unit, row.file
    before = {"method": str(row.method), "done_on": row.done_on}
    with transaction.atomic():
        update_versioned(row, version=version, changes={})
        update_versioned(unit, version=unit.version, changes={"updated_at": now})
        row.delete()
        note("campaigns.withdraw_method", actor=actor, subject=unit, before=before, reason=reason.strip(), now=now)
    if file is not None:
        remove(file, now=now)
