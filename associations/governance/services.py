"""Every write of officers, contacts and member units."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from associations.governance.enums import SINGLE_POSTS, Post
from associations.governance.models import Contact, MemberUnit, Officer
from associations.registry.models import Association
from associations.registry.services import checked, refuse_future, require_role, touch, within_scope
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import ASSOCIATION, DEPARTMENT, Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.importing.normalise import name_key
from portal.importing.sources import by_hand
from portal.people.models import Person
from portal.people.services import correct_person, new_phone, person_for, phone_after
from portal.workflow.services import update_versioned

# Who keeps these lists: the department, the office of the place, the registrar, the association itself.
KEEPERS = DEPARTMENT | ASSOCIATION | {Role.REGIONAL_OFFICE, Role.REGISTRAR}
OFFICER_FIELDS = (
    *("political_status", "term_started_on", "term_count", "appointment_mode", "is_retired_official", "retired_on"),
    *("approval_number", "employer", "remark"),
)
PERSON_FIELDS = ("name", "sex", "born_on", "id_type", "id_number")


def appoint(
    association: Association,
    *,
    post: str,
    starts_on: date | None,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    phone: str = "",
    **values: Any,
) -> Officer:
    """Record that a person holds a post from a day on; a post held by one ends the term before, the day before.

    `values` are the person's (`name`, `id_number`, …) and the officer's own. Raises `Refused` when the predecessor
    began on that day or later, when the person holds the post already, or for an unsound number.
    """
    require_role(actor, KEEPERS, "登记负责人")
    within_scope(association, actor, "社会组织")
    _check_retired(values)
    with transaction.atomic():
        touch(association, version=version, now=now)
        before = _end_holder(association, post, starts_on) if post in SINGLE_POSTS else None
        person = person_for(**_of_person(values), actor=actor, now=now)
        with everything("the officers of one association"):
            if association.officers.filter(person=person, post=post, ends_on=None).exists():
                raise Refused("officer.known", f"「{person}」已在任{Post(post).label}，不必重复登记。")
        own = {field: values[field] for field in OFFICER_FIELDS if field in values}
        officer = Officer(association=association, person=person, post=post, starts_on=starts_on, **own)
        officer.phone = new_phone(phone, now=now)
        checked(officer).save()
        record(
            "officers.appoint",
            actor=actor,
            subject=association,
            before={"name": before.person.name, "ends_on": before.ends_on} if before else None,
            after={"name": person.name, "post": officer.get_post_display(), "starts_on": starts_on},
            now=now,
        )
    return officer


def _end_holder(association: Association, post: str, starts_on: date | None) -> Officer | None:
    """End the present holder's term the day before; Refused when that day is not there."""
    with everything("the officers of one association"):
        holder = association.officers.filter(post=post, ends_on=None).select_related("person").first()
    if holder is None:
        return None
    label = Post(post).label
    if starts_on is None:
        raise Refused("officer.start", f"「{holder.person}」在任{label}，接任的须填写任职起始日期。")
    if holder.starts_on is not None and holder.starts_on >= starts_on:
        raise Refused(
            "officer.later",
            f"「{holder.person}」自{holder.starts_on.isoformat()}起任{label}，不早于您填写的{starts_on.isoformat()}。"
            "请核对任职起始日期；确属登记有误的，请先更正或终止原任职。",
        )
    return update_versioned(holder, version=holder.version, changes={"ends_on": starts_on - timedelta(days=1)})


def _of_person(values: dict[str, Any]) -> dict[str, Any]:
    return {field: values[field] for field in PERSON_FIELDS if values.get(field) is not None}


def _check_retired(values: dict[str, Any]) -> None:
    if values.get("retired_on") is not None and values.get("is_retired_official") is False:
        raise Refused(
            "officer.retired",
            "填了退休日期，但「离退休领导干部」选的是「否」。请核对这两项。",
        )


def correct_officer(
    officer: Officer,
    *,
    starts_on: date | None,
    actor: Actor,
    now: datetime,
    version: int,
    phone: str | None = None,
    **values: Any,
) -> Officer:
    """Correct what is recorded of an appointment and its person; empty numbers stay as they are."""
    require_role(actor, KEEPERS, "修改负责人")
    _check_retired(values)
    own = {field: values[field] for field in OFFICER_FIELDS if field in values}
    before = {field: getattr(officer, field) for field in own} | {"starts_on": officer.starts_on}
    with transaction.atomic():
        person = _corrected_person(officer.person, values, actor, now)
        changes = own | {"starts_on": starts_on, "person": person}
        changes["phone"] = phone_after(officer.phone, phone or None, now=now)
        _change(officer, changes, version, now)
        after = own | {"starts_on": starts_on}
        changed = {field: value for field, value in after.items() if before[field] != value}
        record(
            "officers.correct",
            actor=actor,
            subject=officer,
            before={field: before[field] for field in changed},
            after=changed,
            now=now,
        )
    return officer


def _corrected_person(person: Person, values: dict[str, Any], actor: Actor, now: datetime) -> Person:
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


def _change(row: Any, changes: dict[str, Any], version: int, now: datetime) -> None:
    """Check the row as it will be, then compare and swap; what differs comes from hand now."""
    changed = [name for name, value in changes.items() if getattr(row, name) != value]
    origin = by_hand(row, changed)
    for name, value in changes.items():
        setattr(row, name, value)
    checked(row)
    update_versioned(row, version=version, changes=changes | origin | {"updated_at": now})


def end_appointment(officer: Officer, *, ends_on: date, actor: Actor, now: datetime, version: int) -> Officer:
    """End an appointment without a successor; `ends_on` is its last day."""
    require_role(actor, KEEPERS, "终止任职")
    _refuse_end(officer, ends_on, "任职")
    with transaction.atomic():
        touch(officer.association, version=None, now=now)
        update_versioned(officer, version=version, changes={"ends_on": ends_on, "updated_at": now})
        after = {"name": officer.person.name, "post": officer.get_post_display(), "ends_on": ends_on}
        record("officers.end", actor=actor, subject=officer.association, after=after, now=now)
    return officer


def _refuse_end(row: Any, ends_on: date, what: str) -> None:
    if row.ends_on is not None and row.ends_on <= ends_on:
        raise Refused("ended", f"这项{what}已于{row.ends_on.isoformat()}终止。")
    if row.starts_on is not None and ends_on < row.starts_on:
        raise Refused(
            "dates",
            f"终止日期{ends_on.isoformat()}早于起始日期{row.starts_on.isoformat()}。请核对两个日期。",
        )


# Contacts ---------------------------------------------------------------------------------------------------------
def add_contact(
    association: Association,
    *,
    name: str,
    phone: str,
    duty: str,
    is_main: bool,
    actor: Actor,
    now: datetime,
    remark: str = "",
    starts_on: date | None = None,
) -> Contact:
    """Record whom to call; without a name it is a telephone of the office."""
    require_role(actor, KEEPERS, "登记联系人")
    within_scope(association, actor, "社会组织")
    with transaction.atomic():
        touch(association, version=None, now=now)
        person = person_for(name=name, actor=actor, now=now) if name.strip() else None
        contact = Contact(association=association, person=person, duty=duty.strip(), is_main=is_main)
        contact.phone, contact.remark, contact.starts_on = new_phone(phone, now=now), remark, starts_on
        if is_main:
            _no_other_main(association)
        checked(contact).save()
        record("contacts.add", actor=actor, subject=association, after=_contact_facts(contact), now=now)
    return contact


def _contact_facts(contact: Contact) -> dict[str, Any]:
    return {"name": str(contact), "duty": contact.duty, "is_main": contact.is_main}


def _no_other_main(association: Association, but: int = 0) -> None:
    with everything("the contacts of one association"):
        for other in association.contacts.filter(is_main=True, ends_on=None).exclude(pk=but):
            update_versioned(other, version=other.version, changes={"is_main": False})


def correct_contact(
    contact: Contact,
    *,
    name: str,
    phone: str,
    duty: str,
    is_main: bool,
    remark: str,
    actor: Actor,
    now: datetime,
    version: int,
) -> Contact:
    """Correct a contact; an empty phone stays as it is."""
    require_role(actor, KEEPERS, "修改联系人")
    before = _contact_facts(contact)
    with transaction.atomic():
        touch(contact.association, version=None, now=now)
        changes: dict[str, Any] = {"duty": duty.strip(), "is_main": is_main, "remark": remark}
        if name.strip():
            changes["person"] = (
                correct_person(contact.person, name=name, actor=actor, now=now)
                if contact.person
                else person_for(name=name, actor=actor, now=now)
            )
        else:
            changes["person"] = None
        changes["phone"] = phone_after(contact.phone, phone or None, now=now)
        if is_main:
            _no_other_main(contact.association, contact.pk)
        _change(contact, changes, version, now)
        after = _contact_facts(contact)
        record("contacts.correct", actor=actor, subject=contact.association, before=before, after=after, now=now)
    return contact


def end_contact(contact: Contact, *, ends_on: date, actor: Actor, now: datetime, version: int) -> Contact:
    """The contact is no longer valid after a day."""
    require_role(actor, KEEPERS, "停用联系人")
    _refuse_end(contact, ends_on, "联系方式")
    with transaction.atomic():
        update_versioned(contact, version=version, changes={"ends_on": ends_on, "updated_at": now})
        after = {"name": str(contact), "ends_on": ends_on}
        record("contacts.end", actor=actor, subject=contact.association, after=after, now=now)
    return contact


# Member units -----------------------------------------------------------------------------------------------------
UNIT_FIELDS = ("name", "uscc", "level", "industry", "starts_on", "remark")


def add_member_unit(association: Association, *, actor: Actor, now: datetime, **values: Any) -> MemberUnit:
    """Record a unit as member."""
    require_role(actor, KEEPERS, "登记单位会员")
    within_scope(association, actor, "社会组织")
    refuse_future(values.get("starts_on"), now, "入会日期")
    with transaction.atomic():
        touch(association, version=None, now=now)
        unit = checked(MemberUnit(association=association, **{field: values[field] for field in UNIT_FIELDS}))
        unit.save()
        after = {"name": unit.name, "level": unit.get_level_display()}
        record("member_units.add", actor=actor, subject=association, after=after, now=now)
    return unit


def correct_member_unit(unit: MemberUnit, *, actor: Actor, now: datetime, version: int, **values: Any) -> MemberUnit:
    """Correct what is recorded of a member."""
    require_role(actor, KEEPERS, "修改单位会员")
    refuse_future(values.get("starts_on"), now, "入会日期")
    before = {field: getattr(unit, field) for field in UNIT_FIELDS}
    after = {field: values[field] for field in UNIT_FIELDS}
    changed = {field: value for field, value in after.items() if before[field] != value}
    with transaction.atomic():
        _change(unit, after | {"key": name_key(after["name"])}, version, now)
        record(
            "member_units.correct",
            actor=actor,
            subject=unit.association,
            before={field: before[field] for field in changed},
            after=changed,
            now=now,
        )
    return unit


def end_member_unit(unit: MemberUnit, *, ends_on: date, actor: Actor, now: datetime, version: int) -> MemberUnit:
    """The unit left the association; `ends_on` is its last day."""
    require_role(actor, KEEPERS, "登记退会")
    _refuse_end(unit, ends_on, "会员资格")
    with transaction.atomic():
        update_versioned(unit, version=version, changes={"ends_on": ends_on, "updated_at": now})
        record("member_units.end", actor=actor, subject=unit.association, after={"ends_on": ends_on}, now=now)
    return unit
