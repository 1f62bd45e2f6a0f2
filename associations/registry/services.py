"""Every write of associations: registering, changing, names, reported numbers, and who answers for them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from associations.registry.enums import TERMINAL_STATUSES, AssignmentRole, DepartmentKind, NameKind, Source
from associations.registry.models import Assignment, Association, AssociationName, Department, PartyMemberCount
from associations.registry.rules import search_text
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything, scoped
from portal.audit.services import record
from portal.importing.enums import DataSource
from portal.importing.normalise import name_key
from portal.importing.sources import by_hand, named
from portal.regions.models import Region
from portal.workflow.services import update_versioned

COMMITTEE_KINDS = frozenset({DepartmentKind.PARTY_COMMITTEE, DepartmentKind.WORKING_COMMITTEE})
COUNTERS = DEPARTMENT | {Role.PARTY_COMMITTEE}
WRITABLE = frozenset(
    {
        *("uscc", "name", "kind", "is_industry_association", "is_charity", "registration_level", "region"),
        *("registration_mode", "status", "status_on", "industry_category", "established_on", "domicile"),
        *("registered_fund", "unit_member_count", "individual_member_count", "staff_count", "full_time_staff_count"),
        *("term_started_on", "term_years", "charter_has_party_clause", "charter_party_clause_on", "remark"),
    }
)


def require_role(actor: Actor, roles: Iterable[str], what: str) -> None:
    """Raise `Refused("role")` unless the actor holds one of the roles."""
    if actor.role not in set(roles):
        raise Refused("role", f"您当前的身份是「{actor.label}」，不能{what}。请切换身份，或联系社会工作部办理。")


def within_scope(row: Any, actor: Actor, label: str) -> None:
    """Raise `Refused("scope.outside")` unless the actor reaches the row: ids in bodies are scoped like ids in paths."""
    if not scoped(type(row), actor).filter(pk=row.pk).exists():
        raise Refused("scope.outside", f"所选{label}不在您的管理范围内。请重新选择。")


def checked(row: Any) -> Any:
    """Validate a row as it is about to be saved; what is wrong becomes `Refused("invalid")`."""
    if hasattr(row, "key"):
        row.key = name_key(row.name)
    try:
        row.full_clean()
    except ValidationError as problem:
        raise Refused("invalid", " ".join(problem.messages)) from None
    return row


def refuse_future(day: date | None, now: datetime, label: str) -> None:
    """Raise `Refused("date.future")` for a fact dated after today."""
    if day is not None and day > localdate(now):
        raise Refused("date.future", f"{label}{day.isoformat()}晚于今天。请填写今天或以前的日期。")


def refuse_ended(association: Association, day: date) -> None:
    """Raise `Refused("association.ended")` for a new fact about an association that no longer exists on a day."""
    if association.status in TERMINAL_STATUSES and (association.status_on is None or association.status_on <= day):
        since = f"已于{association.status_on.isoformat()}" if association.status_on else "已"
        label = association.get_status_display().removeprefix("已")
        raise Refused("association.ended", f"「{association}」{since}{label}，不能再登记新的党建关系。请核对社会组织。")


def touch(association: Association, *, version: int | None, now: datetime) -> None:
    """Move an association's version on, so that what is written about it comes one after the other on any database.

    `version` is what the person saw, where the page was the association's; raises `Conflict` when it moved on.
    """
    if version is not None:
        update_versioned(association, version=version, changes={"updated_at": now})
        return
    with everything("a bump by primary key"):
        Association.objects.filter(pk=association.pk).update(version=F("version") + 1, updated_at=now)


# The register itself


def register_association(*, actor: Actor, now: datetime, short_name: str = "", **values: Any) -> Association:
    """Put an association on the register by hand. Raises `Refused` for a wrong or known code, or an outside role."""
    require_role(actor, DEPARTMENT, "登记社会组织")
    _known_fields(values)
    refuse_future(values.get("established_on"), now, "成立日期")
    with transaction.atomic():
        association = checked(Association(**values))
        association.save()
        if short_name:
            AssociationName.objects.create(association=association, name=short_name, kind=NameKind.SHORT)
            _refresh_search(association)
        record("associations.register", actor=actor, subject=association, after=_shown(values), now=now)
    return association


def change_association(
    association: Association, *, actor: Actor, now: datetime, version: int, **changes: Any
) -> Association:
    """Change register facts that differ; a new name keeps the old one as 曾用名. Raises `Refused`, `Conflict`."""
    require_role(actor, DEPARTMENT, "修改社会组织登记事项")
    _known_fields(changes)
    refuse_future(changes.get("established_on"), now, "成立日期")
    refuse_future(changes.get("status_on"), now, "状态日期")
    before = {name: getattr(association, name) for name in changes}
    changed = {name: value for name, value in changes.items() if value != before[name]}
    if not changed and version == association.version:
        return association
    for name, value in changed.items():
        setattr(association, name, value)
    try:
        checked(association)
    finally:
        for name in changed:
            setattr(association, name, before[name])
    derived = {"key": name_key(changed["name"])} if "name" in changed else {}
    derived |= by_hand(association, changed)
    with transaction.atomic():
        update_versioned(association, version=version, changes=changed | derived | {"updated_at": now})
        if "name" in changed and name_key(before["name"]) != association.key:
            _keep_former_name(association, before["name"], now)
        if {"name", "uscc"} & changed.keys():
            _refresh_search(association)
        record(
            "associations.change",
            actor=actor,
            subject=association,
            before=_shown({name: before[name] for name in changed}),
            after=_shown(changed),
            now=now,
        )
    return association


def _known_fields(values: dict[str, Any]) -> None:
    unknown = values.keys() - WRITABLE
    if unknown:
        raise TypeError(f"not fields of an association: {sorted(unknown)}")


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Region | Department) else value for name, value in values.items()}


def _keep_former_name(association: Association, name: str, now: datetime) -> None:
    with everything("names of one association"):
        AssociationName.objects.get_or_create(
            association=association,
            key=name_key(name),
            defaults={"name": name, "kind": NameKind.FORMER, "ends_on": localdate(now) - timedelta(days=1)},
        )
        # Taken up again, a former name is the name once more.
        AssociationName.objects.filter(association=association, key=association.key).delete()


def _refresh_search(association: Association) -> None:
    with everything("names of one association"):
        names = list(association.names.values_list("name", flat=True))
        text = search_text(association.uscc, [association.name, *names])
        Association.objects.filter(pk=association.pk).update(search_key=text)
    association.search_key = text


def add_name(
    association: Association,
    *,
    name: str,
    kind: str,
    actor: Actor,
    now: datetime,
    version: int,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> AssociationName:
    """Add a short, former or other name by which the association is found and shown."""
    require_role(actor, DEPARTMENT, "登记社会组织别名")
    row = AssociationName(association=association, name=name.strip(), kind=kind, starts_on=starts_on, ends_on=ends_on)
    row.key = name_key(row.name)
    if row.key == association.key:
        raise Refused("name.same", f"「{row.name}」就是现在的名称，不必再登记为{NameKind(kind).label}。")
    with transaction.atomic():
        touch(association, version=version, now=now)
        with everything("names of one association"):
            if association.names.filter(key=row.key).exists():
                raise Refused("name.known", f"「{row.name}」已登记为这家社会组织的名称，不必重复登记。")
        checked(row).save()
        _refresh_search(association)
        after = {"name": row.name, "kind": NameKind(kind).label}
        record("associations.add_name", actor=actor, subject=association, after=after, now=now)
    return row


def remove_name(name: AssociationName, *, actor: Actor, now: datetime, version: int) -> None:
    """Take a wrong name away; the history keeps it."""
    require_role(actor, DEPARTMENT, "删除社会组织别名")
    association = name.association
    with transaction.atomic():
        touch(association, version=version, now=now)
        with everything("names of one association"):
            association.names.filter(pk=name.pk).delete()
        _refresh_search(association)
        record("associations.remove_name", actor=actor, subject=association, before={"name": name.name}, now=now)


# Who answers


def assign_department(
    association: Association,
    *,
    role: str,
    department: Department,
    starts_on: date | None,
    actor: Actor,
    now: datetime,
    version: int,
    office: str = "",
    officer: str = "",
    source: str = Source.HAND,
) -> Assignment:
    """Make a body answer for an association from a day on.

    What held before ends the day before; an assignment that starts on the same day is corrected in place; without a
    day it holds since before our records, which only the first of a role can. Raises `Refused("assignment.later")`
    when a later one exists, `Refused("assignment.same")` when nothing would change, `Conflict` on a stale version.
    """
    require_role(actor, DEPARTMENT, "登记责任关系")
    within_scope(department, actor, "责任单位")
    _may_hold(role, department, starts_on)
    values = {"department": department, "office": office.strip(), "officer": officer.strip(), "source": source}
    with transaction.atomic():
        touch(association, version=version, now=now)
        with everything("the assignments of one association"):
            # Whatever file said it before, now it comes from hand.
            sources = named(association.sources, [role], DataSource.HAND)
            Association.objects.filter(pk=association.pk).update(sources=sources)
            rows = list(association.assignments.filter(role=role).select_related("department").order_by("pk"))
        same_day = next((row for row in rows if row.starts_on == starts_on), None)
        before = _assignment_facts(same_day) if same_day else None
        if same_day is not None:
            assignment = _corrected(same_day, values)
        else:
            _close_before(rows, starts_on, AssignmentRole(role), values)
            assignment = Assignment(association=association, role=role, starts_on=starts_on, **values)
        checked(assignment).save()
        record(
            "associations.assign",
            actor=actor,
            subject=association,
            before=before,
            after=_assignment_facts(assignment),
            now=now,
        )
    return assignment


def _assignment_facts(row: Assignment) -> dict[str, Any]:
    facts = {"role": row.get_role_display(), "department": str(row.department), "office": row.office}
    return facts | {"officer": row.officer, "starts_on": row.starts_on, "ends_on": row.ends_on}


def _may_hold(role: str, department: Department, starts_on: date | None) -> None:
    label = AssignmentRole(role).label
    is_committee = department.kind in COMMITTEE_KINDS
    if is_committee != (role == AssignmentRole.PARTY_COMMITTEE):
        raise Refused(
            "assignment.kind",
            f"「{department}」的类别是{department.get_kind_display()}，不能担任{label}。"
            f"请从{'综合（行业）党委' if role == AssignmentRole.PARTY_COMMITTEE else '政府部门'}中选择。",
        )
    if not department.is_current(starts_on or date.max) and department.ends_on is not None:
        raise Refused(
            "assignment.ended", f"「{department}」已于{department.ends_on.isoformat()}停用。请选择现在履职的单位。"
        )


def _corrected(row: Assignment, values: dict[str, Any]) -> Assignment:
    if all(getattr(row, name) == value for name, value in values.items() if name != "source"):
        raise Refused("assignment.same", f"「{row.department}」已从这一天起承担这项责任，责任处室和责任人也相同。")
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _close_before(rows: list[Assignment], starts_on: date | None, role: AssignmentRole, values: dict[str, Any]) -> None:
    """End what is open the day before `starts_on`; refuse to slip in before or into what is already recorded."""
    if starts_on is None and rows:
        raise Refused("assignment.start", f"{role.label}已有登记记录，新的责任单位须填写起始日期。")
    for row in rows:
        if row.starts_on is not None and starts_on is not None and row.starts_on > starts_on:
            raise Refused(
                "assignment.later",
                f"{role.label}自{row.starts_on.isoformat()}起已登记为「{row.department}」，"
                f"晚于您填写的{starts_on.isoformat()}。请改填更晚的起始日期，或先更正那一条记录。",
            )
    if starts_on is None:
        return
    current = next((row for row in rows if row.is_current(starts_on)), None)
    if current is None:
        return
    if all(getattr(current, name) == value for name, value in values.items() if name != "source"):
        raise Refused("assignment.same", f"现在的{role.label}就是「{current.department}」，责任处室和责任人也相同。")
    current.ends_on = starts_on - timedelta(days=1)
    current.save(update_fields=["ends_on"])


def end_assignment(assignment: Assignment, *, ends_on: date, actor: Actor, now: datetime, version: int) -> Assignment:
    """End an assignment without a successor; `version` is the association's."""
    require_role(actor, DEPARTMENT, "终止责任关系")
    association = assignment.association
    if assignment.starts_on is not None and ends_on < assignment.starts_on:
        raise Refused(
            "assignment.dates",
            f"终止日期{ends_on.isoformat()}早于起始日期{assignment.starts_on.isoformat()}。请核对两个日期。",
        )
    with transaction.atomic():
        touch(association, version=version, now=now)
        assignment.refresh_from_db()
        if assignment.ends_on is not None and assignment.ends_on <= ends_on:
            raise Refused("assignment.ended", f"这项责任关系已于{assignment.ends_on.isoformat()}终止。")
        before = _assignment_facts(assignment)
        assignment.ends_on = ends_on
        assignment.save(update_fields=["ends_on"])
        record(
            "associations.end_assignment",
            actor=actor,
            subject=association,
            before=before,
            after=_assignment_facts(assignment),
            now=now,
        )
    return assignment


# Reported numbers


def record_member_counts(
    association: Association,
    *,
    counted_on: date,
    relation_count: int | None,
    working_count: int | None,
    actor: Actor,
    now: datetime,
    version: int,
    source: str = Source.HAND,
) -> PartyMemberCount:
    """Record the full Party members of a day; the same day again corrects it. An empty number is 未填报, not 0."""
    require_role(actor, COUNTERS, "登记党员人数")
    refuse_future(counted_on, now, "统计日期")
    values = {"relation_count": relation_count, "working_count": working_count, "source": source}
    with transaction.atomic():
        touch(association, version=version, now=now)
        with everything("the counts of one association"):
            row = association.party_member_counts.filter(counted_on=counted_on).first()
        before = {"relation_count": row.relation_count, "working_count": row.working_count} if row else None
        row = row or PartyMemberCount(association=association, counted_on=counted_on)
        for name, value in values.items():
            setattr(row, name, value)
        row.recorded_by_id = actor.user_id
        checked(row).save()
        after = {"counted_on": counted_on, "relation_count": relation_count, "working_count": working_count}
        record("associations.count_members", actor=actor, subject=association, before=before, after=after, now=now)
    return row
