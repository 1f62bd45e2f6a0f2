"""Every write of Party members and secretaries."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from associations.registry.services import checked, refuse_future, require_role, within_scope
from partybuilding.members.enums import EventKind
from partybuilding.members.events import end_absence, keep_event
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.members.rules import KEEPERS
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import may_manage
from partybuilding.transfers.enums import TransferState
from portal.access.actor import Actor
from portal.access.decisions import ALLOWED, Decision, Refused
from portal.access.roles import Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.importing.sources import by_hand
from portal.people.models import Person
from portal.people.services import correct_person, new_phone, person_for, phone_after
from portal.workflow.services import update_versioned

# What the superior Party organisation decides: with its number, and not by the branch itself.
DECIDED = (EventKind.EXPELLED, EventKind.SUSPENDED)
MEMBER_FIELDS = (
    *("membership_state", "joined_on", "became_full_on", "ethnicity", "education", "relation_in_organization"),
    *("association_post", "party_post", "remark", "native_place", "professional_title"),
)
PERSON_FIELDS = ("name", "sex", "born_on", "id_type", "id_number")


def may_keep(actor: Actor, organization: PartyOrganization) -> Decision:
    """Whether the actor keeps the roster: the department, the committee it belongs to, its own secretary."""
    if actor.role == Role.BRANCH_SECRETARY and actor.scope.pk == organization.pk:
        return ALLOWED
    return may_manage(actor, organization.committee, f"「{organization}」")


def must_keep(actor: Actor, organization: PartyOrganization, what: str) -> None:
    """Raise `Refused` unless the actor keeps the roster of the organisation."""
    require_role(actor, KEEPERS, what)
    within_scope(organization, actor, "党组织")
    decision = may_keep(actor, organization)
    if not decision:
        raise Refused("organization.foreign", decision.reason)


def _bump(organization: PartyOrganization) -> None:
    """What is written about one organisation comes one after the other on any database."""
    with everything("a bump by primary key"):
        version = PartyOrganization.objects.values_list("version", flat=True).get(pk=organization.pk)
    update_versioned(organization, version=version, changes={})


def _check_dates(values: dict[str, Any], now: datetime) -> None:
    refuse_future(values.get("joined_on"), now, "入党日期")
    refuse_future(values.get("became_full_on"), now, "转正日期")


def enrol(
    organization: PartyOrganization,
    *,
    starts_on: date | None,
    actor: Actor,
    now: datetime,
    phone: str = "",
    **values: Any,
) -> PartyMember:
    """Put a person on the roster. An ID number is optional. Raises `Refused` when the relation is elsewhere."""
    must_keep(actor, organization, "登记党员")
    _check_dates(values, now)
    with transaction.atomic():
        _bump(organization)
        person = person_for(
            **{name: values[name] for name in PERSON_FIELDS if values.get(name) is not None}, actor=actor, now=now
        )
        with everything("the roster of one organisation"):
            if organization.members.filter(person=person, ends_on=None).exists():
                raise Refused("party_member.known", f"「{person}」已在「{organization}」的名册上，不必重复登记。")
        own = {name: values[name] for name in MEMBER_FIELDS if name in values}
        member = PartyMember(organization=organization, person=person, starts_on=starts_on, **own)
        member.phone = new_phone(phone, now=now)
        checked(member).save()
        after = {"name": person.name, "membership_state": member.get_membership_state_display()}
        record("party_members.enrol", actor=actor, subject=organization, after=after, now=now)
    return member


def correct_member(
    member: PartyMember,
    *,
    starts_on: date | None,
    actor: Actor,
    now: datetime,
    version: int,
    phone: str | None = None,
    **values: Any,
) -> PartyMember:
    """Correct what is recorded of a Party member; empty numbers stay as they are."""
    must_keep(actor, member.organization, "修改党员")
    _check_dates(values, now)
    own = {name: values[name] for name in MEMBER_FIELDS if name in values} | {"starts_on": starts_on}
    before = {name: getattr(member, name) for name in own}
    with transaction.atomic():
        changes = own | {"person": corrected_person(member.person, values, actor, now)}
        changes["phone"] = phone_after(member.phone, phone or None, now=now)
        origin = by_hand(member, [name for name, value in changes.items() if getattr(member, name) != value])
        for name, value in changes.items():
            setattr(member, name, value)
        checked(member)
        update_versioned(member, version=version, changes=changes | origin | {"updated_at": now})
        changed = {name: value for name, value in own.items() if before[name] != value}
        shown = {name: before[name] for name in changed}
        record("party_members.correct", actor=actor, subject=member, before=shown, after=changed, now=now)
    return member


def corrected_person(person: Person, values: dict[str, Any], actor: Actor, now: datetime) -> Person:
    """What a form says of the person of a role row; empty numbers stay."""
    return correct_person(
        person,
        name=values["name"],
        sex=values.get("sex"),
        born_on=values.get("born_on"),
        id_number=values.get("id_number") or None,
        id_type=values.get("id_type", ""),
        actor=actor,
        now=now,
    )


def end_membership(
    member: PartyMember,
    *,
    ends_on: date,
    reason: str,
    actor: Actor,
    now: datetime,
    version: int,
    kind: str = EventKind.LEFT,
    document_number: str = "",
) -> PartyMember:
    """The member left the roster, otherwise than by a transfer; `ends_on` is the last day, `kind` says how.

    Raises `Refused` while a transfer waits to be received, and for a decision that is not the actor's to record.
    """
    must_keep(actor, member.organization, "移出党员名册")
    _refuse_end(member, ends_on)
    if kind in DECIDED:
        require_role(actor, KEEPERS - {Role.BRANCH_SECRETARY}, f"登记{EventKind(kind).label}")
        if not document_number.strip():
            raise Refused(
                "party_member.document",
                f"登记{EventKind(kind).label}没有填写文号。请填写上级党组织批准的文号。",
            )
    with transaction.atomic():
        update_versioned(member, version=version, changes={"ends_on": ends_on, "updated_at": now})
        with everything("the transfers of one member"):
            is_underway = member.transfers_out.filter(state=TransferState.UNDERWAY).exists()
        if is_underway:
            raise Refused("party_member.underway", f"「{member}」有一笔组织关系转接待接收。请先撤回转接，再移出名册。")
        end_absence(member, ends_on)
        keep_event(
            member,
            kind,
            ends_on + timedelta(days=1),
            document_number=document_number.strip(),
            remark=reason.strip()[:300],
            now=now,
        )
        after = {"name": member.person.name, "kind": str(EventKind(kind).label), "ends_on": ends_on}
        record("party_members.end", actor=actor, subject=member.organization, after=after, reason=reason, now=now)
    return member


def _refuse_end(row: Any, ends_on: date) -> None:
    if row.ends_on is not None and row.ends_on <= ends_on:
        raise Refused("ended", f"已于{row.ends_on.isoformat()}终止，不必重复登记。")
    if row.starts_on is not None and ends_on < row.starts_on:
        raise Refused(
            "dates", f"终止日期{ends_on.isoformat()}早于起始日期{row.starts_on.isoformat()}。请核对两个日期。"
        )


def appoint_secretary(
    organization: PartyOrganization,
    *,
    name: str,
    origin: str,
    starts_on: date,
    actor: Actor,
    now: datetime,
    version: int,
    phone: str | None = None,
) -> Secretary:
    """Record the secretary from a day on; the one before ends the day before. `phone` is the organisation's."""
    must_keep(actor, organization, "登记书记")
    with transaction.atomic():
        changes = {"phone": phone_after(organization.phone, phone or None, now=now)}
        update_versioned(organization, version=version, changes=changes)
        with everything("the secretaries of one organisation"):
            holder = organization.secretaries.filter(ends_on=None).select_related("person").first()
        if holder is not None:
            if holder.starts_on is not None and holder.starts_on >= starts_on:
                raise Refused(
                    "secretary.later",
                    f"「{holder.person}」自{holder.starts_on.isoformat()}起任书记，"
                    f"不早于您填写的{starts_on.isoformat()}。请核对起始日期。",
                )
            last = starts_on - timedelta(days=1)
            update_versioned(holder, version=holder.version, changes={"ends_on": last, "updated_at": now})
        person = person_for(name=name, actor=actor, now=now)
        secretary = Secretary(organization=organization, person=person, origin=origin, starts_on=starts_on)
        checked(secretary).save()
        record(
            "secretaries.appoint",
            actor=actor,
            subject=organization,
            before={"name": holder.person.name} if holder else None,
            after={"name": person.name, "starts_on": starts_on},
            now=now,
        )
    return secretary
