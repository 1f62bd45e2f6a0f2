"""Every write of the desk of a committee, and of the meetings in which units deal with Party building."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from associations.registry.models import Department
from associations.registry.services import COMMITTEE_KINDS, checked, refuse_future, require_role, within_scope
from partybuilding.commissions.models import (
    AgendaItem,
    CommissionMember,
    CommissionProfile,
    CommissionRule,
    Meeting,
)
from partybuilding.commissions.rules import category_problem, meeting_problem, together
from portal.access.actor import Actor, Scope
from portal.access.decisions import ALLOWED, Decision, Refused
from portal.access.roles import BODIES, DEPARTMENT, Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.notices.services import open_task
from portal.workflow.services import update_versioned

KEEPERS = DEPARTMENT | {Role.PARTY_COMMITTEE, Role.REGIONAL_OFFICE}
MEETERS = KEEPERS | BODIES
AGENDA_TASK = "party_meeting"


def may_write(actor: Actor, department: Department) -> Decision:
    """Whether the actor keeps the desk of a body: the department, the body itself, a committee above it, the office of
    its place for its committees."""
    if actor.role in DEPARTMENT or (actor.role in BODIES and department.pk in actor.scope.department_pks):
        return ALLOWED
    if actor.role in BODIES and actor.scope.pk == department.pk:
        return ALLOWED
    is_here = department.region is not None and department.region.path.startswith(actor.scope.path)
    if actor.role == Role.REGIONAL_OFFICE and department.kind in COMMITTEE_KINDS and is_here:
        return ALLOWED
    return Decision(False, f"「{department}」的工作由该单位自己登记，您只能查看。需要修改的，请联系该单位。")


def _must_write(department: Department, actor: Actor, roles: frozenset[Role], what: str) -> None:
    require_role(actor, roles, what)
    within_scope(department, actor, "单位")
    decision = may_write(actor, department)
    if not decision:
        raise Refused("commission.foreign", decision.reason)
    if department.ends_on is not None:
        raise Refused("commission.ended", f"「{department}」已于{department.ends_on.isoformat()}停用，不能{what}。")


def _must_keep(department: Department, actor: Actor, what: str) -> None:
    _must_write(department, actor, KEEPERS, what)
    if department.kind not in COMMITTEE_KINDS:
        raise Refused(
            "commission.kind", f"「{department}」不是党（工）委，不能{what}。请选择两新工委或者综合（行业）党委。"
        )


def save_profile(
    department: Department,
    *,
    category: str,
    actor: Actor,
    now: datetime,
    version: int = 0,
    principle: str = "",
    founded_on: date | None = None,
    approval_number: str = "",
) -> CommissionProfile:
    """Record by what a committee groups and how it was set up; `version` is the profile's, 0 without one."""
    _must_keep(department, actor, "登记党（工）委概况")
    refuse_future(founded_on, now, "成立日期")
    problem = category_problem(category, department.kind, department.hosted_by_id is not None)
    if problem:
        raise Refused("commission.category", problem)
    values = {
        "category": category,
        "principle": principle.strip(),
        "founded_on": founded_on,
        "approval_number": approval_number.strip(),
    }
    with everything("the profile of one committee"):
        profile = CommissionProfile.objects.filter(department=department).first()
    with transaction.atomic():
        if profile is None:
            profile = CommissionProfile(department=department, **values)
            checked(profile).save()
            before: dict[str, Any] = {}
        else:
            before = {name: getattr(profile, name) for name in values}
            update_versioned(profile, version=version, changes=values)
        record("commissions.profile", actor=actor, subject=department, before=before, after=values, now=now)
    return profile


def seat_member(
    department: Department,
    *,
    post: str,
    name: str,
    starts_on: date,
    actor: Actor,
    now: datetime,
    office: str = "",
    number: int = 1,
) -> CommissionMember:
    """Seat somebody from a day on. Refuses the same person twice, and a second secretary, at that time."""
    _must_keep(department, actor, "登记组成人员")
    refuse_future(starts_on, now, "任职日期")
    row = CommissionMember(
        department=department,
        post=post,
        name="".join(name.split()),
        office=office.strip(),
        number=number,
        starts_on=starts_on,
    )
    with transaction.atomic():
        _bump(department, now)
        with everything("the members of one committee"):
            known = CommissionMember.objects.filter(
                Q(ends_on=None) | Q(ends_on__gte=starts_on), department=department, name=row.name
            ).first()
        if known is not None:
            since = known.starts_on.isoformat() if known.starts_on else "以前"
            until = f"至{known.ends_on.isoformat()}" if known.ends_on else "起，仍在任"
            raise Refused(
                "commission.member_twice",
                f"「{known.name}」已任{department}{known.get_post_display()}（{since}{until}），不能重复登记。"
                "请先登记原任职终止，再登记新职务。",
            )
        checked(row).save()
        record("commissions.seat", actor=actor, subject=department, after=_seat(row), now=now)
    return row


def _bump(department: Department, now: datetime) -> None:
    """What is written about one body comes one after the other on any database."""
    with everything("a bump by primary key"):
        version = Department.objects.values_list("version", flat=True).get(pk=department.pk)
    update_versioned(department, version=version, changes={"updated_at": now})


def _seat(row: CommissionMember) -> dict[str, Any]:
    return {"post": str(row.get_post_display()), "name": row.name, "starts_on": row.starts_on, "ends_on": row.ends_on}


def end_seat(row: CommissionMember, *, ends_on: date, actor: Actor, now: datetime, version: int) -> CommissionMember:
    """Somebody leaves the committee; `ends_on` is the last day."""
    _must_keep(row.department, actor, "登记任职终止")
    _refuse_end(row, ends_on, now)
    before = _seat(row)
    with transaction.atomic():
        update_versioned(row, version=version, changes={"ends_on": ends_on})
        record("commissions.unseat", actor=actor, subject=row.department, before=before, after=_seat(row), now=now)
    return row


def _refuse_end(row: CommissionMember | CommissionRule, ends_on: date, now: datetime) -> None:
    refuse_future(ends_on, now, "终止日期")
    if row.ends_on is not None and row.ends_on <= ends_on:
        raise Refused("ended", f"已于{row.ends_on.isoformat()}终止，不必重复登记。")
    if row.starts_on is not None and ends_on < row.starts_on:
        raise Refused(
            "dates", f"终止日期{ends_on.isoformat()}早于起始日期{row.starts_on.isoformat()}。请核对两个日期。"
        )


def adopt_rule(
    department: Department,
    *,
    title: str,
    starts_on: date,
    actor: Actor,
    now: datetime,
    document_number: str = "",
    content: str = "",
) -> CommissionRule:
    """Record a rule of procedure from a day on. Refuses a second one of the same title in force."""
    _must_keep(department, actor, "登记制度")
    row = CommissionRule(
        department=department,
        title=title.strip(),
        starts_on=starts_on,
        document_number=document_number.strip(),
        content=content.strip(),
    )
    with transaction.atomic():
        checked(row).save()
        after = {"title": row.title, "document_number": row.document_number, "starts_on": starts_on}
        record("commissions.rule", actor=actor, subject=department, after=after, now=now)
    return row


def end_rule(row: CommissionRule, *, ends_on: date, actor: Actor, now: datetime, version: int) -> CommissionRule:
    """A rule is no longer in force after a day."""
    _must_keep(row.department, actor, "登记制度停止执行")
    _refuse_end(row, ends_on, now)
    with transaction.atomic():
        update_versioned(row, version=version, changes={"ends_on": ends_on})
        after = {"title": row.title, "ends_on": ends_on}
        record("commissions.end_rule", actor=actor, subject=row.department, after=after, now=now)
    return row


MEETING_FIELDS = ("kind", "held_on", "title", "attendee_count", "summary", "counterpart", "record_count")
TOGETHER_FIELDS = ("is_studied", "is_planned", "is_deployed")


def _check_meeting(department: Department, given: dict[str, Any], now: datetime) -> None:
    refuse_future(given["held_on"], now, "会议日期")
    done = together(*(given[name] for name in TOGETHER_FIELDS))
    problem = meeting_problem(given["kind"], department.kind, given["counterpart"] is not None, done)
    if problem:
        raise Refused("meeting.kind", problem)
    if given["counterpart"] is not None and given["counterpart"].pk == department.pk:
        raise Refused("meeting.counterpart", f"「{department}」不能与本单位会商。请另填对方单位。")


def record_meeting(
    department: Department, *, agenda: Sequence[str] = (), actor: Actor, now: datetime, **given: Any
) -> Meeting:
    """Record a meeting with its agenda. Raises `Refused` for a kind that the body does not hold, a day to come, an
    exchange without the other side, a leaders' meeting that had nothing to do with Party building."""
    _must_write(department, actor, frozenset(MEETERS), "登记会议")
    _check_meeting(department, given, now)
    row = Meeting(department=department, **{name: given[name] for name in (*MEETING_FIELDS, *TOGETHER_FIELDS)})
    with transaction.atomic():
        checked(row).save()
        AgendaItem.objects.bulk_create(
            AgendaItem(meeting=row, number=number, title=text[:200]) for number, text in enumerate(agenda, start=1)
        )
        after = _meeting_facts(row) | {"agenda": list(agenda)}
        record("party_meetings.record", actor=actor, subject=department, after=after, now=now)
    return row


def change_meeting(meeting: Meeting, *, actor: Actor, now: datetime, version: int, **given: Any) -> Meeting:
    """Correct a meeting; its agenda stays."""
    _must_write(meeting.department, actor, frozenset(MEETERS), "修改会议")
    _check_meeting(meeting.department, given, now)
    before = _meeting_facts(meeting)
    changes = {name: given[name] for name in (*MEETING_FIELDS, *TOGETHER_FIELDS)}
    with transaction.atomic():
        update_versioned(meeting, version=version, changes=changes | {"updated_at": now})
        after = _meeting_facts(meeting)
        record("party_meetings.change", actor=actor, subject=meeting.department, before=before, after=after, now=now)
    return meeting


def _meeting_facts(row: Meeting) -> dict[str, Any]:
    return {
        "kind": str(row.get_kind_display()),
        "held_on": row.held_on,
        "title": row.title,
        "counterpart": str(row.counterpart or ""),
        "record_count": row.record_count,
        "together": str(together(row.is_studied, row.is_planned, row.is_deployed).label),
    }


def decide_item(
    item: AgendaItem,
    *,
    resolution: str,
    actor: Actor,
    now: datetime,
    version: int,
    responsible: Department | None = None,
    due_on: date | None = None,
) -> AgendaItem:
    """What was decided; with a responsible committee and a day it becomes a task on that committee's desk.

    `version` is the meeting's. Raises `Refused` for one without the other, and for a day that is past.
    """
    meeting = item.meeting
    _must_write(meeting.department, actor, frozenset(MEETERS), "登记议定事项")
    if (responsible is None) != (due_on is None):
        missing = "完成期限" if due_on is None else "责任党（工）委"
        raise Refused(
            "meeting.task", f"交办任务须同时填写责任党（工）委和完成期限，现在没有填写{missing}。请一并填写。"
        )
    if due_on is not None and due_on < localdate(now):
        raise Refused("meeting.due", f"完成期限{due_on.isoformat()}已经过去。请填写今天或以后的日期。")
    with transaction.atomic():
        update_versioned(meeting, version=version, changes={"updated_at": now})
        item.resolution, item.responsible, item.due_on = resolution.strip(), responsible, due_on
        checked(item).save()
        after = {"item": item.title, "resolution": item.resolution, "responsible": str(responsible or "")}
        record("party_meetings.decide", actor=actor, subject=meeting.department, after=after, now=now)
        if responsible is not None:
            open_task(
                kind=AGENDA_TASK,
                subject=item,
                title=f"落实会议议定事项：{item.resolution or item.title}",
                url=reverse("partybuilding:meeting", args=[meeting.pk]),
                for_role=Role.PARTY_COMMITTEE,
                body=Scope("department", responsible.pk, responsible.name),
                due_on=due_on,
                actor=actor,
                now=now,
            )
    return item
