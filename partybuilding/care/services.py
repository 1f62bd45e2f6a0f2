"""Writing care records: amount and reason go into the database sealed, and into no history."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from associations.registry.services import checked, refuse_future, require_role, within_scope
from partybuilding.care.models import CareRecord
from partybuilding.care.rules import CARERS, care_problem
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import may_manage
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.audit.services import record
from portal.importing.normalise import name_key
from portal.people.models import Person
from portal.people.services import person_for
from portal.privacy.sealing import seal
from portal.privacy.services import column_of
from portal.workflow.services import update_versioned

TABLE = CareRecord._meta.db_table


def _must_care(actor: Actor, organization: PartyOrganization, what: str) -> None:
    require_role(actor, CARERS, what)
    within_scope(organization, actor, "党组织")
    decision = may_manage(actor, organization.committee, f"「{organization}」")
    if not decision:
        raise Refused("organization.foreign", decision.reason)


def keep_care(
    organization: PartyOrganization,
    *,
    kind: str,
    happened_on: date,
    actor: Actor,
    now: datetime,
    name: str = "",
    amount: Decimal | None = None,
    reason: str = "",
) -> CareRecord:
    """Keep what was done for somebody or for the organisation. Raises `Refused` for what does not go together."""
    _must_care(actor, organization, "登记关怀激励")
    refuse_future(happened_on, now, "日期")
    problem = care_problem(kind, name.strip(), amount, happened_on, organization.established_on)
    if problem:
        raise Refused("care.record", problem)
    with transaction.atomic():
        row = CareRecord(organization=organization, kind=kind, happened_on=happened_on, recorded_at=now)
        row.person = _person(organization, name.strip(), actor, now) if name.strip() else None
        told = {"amount": str(amount) if amount else "", "reason": reason.strip()}
        for field, text in told.items():
            setattr(row, field, seal(text, table=TABLE, column=column_of(CareRecord, field), row=row.pk))
        checked(row).save(force_insert=True)
        # Who, how much and why stay out of history, which others read.
        after = {"kind": str(row.get_kind_display()), "happened_on": happened_on}
        record("care.keep", actor=actor, subject=organization, after=after, now=now)
    return row


def _person(organization: PartyOrganization, name: str, actor: Actor, now: datetime) -> Person:
    """Within one organisation a name names its one bearer; an organisation without a roster tells the name only."""
    key = name_key(name)
    with everything("who of one organisation has a name"):
        members = PartyMember.objects.filter(organization=organization, person__name_key=key, ends_on=None)
        heads = Secretary.objects.filter(organization=organization, person__name_key=key, ends_on=None)
        bearers: tuple[Any, ...] = (members, heads)
        known = {row.person for rows in bearers for row in rows.select_related("person")}
    if len(known) > 1:
        raise Refused(
            "care.name", f"本组织有{len(known)}人叫「{name}」，分不清是哪一位。请先合并重复人员，或核对名册。"
        )
    return known.pop() if known else person_for(name=name, actor=actor, now=now)


def remove_care(row: CareRecord, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a wrong record away; history keeps that it was there, and why it went."""
    within_scope(row, actor, "关怀激励记录")
    _must_care(actor, row.organization, "删除关怀激励记录")
    if len(reason.strip()) < 4:
        raise Refused("care.reason", "没有写明删除原因。请写清为什么删除，至少4个字。")
    with transaction.atomic():
        before = {"kind": str(row.get_kind_display()), "happened_on": row.happened_on}
        record("care.remove", actor=actor, subject=row.organization, before=before, reason=reason.strip(), now=now)
        row.delete()


def note_hardship(
    member: PartyMember, *, is_in_hardship: bool | None, actor: Actor, now: datetime, version: int
) -> PartyMember:
    """Note whether a member lives in need. History keeps that it was noted in the organisation, not of whom nor what.

    Raises `Refused` for whoever does not keep care records, and for somebody who left the roster; `Conflict`.
    """
    _must_care(actor, member.organization, "登记生活困难")
    if member.ends_on is not None:
        raise Refused("care.left", f"「{member}」已于{member.ends_on.isoformat()}离开名册，不再登记生活困难。")
    with transaction.atomic():
        update_versioned(member, version=version, changes={"is_in_hardship": is_in_hardship, "updated_at": now})
        record("care.hardship", actor=actor, subject=member.organization, now=now)
    return member
