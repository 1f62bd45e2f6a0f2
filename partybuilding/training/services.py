"""Every write of training: academies, trainings held, who attended."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from associations.registry.models import Department
from associations.registry.services import checked, require_role, within_scope
from partybuilding.members.rules import KEEPERS
from partybuilding.members.services import may_keep
from partybuilding.organizations.models import PartyOrganization
from partybuilding.standing.rules import APPROVERS
from partybuilding.training.models import Academy, TrainingAttendance, TrainingSession
from partybuilding.training.rules import Line, attendance_problem, session_problem
from partybuilding.training.selectors import named_in_register
from portal.access.actor import Actor
from portal.access.decisions import ALLOWED, Decision, Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.importing.normalise import name_key
from portal.workflow.services import update_versioned

TOLD = 5


def open_academy(
    *, name: str, actor: Actor, now: datetime, host: str = "", opened_on: date | None = None, remark: str = ""
) -> Academy:
    """Put an academy on the list."""
    require_role(actor, DEPARTMENT, "登记培训学院")
    with transaction.atomic():
        academy = Academy(name=name.strip(), host=host.strip(), opened_on=opened_on, remark=remark.strip())
        checked(academy).save()
        record("training.open_academy", actor=actor, subject=academy, after={"name": academy.name}, now=now)
    return academy


def may_hold(actor: Actor, organization: PartyOrganization | None, organizer: Department | None) -> Decision:
    """Whose training it is: an organisation's by who keeps its roster, a committee's by the committee, else ours."""
    if actor.role in DEPARTMENT:
        return ALLOWED
    if organization is not None:
        return may_keep(actor, organization)
    if actor.role == Role.PARTY_COMMITTEE and organizer is not None and organizer.pk in actor.scope.department_pks:
        return ALLOWED
    return Decision(False, "这次培训由其他单位举办，您只能查看。需要修改的，请联系举办单位。")


def hold(
    *,
    organization: PartyOrganization | None = None,
    organizer: Department | None = None,
    actor: Actor,
    now: datetime,
    **values: Any,
) -> TrainingSession:
    """Record a training that was held. Raises `Refused` for one that is not over, and for hours no day has."""
    require_role(actor, KEEPERS if organization is not None else APPROVERS, "登记培训")
    if organization is not None:
        within_scope(organization, actor, "党组织")
    decision = may_hold(actor, organization, organizer)
    if not decision:
        raise Refused("training.foreign", decision.reason)
    problem = session_problem(values["starts_on"], values["ends_on"], values["hours"], localdate(now))
    if problem:
        raise Refused("training.session", problem)
    with transaction.atomic():
        session = TrainingSession(organization=organization, organizer=organizer, **values)
        checked(session).save()
        after = {"title": session.title, "audience": session.get_audience_display(), "starts_on": session.starts_on}
        record("training.hold", actor=actor, subject=session, after=after, now=now)
    return session


def correct_session(
    session: TrainingSession, *, actor: Actor, now: datetime, version: int, **values: Any
) -> TrainingSession:
    """Correct a training; not below the hours that somebody has attended."""
    _must_hold(session, actor, "修改培训")
    problem = session_problem(values["starts_on"], values["ends_on"], values["hours"], localdate(now))
    if problem:
        raise Refused("training.session", problem)
    before = {name: getattr(session, name) for name in values}
    with transaction.atomic():
        update_versioned(session, version=version, changes={"updated_at": now})
        with everything("the attendances of one training"):
            longest = session.attendances.order_by("-hours").first()
            if values.get("audience") != session.audience and longest is not None:
                raise Refused("training.audience", "已登记参训人员，培训对象不能再改。请另行登记一次培训。")
        if longest is not None and longest.hours > values["hours"]:
            raise Refused(
                "training.hours",
                f"已登记的参训人员最多有{longest.hours}学时，本次培训不能少于这个数。请先核对参训记录。",
            )
        for name, value in values.items():
            setattr(session, name, value)
        checked(session)
        update_versioned(session, version=session.version, changes=values)
        changed = {name: value for name, value in values.items() if before[name] != value}
        shown = {name: before[name] for name in changed}
        record("training.correct", actor=actor, subject=session, before=shown, after=changed, now=now)
    return session


def _must_hold(session: TrainingSession, actor: Actor, what: str) -> None:
    require_role(actor, KEEPERS, what)
    within_scope(session, actor, "培训")
    decision = may_hold(actor, session.organization, session.organizer)
    if not decision:
        raise Refused("training.foreign", decision.reason)


def attend(
    session: TrainingSession, *, lines: Sequence[Line], actor: Actor, now: datetime, version: int
) -> list[TrainingAttendance]:
    """Record who attended, all lines or none. Within the register of the audience a name names its one bearer.

    Raises `Refused` with every line that cannot be recorded: unknown, of two, twice, or longer than the training.
    """
    _must_hold(session, actor, "登记参训人员")
    if not lines:
        raise Refused("training.nobody", "没有填写参训人员。请每行填写一人。")
    with transaction.atomic():
        update_versioned(session, version=version, changes={"updated_at": now})
        known = named_in_register(actor, session, lines)
        with everything("the attendances of one training"):
            there = set(session.attendances.values_list("person", flat=True))
        rows: list[TrainingAttendance] = []
        problems: list[str] = []
        for line in lines:
            row, problem = _attendance(session, line, known, there, now)
            if row is not None:
                rows.append(row)
                there.add(row.person_id)
            else:
                problems.append(problem)
        if problems:
            more = f"等{len(problems)}行有问题" if len(problems) > TOLD else ""
            raise Refused("training.attendance", "".join(problems[:TOLD]) + more)
        TrainingAttendance.objects.bulk_create(rows, batch_size=500)
        after = {"title": session.title, "count": len(rows)}
        record("training.attend", actor=actor, subject=session, after=after, now=now)
    return rows


def _attendance(
    session: TrainingSession, line: Line, known: dict[str, list[Any]], there: set[Any], now: datetime
) -> tuple[TrainingAttendance | None, str]:
    matches = known.get(name_key(line.name), [])
    if line.body:
        key = name_key(line.body)
        matches = [one for one in matches if key in name_key(one.body) or name_key(one.body) in key]
    label = session.get_audience_display()
    if not matches:
        return None, f"在您的管理范围内，{label}名单上没有「{line.name}」。请先登记，或核对姓名。"
    if len(matches) > 1:
        return None, f"{label}名单上有{len(matches)}人叫「{line.name}」。请在姓名后注明党组织或社会组织。"
    found, hours = matches[0], line.hours if line.hours is not None else session.hours
    if found.person_pk in there:
        return None, f"「{line.name}」已登记参加本次培训，不必重复登记。"
    problem = attendance_problem(line.name, Decimal(hours), session.hours)
    if problem:
        return None, problem
    return (
        TrainingAttendance(
            session=session,
            person_id=found.person_pk,
            organization_id=found.organization_pk,
            association_id=found.association_pk,
            hours=hours,
            recorded_at=now,
        ),
        "",
    )


def remove_attendance(attendance: TrainingAttendance, *, actor: Actor, now: datetime, version: int) -> None:
    """Take a wrong line away; history keeps it. `version` is the training's."""
    _must_hold(attendance.session, actor, "删除参训记录")
    with transaction.atomic():
        update_versioned(attendance.session, version=version, changes={"updated_at": now})
        before = {"name": attendance.person.name, "hours": attendance.hours}
        record("training.remove_attendance", actor=actor, subject=attendance.session, before=before, now=now)
        attendance.delete()
