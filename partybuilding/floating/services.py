"""Every write of floating members: gone, contacted, back."""

from datetime import date, datetime

from django.db import transaction

from associations.registry.services import checked, refuse_future
from partybuilding.floating.models import FloatingMember
from partybuilding.floating.rules import away_problem, later_problem
from partybuilding.members.models import PartyMember
from partybuilding.members.services import must_keep
from partybuilding.reminders.services import CONTACT, settle
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.audit.services import record
from portal.workflow.services import update_versioned


def go_away(
    member: PartyMember,
    *,
    starts_on: date,
    place: str,
    keeper: str,
    actor: Actor,
    now: datetime,
    version: int,
    is_abroad: bool = False,
) -> FloatingMember:
    """A member is away without a transfer; somebody of the organisation keeps in touch (R-093)."""
    must_keep(actor, member.organization, "登记外出流动")
    refuse_future(starts_on, now, "外出日期")
    with transaction.atomic():
        update_versioned(member, version=version, changes={"updated_at": now})
        has_relation = member.relation_in_organization is not False
        problem = away_problem(member.ends_on is None, has_relation, member.starts_on, starts_on)
        if problem:
            raise Refused("floating.away", f"「{member}」{problem}")
        row = FloatingMember(
            organization=member.organization,
            member=member,
            starts_on=starts_on,
            place=place.strip(),
            keeper=keeper.strip(),
            is_abroad=is_abroad,
        )
        checked(row).save()
        after = {"name": member.person.name, "starts_on": starts_on, "is_abroad": is_abroad}
        record("floating_members.away", actor=actor, subject=member.organization, after=after, now=now)
    return row


def contact(row: FloatingMember, *, contacted_on: date, actor: Actor, now: datetime, version: int) -> FloatingMember:
    """Somebody spoke to a member who is away."""
    return _later(row, "联系", "contacted_on", contacted_on, actor, now, version)


def come_back(row: FloatingMember, *, ends_on: date, actor: Actor, now: datetime, version: int) -> FloatingMember:
    """The member is back."""
    return _later(row, "返回", "ends_on", ends_on, actor, now, version)


def _later(
    row: FloatingMember, what: str, field: str, on: date, actor: Actor, now: datetime, version: int
) -> FloatingMember:
    must_keep(actor, row.organization, f"登记流动党员{what}")
    refuse_future(on, now, f"{what}日期")
    with transaction.atomic():
        update_versioned(row, version=version, changes={"updated_at": now})
        problem = later_problem(what, on, row.starts_on, row.ends_on)
        if problem:
            raise Refused("floating.later", f"「{row}」{problem}")
        before = {field: getattr(row, field)}
        update_versioned(row, version=row.version, changes={field: on})
        after = {"name": row.member.person.name, field: on}
        action = "floating_members.contact" if field == "contacted_on" else "floating_members.back"
        record(action, actor=actor, subject=row.organization, before=before, after=after, now=now)
        settle(CONTACT, row.organization, actor=actor, now=now)
    return row
