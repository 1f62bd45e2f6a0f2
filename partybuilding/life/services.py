"""Every write of organisation life: records with their files, Party groups."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from associations.registry.services import checked, refuse_future, require_role, within_scope
from partybuilding.life.enums import ASKED, NOT_ASKED, LifeKind
from partybuilding.life.models import LifeFile, LifeRecord, PartyGroup
from partybuilding.life.rules import GroupFacts, RecordFacts, Span, record_problem, record_remarks
from partybuilding.life.selectors import facts_of, life_rules
from partybuilding.life.urging import LIFE_TASK, settle
from partybuilding.members.services import KEEPERS, may_keep
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import scoped
from portal.audit.services import record as note
from portal.files.models import StoredFile
from portal.files.services import remove
from portal.files.uploads import take_upload
from portal.notices.selectors import open_tasks_about
from portal.workflow.services import update_versioned

FILE_KIND = "life_record"
FILE_LIMIT = 6
FIELDS = (
    *("kind", "held_on", "topic", "expected_count", "present_count", "group", "by_secretary", "has_first_item"),
    *("first_item", "mode", "education", "form", "programme", "officer_count", "member_unit_count", "content"),
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded, and what the rules remark on it."""

    record: LifeRecord
    remarks: list[str]


def must_keep(organization: PartyOrganization, actor: Actor, what: str) -> None:
    """Raise `Refused` unless the actor writes what this organisation did: the own secretary, its committee, the
    department."""
    require_role(actor, KEEPERS, what)
    within_scope(organization, actor, "党组织")
    decision = may_keep(actor, organization)
    if not decision:
        raise Refused("organization.foreign", decision.reason)


def record_life(
    organization: PartyOrganization,
    *,
    kind: str,
    actor: Actor,
    now: datetime,
    uploads: Iterable[UploadedFile] = (),
    **values: Any,
) -> Recorded:
    """Record what a Party organisation held. Raises `Refused` with the rule: a day before the organisation existed or
    in the future, more present than expected, a committee's or a group's meeting where there is none."""
    must_keep(organization, actor, "登记组织生活")
    row = LifeRecord(
        organization=organization, kind=kind, recorded_by=actor.label[:200], created_at=now, updated_at=now
    )
    _set(row, values)
    remarks = _check(row, actor, now)
    files = _take(list(uploads), actor, now)
    with transaction.atomic():
        checked(row).save()
        _attach(row, files)
        note("life.record", actor=actor, subject=organization, after=_shown(row), reason="".join(remarks), now=now)
        if open_tasks_about(organization, kind=LIFE_TASK):
            settle(organization, actor=actor, now=now)
    return Recorded(row, remarks)


def correct_life(
    row: LifeRecord,
    *,
    actor: Actor,
    now: datetime,
    version: int,
    uploads: Iterable[UploadedFile] = (),
    **values: Any,
) -> Recorded:
    """Correct a record; further files are added to those it has. Raises `Refused` like `record_life`, `Conflict`."""
    must_keep(row.organization, actor, "修改组织生活记录")
    before = _shown(row)
    _set(row, values)
    remarks = _check(row, actor, now)
    files = _take(list(uploads), actor, now, has=scoped(LifeFile, actor).filter(record=row).count())
    with transaction.atomic():
        checked(row)
        update_versioned(
            row, version=version, changes={name: getattr(row, name) for name in FIELDS} | {"updated_at": now}
        )
        _attach(row, files)
        after = _shown(row)
        changed = [name for name in after if after[name] != before.get(name)]
        note(
            "life.correct",
            actor=actor,
            subject=row.organization,
            before={name: before.get(name) for name in changed},
            after={"record": str(row)} | {name: after[name] for name in changed},
            now=now,
        )
    return Recorded(row, remarks)


def remove_life(row: LifeRecord, *, reason: str, actor: Actor, now: datetime, version: int) -> None:
    """Take out a record that was made by mistake; history keeps what it said and why. Its files are deleted."""
    must_keep(row.organization, actor, "删除组织生活记录")
    files = list(scoped(LifeFile, actor).filter(record=row).select_related("file"))
    with transaction.atomic():
        update_versioned(row, version=version, changes={"updated_at": now})
        note("life.remove", actor=actor, subject=row.organization, before=_shown(row), reason=reason.strip(), now=now)
        row.delete()
    for one in files:
        remove(one.file, now=now)


def _set(row: LifeRecord, values: dict[str, Any]) -> None:
    """Take over what was filled in; what a kind does not ask for is empty."""
    for name in FIELDS:
        if name in values:
            value = values[name]
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    for name, nothing in NOT_ASKED.items():
        if name not in ASKED[row.kind]:
            setattr(row, name, nothing)
    if row.has_first_item is not True:
        row.first_item = ""


def _check(row: LifeRecord, actor: Actor, now: datetime) -> list[str]:
    refuse_future(row.held_on, now, "开展日期")
    organization = row.organization
    facts = facts_of([organization], actor)[organization.pk]
    if row.group is not None and row.group.organization_id != organization.pk:
        raise Refused("life.no_group", "所选党小组不属于这个党组织。请重新选择。")
    one = RecordFacts(
        kind=row.kind,
        held_on=row.held_on,
        expected_count=row.expected_count,
        present_count=row.present_count,
        mode=row.mode,
        group=GroupFacts(row.group.pk, Span(row.group.starts_on, row.group.ends_on)) if row.group else None,
    )
    problem = record_problem(one, facts, life_rules(row.held_on))
    if problem is not None:
        raise Refused(problem.code, problem.text)
    return record_remarks(one, organization.full_member_count, organization.probationary_member_count)


def _take(uploads: list[UploadedFile], actor: Actor, now: datetime, *, has: int = 0) -> list[StoredFile]:
    if has + len(uploads) > FILE_LIMIT:
        raise Refused("life.files", f"附件最多{FILE_LIMIT}个，现在共{has + len(uploads)}个。请只留主要的几个。")
    return [take_upload(one, label="附件", kind=FILE_KIND, actor=actor, now=now) for one in uploads]


def _attach(row: LifeRecord, files: list[StoredFile]) -> None:
    for one in files:
        LifeFile.objects.create(record=row, file=one)


def _shown(row: LifeRecord) -> dict[str, Any]:
    """A record as history keeps it: its figures, not its text."""
    return {
        "kind": str(LifeKind(row.kind).label),
        "held_on": row.held_on,
        "topic": row.topic,
        "expected_count": row.expected_count,
        "present_count": row.present_count,
        "has_first_item": row.has_first_item,
        "by_secretary": row.by_secretary,
    }


# Party groups


def add_group(
    organization: PartyOrganization, *, name: str, starts_on: date, actor: Actor, now: datetime
) -> PartyGroup:
    """Record a Party group of a branch from a day on; from the next full month on it owes its meetings."""
    must_keep(organization, actor, "登记党小组")
    refuse_future(starts_on, now, "设立日期")
    if organization.established_on is not None and starts_on < organization.established_on:
        raise Refused(
            "life.group_start",
            f"设立日期{starts_on.isoformat()}早于党组织成立日期{organization.established_on.isoformat()}。请核对日期。",
        )
    group: PartyGroup = checked(PartyGroup(organization=organization, name=name.strip(), starts_on=starts_on))
    with transaction.atomic():
        group.save()
        note(
            "life.add_group",
            actor=actor,
            subject=organization,
            after={"name": group.name, "starts_on": starts_on},
            now=now,
        )
    return group


def end_group(group: PartyGroup, *, ends_on: date, actor: Actor, now: datetime) -> PartyGroup:
    """Record the last day of a Party group."""
    must_keep(group.organization, actor, "登记党小组撤销")
    refuse_future(ends_on, now, "最后一天")
    if group.ends_on is not None:
        raise Refused("ended", f"「{group}」已于{group.ends_on.isoformat()}撤销，不必重复登记。")
    last = scoped(LifeRecord, actor).filter(group=group, held_on__gt=ends_on).order_by("-held_on").first()
    if last is not None:
        raise Refused(
            "life.group_records",
            f"「{group}」在{last.held_on.isoformat()}还登记了党小组会，最后一天不能早于这一天。请核对日期。",
        )
    group.ends_on = ends_on
    with transaction.atomic():
        checked(group).save(update_fields=["ends_on"])
        note(
            "life.end_group",
            actor=actor,
            subject=group.organization,
            after={"name": group.name, "ends_on": ends_on},
            now=now,
        )
    return group
