"""Every write of dual cultivation: begun, corrected, ended with a result."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from associations.governance.models import Officer
from associations.registry.services import checked, refuse_future
from partybuilding.cultivation.models import Cultivation
from partybuilding.cultivation.rules import beginning_problem, result_problem
from partybuilding.cultivation.selectors import evidence_of
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.members.services import PERSON_FIELDS, corrected_person, must_keep
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.audit.services import record
from portal.importing.normalise import name_key
from portal.people.models import Person
from portal.people.services import person_for
from portal.workflow.services import update_versioned

OWN = ("position", "mentor")


def begin(
    organization: PartyOrganization,
    *,
    direction: str,
    starts_on: date,
    actor: Actor,
    now: datetime,
    **values: Any,
) -> Cultivation:
    """Somebody is cultivated in a direction. A name without a number is the one person of the organisation who has it.

    Raises `Refused` for somebody who has the direction behind him, or is not in a position for it (R-082).
    """
    must_keep(actor, organization, "登记双培双推")
    refuse_future(starts_on, now, "开始日期")
    with transaction.atomic():
        person = _person(organization, values, actor, now)
        problem = beginning_problem(direction, evidence_of(person, organization, starts_on), starts_on)
        if problem:
            raise Refused("cultivation.beginning", f"「{person}」{problem}")
        row = Cultivation(
            organization=organization,
            person=person,
            direction=direction,
            starts_on=starts_on,
            **{name: values.get(name, "") for name in OWN},
        )
        checked(row).save()
        after = {"name": person.name, "direction": row.get_direction_display(), "starts_on": starts_on}
        record("cultivations.begin", actor=actor, subject=organization, after=after, now=now)
    return row


def _person(organization: PartyOrganization, values: dict[str, Any], actor: Actor, now: datetime) -> Person:
    """Within one organisation a name names its one bearer on the roster; with a number, the number decides."""
    given = {name: values[name] for name in PERSON_FIELDS if values.get(name) is not None}
    if not given.get("id_number"):
        key = name_key(given.get("name", ""))
        with everything("who of one organisation has a name"):
            members = PartyMember.objects.filter(organization=organization, person__name_key=key, ends_on=None)
            heads = Secretary.objects.filter(organization=organization, person__name_key=key, ends_on=None)
            candidates = organization.candidates.filter(person__name_key=key)
            covered = organization.covered.filter(ends_on=None).values("association")
            officers = Officer.objects.filter(association__in=covered, person__name_key=key, ends_on=None)
            bearers: tuple[Any, ...] = (members, heads, candidates, officers)
            known = {row.person for rows in bearers for row in rows.select_related("person")}
        if len(known) > 1:
            raise Refused(
                "cultivation.name",
                f"本组织和所在社会组织登记了{len(known)}个「{given['name']}」。请填写公民身份号码分清是哪一位；"
                "确是同一人的，先合并重复人员。",
            )
        if known:
            return known.pop()
    return person_for(**given, actor=actor, now=now)


def correct(row: Cultivation, *, actor: Actor, now: datetime, version: int, **values: Any) -> Cultivation:
    """Correct what is recorded of a cultivation; direction and days stay."""
    must_keep(actor, row.organization, "修改双培双推")
    own = {name: values[name] for name in OWN if name in values}
    before = {name: getattr(row, name) for name in own}
    with transaction.atomic():
        changes = own | {"person": corrected_person(row.person, values, actor, now)}
        for name, value in changes.items():
            setattr(row, name, value)
        checked(row)
        update_versioned(row, version=version, changes=changes | {"updated_at": now})
        changed = {name: value for name, value in own.items() if before[name] != value}
        shown = {name: before[name] for name in changed}
        record("cultivations.correct", actor=actor, subject=row, before=shown, after=changed, now=now)
    return row


def conclude(
    row: Cultivation,
    *,
    result: str,
    ends_on: date,
    actor: Actor,
    now: datetime,
    version: int,
    result_note: str = "",
) -> Cultivation:
    """What came of it. Raises `Refused` for a result that the registers do not bear out (R-082)."""
    must_keep(actor, row.organization, "登记双培双推结果")
    refuse_future(ends_on, now, "结果日期")
    with transaction.atomic():
        update_versioned(row, version=version, changes={"updated_at": now})
        if row.ends_on is not None:
            raise Refused("cultivation.ended", f"「{row}」的结果已登记在{row.ends_on.isoformat()}，不必重复登记。")
        evidence = evidence_of(row.person, row.organization, ends_on)
        problem = result_problem(row.direction, result, row.starts_on, ends_on, evidence)
        if problem:
            raise Refused("cultivation.result", problem)
        changes = {"result": result, "ends_on": ends_on, "result_note": result_note.strip()}
        update_versioned(row, version=row.version, changes=changes)
        after = {"name": row.person.name, "result": row.get_result_display(), "ends_on": ends_on}
        record("cultivations.conclude", actor=actor, subject=row.organization, after=after, now=now)
    return row
