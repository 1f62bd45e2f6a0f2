"""Writing 群团组织 of associations: one of a kind at a time, dated."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from associations.registry.models import Association
from associations.registry.services import checked, refuse_ended, refuse_future, require_role, touch, within_scope
from partybuilding.organizations.enums import GroupKind
from partybuilding.organizations.models import GroupOrganization
from partybuilding.organizations.services import RECORDERS
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.audit.services import record


def record_group(
    association: Association,
    *,
    kind: str,
    name: str,
    starts_on: date,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    ends_on: date | None = None,
) -> GroupOrganization:
    """Record a 群团组织 from a day on. Raises `Refused` when another of its kind exists at that time."""
    require_role(actor, RECORDERS, "登记群团组织")
    within_scope(association, actor, "社会组织")
    refuse_future(starts_on, now, "成立日期")
    refuse_ended(association, starts_on)
    refuse_before(association, starts_on)
    with transaction.atomic():
        touch(association, version=version, now=now)
        _refuse_second(association, kind, starts_on, ends_on)
        row = GroupOrganization(
            association=association, kind=kind, name=name.strip(), starts_on=starts_on, ends_on=ends_on
        )
        checked(row).save()
        record("group_organizations.record", actor=actor, subject=association, after=_facts(row), now=now)
    return row


def refuse_before(association: Association, starts_on: date | None) -> None:
    """Raise `Refused("group.dates")` for a 群团组织 that is older than its association."""
    if starts_on is not None and association.established_on is not None and starts_on < association.established_on:
        raise Refused(
            "group.dates",
            f"成立日期{starts_on.isoformat()}早于社会组织成立日期{association.established_on.isoformat()}。请核对日期。",
        )


Period = tuple[date | None, date | None]


def overlap(one: Period, other: Period) -> bool:
    """Whether two periods share a day, both ends inclusive and either open."""
    (starts, ends), (others, last) = one, other
    return (ends is None or others is None or others <= ends) and (starts is None or last is None or last >= starts)


def _refuse_second(association: Association, kind: str, starts_on: date, ends_on: date | None) -> None:
    with everything("the groups of one association"):
        rows = association.group_organizations.filter(kind=kind).order_by("pk")
        other = next((row for row in rows if overlap((row.starts_on, row.ends_on), (starts_on, ends_on))), None)
    if other is not None:
        since = other.starts_on.isoformat() if other.starts_on else "以前"
        until = f"至{other.ends_on.isoformat()}" if other.ends_on else "起，尚未撤销"
        raise Refused(
            "group.second",
            f"「{association}」已有{GroupKind(kind).label}「{other}」（{since}{until}）。请先登记原组织撤销。",
        )


def end_group(
    row: GroupOrganization, *, ends_on: date, actor: Actor, now: datetime, version: int | None = None
) -> GroupOrganization:
    """Record that a 群团组织 ended; `ends_on` is its last day, `version` the association's."""
    require_role(actor, RECORDERS, "登记群团组织撤销")
    within_scope(row, actor, "群团组织")
    refuse_future(ends_on, now, "终止日期")
    with transaction.atomic():
        touch(row.association, version=version, now=now)
        row.refresh_from_db()
        if row.ends_on is not None and row.ends_on <= ends_on:
            raise Refused("group.ended", f"「{row}」已于{row.ends_on.isoformat()}撤销，不必重复登记。")
        if row.starts_on is not None and ends_on < row.starts_on:
            raise Refused(
                "group.dates",
                f"终止日期{ends_on.isoformat()}早于成立日期{row.starts_on.isoformat()}。请核对两个日期。",
            )
        before = _facts(row)
        row.ends_on = ends_on
        row.save(update_fields=["ends_on"])
        record(
            "group_organizations.end", actor=actor, subject=row.association, before=before, after=_facts(row), now=now
        )
    return row


def _facts(row: GroupOrganization) -> dict[str, Any]:
    kind = str(GroupKind(row.kind).label)
    return {"kind": kind, "name": row.name, "starts_on": row.starts_on, "ends_on": row.ends_on}
