"""Writes of study: programmes, problems found and mended, pioneer records."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from associations.registry.services import checked, refuse_future, require_role
from partybuilding.life.models import PioneerRecord, StudyProblem, StudyProgramme
from partybuilding.life.services import must_keep
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT
from portal.audit.services import record
from portal.workflow.services import update_versioned

PROGRAMME = ("name", "starts_on", "ends_on", "document_number", "is_required", "note")


def add_programme(*, actor: Actor, now: datetime, **values: Any) -> StudyProgramme:
    """Enter a named study programme; raises `Refused` for a known name or an end before the start."""
    require_role(actor, DEPARTMENT, "登记专项学习")
    row: StudyProgramme = checked(StudyProgramme(**_stripped(values)))
    with transaction.atomic():
        row.save()
        record("life.add_programme", actor=actor, subject=row, after=_facts(row), now=now)
    return row


def change_programme(
    row: StudyProgramme, *, actor: Actor, now: datetime, version: int, **values: Any
) -> StudyProgramme:
    """Change a programme, for instance enter its last day."""
    require_role(actor, DEPARTMENT, "修改专项学习")
    before = _facts(row)
    for name, value in _stripped(values).items():
        setattr(row, name, value)
    checked(row)
    with transaction.atomic():
        update_versioned(row, version=version, changes={name: getattr(row, name) for name in PROGRAMME})
        record("life.change_programme", actor=actor, subject=row, before=before, after=_facts(row), now=now)
    return row


def _stripped(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _facts(row: StudyProgramme) -> dict[str, Any]:
    return {name: getattr(row, name) for name in PROGRAMME}


def find_problem(
    organization: PartyOrganization, *, found_on: date, actor: Actor, now: datetime, **values: Any
) -> StudyProblem:
    """Record what a branch found wrong, with the day by which it is mended (P-55)."""
    must_keep(organization, actor, "登记查摆问题")
    refuse_future(found_on, now, "查摆日期")
    row: StudyProblem = checked(StudyProblem(organization=organization, found_on=found_on, **_stripped(values)))
    with transaction.atomic():
        row.save()
        after = {"area": str(row.get_area_display()), "found_on": found_on, "due_on": row.due_on}
        record("life.find_problem", actor=actor, subject=organization, after=after, now=now)
    return row


def rectify_problem(
    row: StudyProblem,
    *,
    rectified_on: date,
    result: str,
    linked_system: str,
    actor: Actor,
    now: datetime,
    version: int,
) -> StudyProblem:
    """Record that a problem was mended, and which system was set up or changed by it (P-59)."""
    must_keep(row.organization, actor, "登记整改完成")
    refuse_future(rectified_on, now, "完成日期")
    if row.rectified_on is not None:
        raise Refused("ended", f"这个问题已于{row.rectified_on.isoformat()}整改完成，不必重复登记。")
    row.rectified_on, row.result, row.linked_system = rectified_on, result.strip(), linked_system.strip()
    checked(row)
    with transaction.atomic():
        changes = {"rectified_on": rectified_on, "result": row.result, "linked_system": row.linked_system}
        update_versioned(row, version=version, changes=changes)
        after = {"rectified_on": rectified_on, "linked_system": row.linked_system}
        record("life.rectify_problem", actor=actor, subject=row.organization, after=after, now=now)
    return row


def add_pioneer(
    organization: PartyOrganization, *, starts_on: date, actor: Actor, now: datetime, **values: Any
) -> PioneerRecord:
    """Record a post, an area or a team in which members go ahead (P-36)."""
    must_keep(organization, actor, "登记先锋模范记录")
    refuse_future(starts_on, now, "起始日期")
    row: PioneerRecord = checked(PioneerRecord(organization=organization, starts_on=starts_on, **_stripped(values)))
    with transaction.atomic():
        row.save()
        after = {"kind": str(row.get_kind_display()), "name": row.name, "member_count": row.member_count}
        record("life.add_pioneer", actor=actor, subject=organization, after=after, now=now)
    return row


def end_pioneer(
    row: PioneerRecord, *, ends_on: date, result: str, actor: Actor, now: datetime, version: int
) -> PioneerRecord:
    """Record the last day, with what came of it."""
    must_keep(row.organization, actor, "登记结束")
    refuse_future(ends_on, now, "最后一天")
    if row.ends_on is not None:
        raise Refused("ended", f"「{row}」已于{row.ends_on.isoformat()}结束，不必重复登记。")
    row.ends_on, row.result = ends_on, result.strip()
    checked(row)
    with transaction.atomic():
        update_versioned(row, version=version, changes={"ends_on": ends_on, "result": row.result})
        record("life.end_pioneer", actor=actor, subject=row.organization, after={"ends_on": ends_on}, now=now)
    return row
