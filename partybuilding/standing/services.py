"""Every write of a member's standing: converted, probation extended, lost and found, restored."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from associations.registry.services import checked, refuse_future, require_role
from partybuilding.members.enums import EventKind, MembershipState
from partybuilding.members.events import keep_event
from partybuilding.members.models import PartyMember
from partybuilding.members.services import must_keep
from partybuilding.reminders.services import PROBATION, settle
from partybuilding.standing.rules import (
    APPROVERS,
    contact_problem,
    conversion_problem,
    extension_problem,
    may_decide,
    probation_end,
    restoring_problem,
)
from partybuilding.standing.selectors import probation_rules, was_suspended
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.audit.services import record
from portal.importing.sources import by_hand
from portal.workflow.services import update_versioned

CARRIED = (
    *("joined_on", "became_full_on", "ethnicity", "education", "native_place", "professional_title"),
    *("membership_state", "association_post"),
)


def _must_decide(member: PartyMember, actor: Actor, what: str) -> None:
    require_role(actor, APPROVERS, what)
    must_keep(actor, member.organization, what)
    decision = may_decide(member.organization.kind, member.organization.name)
    if not decision:
        raise Refused("standing.temporary", decision.reason)
    if member.ends_on is not None:
        raise Refused("standing.left", f"「{member}」已于{member.ends_on.isoformat()}离开名册，不能{what}。")


def _probationary(member: PartyMember) -> date:
    """The day of joining of a probationary member; `Refused` for anybody else."""
    if member.membership_state != MembershipState.PROBATIONARY:
        raise Refused("probation.full", f"「{member}」登记为正式党员，没有预备期。请核对党员类别。")
    if member.relation_in_organization is False:
        raise Refused("probation.elsewhere", f"「{member}」的组织关系不在本组织，由组织关系所在党组织办理。")
    if member.joined_on is None:
        raise Refused("probation.unknown", f"「{member}」没有登记入党日期，算不出预备期满之日。请先补填入党日期。")
    return member.joined_on


def convert(
    member: PartyMember,
    *,
    decided_on: date,
    approved_on: date,
    became_full_on: date,
    approval_number: str,
    actor: Actor,
    now: datetime,
    version: int,
) -> PartyMember:
    """转正: the branch congress discussed it after the probation, the superior committee approved (R-091)."""
    _must_decide(member, actor, "登记转正")
    refuse_future(approved_on, now, "审批日期")
    with transaction.atomic():
        update_versioned(member, version=version, changes={"updated_at": now})
        joined_on, rules = _probationary(member), probation_rules(decided_on)
        end = probation_end(joined_on, member.probation_until_on, rules)
        assert end is not None  # noqa: S101  the day of joining is known
        problem = conversion_problem(end, decided_on, approved_on, became_full_on)
        if problem:
            raise Refused("probation.conversion", problem)
        changes = {"membership_state": str(MembershipState.FULL), "became_full_on": became_full_on}
        _write(member, changes, now)
        told = f"支部大会{decided_on.isoformat()}讨论通过，{approved_on.isoformat()}审批"
        keep_event(
            member, EventKind.CONVERTED, became_full_on, document_number=approval_number.strip(), remark=told, now=now
        )
        after = {"name": member.person.name, "became_full_on": became_full_on, "approval_number": approval_number}
        record("party_members.convert", actor=actor, subject=member.organization, after=after, now=now)
        settle(PROBATION, member.organization, actor=actor, now=now)
    return member


def extend_probation(
    member: PartyMember,
    *,
    until_on: date,
    decided_on: date,
    approved_on: date,
    approval_number: str,
    reason: str,
    actor: Actor,
    now: datetime,
    version: int,
) -> PartyMember:
    """延长预备期, once and by half a year to a year (R-091)."""
    _must_decide(member, actor, "登记延长预备期")
    refuse_future(approved_on, now, "审批日期")
    with transaction.atomic():
        update_versioned(member, version=version, changes={"updated_at": now})
        joined_on, rules = _probationary(member), probation_rules(decided_on)
        problem = extension_problem(joined_on, member.probation_until_on, until_on, decided_on, approved_on, rules)
        if problem:
            raise Refused("probation.extension", problem)
        _write(member, {"probation_until_on": until_on}, now)
        number = approval_number.strip()
        told = f"延长到{until_on.isoformat()}。{reason.strip()}"
        keep_event(member, EventKind.EXTENDED, approved_on, document_number=number, remark=told[:300], now=now)
        after = {"name": member.person.name, "until_on": until_on, "approval_number": number}
        record(
            "party_members.extend_probation",
            actor=actor,
            subject=member.organization,
            after=after,
            reason=reason.strip(),
            now=now,
        )
        settle(PROBATION, member.organization, actor=actor, now=now)
    return member


def _write(member: PartyMember, changes: dict[str, Any], now: datetime) -> None:
    origin = by_hand(member, [name for name in changes if name != "probation_until_on"])
    update_versioned(member, version=member.version, changes=changes | origin | {"updated_at": now})


def lose(
    member: PartyMember, *, happened_on: date, cause: str, remark: str, actor: Actor, now: datetime, version: int
) -> PartyMember:
    """Record that the organisation has lost touch with a member, who stays a member until the Party decides."""
    return _touch(member, True, happened_on, {"cause": cause, "remark": remark.strip()}, actor, now, version)


def find(
    member: PartyMember, *, happened_on: date, remark: str, actor: Actor, now: datetime, version: int
) -> PartyMember:
    """Record that a lost member was found."""
    return _touch(member, False, happened_on, {"remark": remark.strip()}, actor, now, version)


def _touch(
    member: PartyMember, is_lost: bool, on: date, told: dict[str, Any], actor: Actor, now: datetime, version: int
) -> PartyMember:
    what = "登记失去联系" if is_lost else "登记恢复联系"
    must_keep(actor, member.organization, what)
    refuse_future(on, now, "日期")
    if member.ends_on is not None:
        raise Refused("standing.left", f"「{member}」已于{member.ends_on.isoformat()}离开名册，不能{what}。")
    with transaction.atomic():
        update_versioned(member, version=version, changes={"updated_at": now})
        problem = contact_problem(member.is_lost, is_lost, member.starts_on, on)
        if problem:
            raise Refused("standing.contact", f"「{member}」{problem}")
        update_versioned(member, version=member.version, changes={"is_lost": is_lost})
        keep_event(member, EventKind.LOST if is_lost else EventKind.FOUND, on, now=now, **told)
        after = {"name": member.person.name, "happened_on": on, **told}
        action = "party_members.lose" if is_lost else "party_members.find"
        record(action, actor=actor, subject=member.organization, after=after, now=now)
    return member


def restore(
    member: PartyMember, *, restored_on: date, approval_number: str, actor: Actor, now: datetime, version: int
) -> PartyMember:
    """恢复党籍 of a member whose membership was suspended: a new row on the same roster from that day on."""
    require_role(actor, APPROVERS, "登记恢复党籍")
    must_keep(actor, member.organization, "登记恢复党籍")
    refuse_future(restored_on, now, "恢复日期")
    with transaction.atomic():
        update_versioned(member, version=version, changes={"updated_at": now})
        problem = restoring_problem(was_suspended(member), member.ends_on, restored_on)
        if problem:
            raise Refused("standing.restore", f"「{member}」{problem}")
        back = PartyMember(
            organization=member.organization,
            person=member.person,
            starts_on=restored_on,
            relation_in_organization=True,
            **{name: getattr(member, name) for name in CARRIED},
        )
        checked(back).save()
        number = approval_number.strip()
        keep_event(back, EventKind.RESTORED, restored_on, document_number=number, now=now)
        after = {"name": member.person.name, "restored_on": restored_on, "approval_number": number}
        record("party_members.restore", actor=actor, subject=member.organization, after=after, now=now)
    return back
