"""Every write of instructors and whom they look after; assigning one for an establishment also lays a task."""

import zlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from associations.registry.enums import AssignmentRole
from associations.registry.models import Association, Department, current_on
from associations.registry.services import checked, refuse_ended, require_role, touch, within_scope
from partybuilding.coverage.enums import ESTABLISH_TASK, InstructorKind
from partybuilding.coverage.models import Instructor, InstructorAssignment
from partybuilding.coverage.rules import instructor_findings
from partybuilding.organizations.rules import Finding
from partybuilding.organizations.selectors import may_manage
from portal.access.actor import Actor, Scope
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything, scoped
from portal.audit.services import record
from portal.importing.normalise import name_key
from portal.importing.sources import by_hand
from portal.notices.models import Task
from portal.notices.services import open_task
from portal.people.services import correct_person, new_phone, person_for, phone_after
from portal.regions.models import Region
from portal.regulations.selectors import value
from portal.workflow.services import update_versioned

INSTRUCTING = DEPARTMENT | {Role.PARTY_COMMITTEE}
FOLLOWING = INSTRUCTING | {Role.REGIONAL_OFFICE}
CITY_DEPTH = 2


@dataclass(frozen=True, slots=True)
class Assigned:
    """The assignment, the task it opened (none without a due date), and what the rule book remarks."""

    assignment: InstructorAssignment
    task: Task | None
    findings: list[Finding]


def create_instructor(
    *,
    name: str,
    department: Department | None,
    actor: Actor,
    now: datetime,
    kind: str = InstructorKind.INSTRUCTOR,
    phone: str = "",
    id_number: str = "",
    user: Any = None,
) -> Instructor:
    """Register an instructor, seconded by a body; an ID number is optional."""
    require_role(actor, INSTRUCTING, "登记党建工作指导员")
    if department is not None:
        within_scope(department, actor, "选派单位")
    with everything("the same instructor twice"):
        known = Instructor.objects.filter(person__name_key=name_key(name), department=department, is_active=True)
        if known.exists():
            where = f"「{department}」" if department else "名册中"
            raise Refused("instructor.known", f"{where}已有指导员「{name.strip()}」。同名的请在姓名后加注区别。")
    with transaction.atomic():
        person = person_for(name=name, id_number=id_number, actor=actor, now=now)
        phone_row = new_phone(phone, now=now)
        instructor = Instructor(person=person, kind=kind, phone=phone_row, department=department, user=user)
        checked(instructor).save()
        _stay_in_scope(instructor, actor)
        after = {"name": instructor.name, "kind": instructor.get_kind_display(), "department": str(department or "")}
        record("instructors.create", actor=actor, subject=instructor, after=after, now=now)
    return instructor


def _stay_in_scope(instructor: Instructor, actor: Actor) -> None:
    """A committee registers its own instructors: what it writes it must still see."""
    if not scoped(Instructor, actor).filter(pk=instructor.pk).exists():
        raise Refused(
            "scope.outside",
            "选派单位不在您的管理范围内。请选择本党委或下级党委，其他单位选派的请联系社会工作部登记。",
        )


def change_instructor(
    instructor: Instructor,
    *,
    name: str,
    department: Department | None,
    is_active: bool,
    actor: Actor,
    now: datetime,
    version: int,
    kind: str | None = None,
    phone: str | None = None,
    id_number: str | None = None,
) -> Instructor:
    """Change an instructor; one who leaves office ends the assignments today. Raises `Conflict` on a stale version."""
    require_role(actor, INSTRUCTING, "修改党建工作指导员")
    decision = may_manage(actor, instructor.department, f"指导员「{instructor}」")
    if not decision:
        raise Refused("instructor.foreign", decision.reason)
    if department is not None:
        within_scope(department, actor, "选派单位")
    today = localdate(now)
    was_active = instructor.is_active
    before = {"name": instructor.name, "department": str(instructor.department or ""), "is_active": was_active}
    before_phone = instructor.phone_id
    with transaction.atomic():
        changes: dict[str, Any] = {"department": department, "is_active": is_active, "kind": kind or instructor.kind}
        changes["person"] = correct_person(
            instructor.person, name=name, id_number=id_number or None, actor=actor, now=now
        )
        changes["phone"] = phone_after(instructor.phone, phone or None, now=now)
        differing = [name for name, value in changes.items() if getattr(instructor, name) != value]
        update_versioned(instructor, version=version, changes=changes | by_hand(instructor, differing))
        _stay_in_scope(instructor, actor)
        if was_active and not is_active:
            with everything("the assignments of one instructor"):
                rows = instructor.assignments.filter(Q(ends_on=None) | Q(ends_on__gt=today))
                rows.filter(Q(starts_on=None) | Q(starts_on__lte=today)).update(ends_on=today)
                instructor.assignments.filter(starts_on__gt=today).delete()
        after = {"name": instructor.name, "department": str(department or ""), "is_active": is_active}
        if before_phone != instructor.phone_id:
            before["phone"], after["phone"] = "", "已更改"
        record("instructors.change", actor=actor, subject=instructor, before=before, after=after, now=now)
    return instructor


def assign_instructor(
    association: Association,
    instructor: Instructor,
    *,
    starts_on: date,
    ends_on: date | None,
    due_on: date | None,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Assigned:
    """Let an instructor look after an association; with `due_on`, lay the task to found its Party organisation.

    The task goes to the officers of the committee that answers for the association on that day. Raises `Refused`
    without such a committee, for an instructor out of office, for an end before the start, or for an overlap of the
    same two; more than the usual load is a finding (R-095), not a refusal.
    """
    require_role(actor, INSTRUCTING, "指派党建工作指导员")
    within_scope(association, actor, "社会组织")
    within_scope(instructor, actor, "指导员")
    today = localdate(now)
    _check_dates(starts_on, ends_on, due_on, today)
    refuse_ended(association, starts_on)
    if not instructor.is_active:
        raise Refused("instructor.inactive", f"「{instructor}」已不在任。请选择在任的指导员。")
    committee = committee_of(association, today) if due_on is not None else None
    if due_on is not None and committee is None:
        raise Refused(
            "instructor.no_committee",
            f"「{association}」还没有所属综合（行业）党委，组建任务无处交办。请先登记其所属党委。",
        )
    with transaction.atomic():
        touch(association, version=version, now=now)
        _refuse_overlap(association, instructor, starts_on, ends_on)
        assignment = InstructorAssignment(
            instructor=instructor, association=association, starts_on=starts_on, ends_on=ends_on
        )
        checked(assignment).save()
        load = association_load(instructor, starts_on)
        findings = instructor_findings(load, limit=int(value("instructor.association_limit", on=starts_on)))
        task = None
        if committee is not None:
            task = open_task(
                kind=ESTABLISH_TASK,
                subject=association,
                title=f"为「{association}」组建党组织",
                url=reverse("associations:association", args=[association.pk]) + "?tab=party",
                for_role=Role.PARTY_COMMITTEE,
                body=Scope("department", committee.pk, committee.name),
                due_on=due_on,
                actor=actor,
                now=now,
            )
        record(
            "instructors.assign",
            actor=actor,
            subject=association,
            after={"instructor": instructor.name, "starts_on": starts_on, "ends_on": ends_on, "due_on": due_on},
            reason="".join(finding.text for finding in findings),
            now=now,
        )
    return Assigned(assignment, task, findings)


def _check_dates(starts_on: date, ends_on: date | None, due_on: date | None, today: date) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise Refused(
            "instructor.dates",
            f"终止日期{ends_on.isoformat()}早于起始日期{starts_on.isoformat()}。请核对两个日期。",
        )
    if due_on is not None and due_on < today:
        raise Refused("instructor.due", f"办理期限{due_on.isoformat()}已经过去。请填写今天或以后的日期。")


def _refuse_overlap(association: Association, instructor: Instructor, starts_on: date, ends_on: date | None) -> None:
    later = Q() if ends_on is None else Q(starts_on=None) | Q(starts_on__lte=ends_on)
    with everything("the same two, at any time"):
        rows = instructor.assignments.filter(later, Q(ends_on=None) | Q(ends_on__gte=starts_on))
        other = rows.filter(association=association).order_by("pk").first()
    if other is not None:
        until = f"至{other.ends_on.isoformat()}" if other.ends_on else "起，尚未终止"
        since = other.starts_on.isoformat() if other.starts_on else "以前"
        raise Refused(
            "instructor.overlap", f"「{instructor}」已联系「{association}」（{since}{until}），不必重复指派。"
        )


def association_load(instructor: Instructor, day: date) -> int:
    """How many associations an instructor looks after on a day, whoever asks (R-095)."""
    with everything("the load of one instructor"):
        return instructor.assignments.filter(current_on(day)).values("association").distinct().count()


def committee_of(association: Association, day: date) -> Department | None:
    """The 综合(行业)党委 that answers for an association on a day."""
    with everything("the committee of one association"):
        rows = association.assignments.filter(current_on(day), role=AssignmentRole.PARTY_COMMITTEE)
        found = rows.select_related("department").order_by("-starts_on", "-pk").first()
    return found.department if found else None


def end_instructor_assignment(
    assignment: InstructorAssignment, *, ends_on: date, actor: Actor, now: datetime
) -> InstructorAssignment:
    """End an assignment; the instructor no longer counts for R-077 from the next day."""
    require_role(actor, INSTRUCTING, "终止指导员联系关系")
    if assignment.starts_on is not None and ends_on < assignment.starts_on:
        raise Refused(
            "instructor.dates",
            f"终止日期{ends_on.isoformat()}早于起始日期{assignment.starts_on.isoformat()}。请核对两个日期。",
        )
    with transaction.atomic():
        touch(assignment.association, version=None, now=now)
        assignment.refresh_from_db()
        if assignment.ends_on is not None and assignment.ends_on <= ends_on:
            raise Refused("instructor.ended", f"这项联系关系已于{assignment.ends_on.isoformat()}终止。")
        before = {"instructor": assignment.instructor.name, "ends_on": assignment.ends_on}
        assignment.ends_on = ends_on
        assignment.save(update_fields=["ends_on"])
        record(
            "instructors.end",
            actor=actor,
            subject=assignment.association,
            before=before,
            after={"instructor": assignment.instructor.name, "ends_on": ends_on},
            now=now,
        )
    return assignment


def follow_up(association: Association, *, title: str, due_on: date, actor: Actor, now: datetime) -> Task:
    """Lay a task about an association: by the department or a city on the committee that answers for it, without one on
    its city; by a committee on the association itself.

    Raises `Refused` for a day that has passed, an association that no longer exists, or one nobody answers for.
    """
    require_role(actor, FOLLOWING, "交办任务")
    within_scope(association, actor, "社会组织")
    today = localdate(now)
    _check_dates(today, None, due_on, today)
    refuse_ended(association, today)
    for_role, body = _who_follows(association, actor, today)
    return open_task(
        kind=f"follow_up-{zlib.crc32(title.strip().encode()):08x}",
        subject=association,
        title=f"{title.strip()}：{association}",
        url=reverse("associations:association", args=[association.pk]) + "?tab=party",
        for_role=for_role,
        body=body,
        due_on=due_on,
        actor=actor,
        now=now,
    )


def _who_follows(association: Association, actor: Actor, today: date) -> tuple[str, Scope]:
    if actor.role == Role.PARTY_COMMITTEE:
        return Role.ASSOCIATION_FILER, Scope("association", association.pk, association.name)
    committee = committee_of(association, today)
    if committee is not None:
        return Role.PARTY_COMMITTEE, Scope("department", committee.pk, committee.name)
    codes = association.region.path_codes
    if len(codes) < CITY_DEPTH:
        raise Refused(
            "follow_up.nobody",
            f"「{association}」在省本级登记，还没有所属综合（行业）党委，任务无处交办。请先登记其所属党委。",
        )
    city = association.region if len(codes) == CITY_DEPTH else Region.objects.get(code=codes[CITY_DEPTH - 1])
    return Role.REGIONAL_OFFICE, Scope("region", city.pk, city.name, path=city.path)
