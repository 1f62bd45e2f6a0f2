"""Every write of checklists: templates as reference data, opening, recording a step, closing with what is frozen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localdate

from associations.checklists.enums import Occasion, StepState
from associations.checklists.models import Checklist, ChecklistStep, ChecklistTemplate, TemplateStep
from associations.checklists.rules import applying, open_steps
from associations.checklists.selectors import step_views, templates_for, with_steps
from associations.registry.enums import TERMINAL_STATUSES, AssignmentRole, RegistrationLevel
from associations.registry.models import Association, current_on
from associations.registry.services import checked, refuse_ended, refuse_future, require_role, within_scope
from portal.access.actor import Actor, Scope
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything, scoped
from portal.audit.services import record
from portal.notices.services import close_for_subject, open_task
from portal.regions.models import Region
from portal.regulations.calendar import work_calendar
from portal.regulations.rules import ConfigurationError, Deadline, WorkCalendar
from portal.regulations.selectors import value
from portal.workflow.services import update_versioned

HANDLERS = DEPARTMENT | {Role.REGIONAL_OFFICE, Role.PARTY_COMMITTEE, Role.REGISTRAR}
CHECKLIST_TASK = "checklist"
NEW_DAYS = "checklist.registered_within_days"


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One template of the reference data with its steps: (text, fact); `region` is a code, empty for the nation."""

    code: str
    title: str
    region: str
    occasion: str
    working_days: int | None
    starts_on: date | None
    ends_on: date | None
    source: str
    confidence: str
    steps: tuple[tuple[str, str], ...]


@transaction.atomic
def load_templates(rows: Iterable[TemplateRow]) -> int:
    """Enter or correct templates by code, jurisdiction and first day. Returns how many were written.

    Checklists that are open keep the words they were opened with. Raises ValueError for an unknown region.
    """
    wanted = list(rows)
    regions = Region.objects.in_bulk({row.region for row in wanted if row.region}, field_name="code")
    written = 0
    for row in wanted:
        if row.region and row.region not in regions:
            raise ValueError(f"清单数据中的地区代码不存在：{row.region}。请先导入行政区划。")
        region = regions.get(row.region)
        known = ChecklistTemplate.objects.filter(code=row.code, region=region, starts_on=row.starts_on).first()
        template = known or ChecklistTemplate(code=row.code, region=region, starts_on=row.starts_on)
        names = ("title", "occasion", "working_days", "ends_on", "source", "confidence")
        same_steps = known and tuple(known.steps.order_by("number").values_list("text", "fact")) == row.steps
        if same_steps and all(getattr(template, name) == getattr(row, name) for name in names):
            continue
        for name in names:
            setattr(template, name, getattr(row, name))
        template.full_clean()
        template.save()
        template.steps.all().delete()
        TemplateStep.objects.bulk_create(
            TemplateStep(template=template, number=number, text=text, fact=fact)
            for number, (text, fact) in enumerate(row.steps, start=1)
        )
        written += 1
    return written


# Opening -----------------------------------------------------------------------------------------------------------


def open_checklist(association: Association, template: ChecklistTemplate, *, actor: Actor, now: datetime) -> Checklist:
    """Open a checklist by hand. Raises `Refused` where the template does not apply, or when it was opened before."""
    require_role(actor, HANDLERS, "开立办理清单")
    within_scope(association, actor, "社会组织")
    today = localdate(now)
    refuse_ended(association, today)
    if template not in templates_for(association, today):
        raise Refused("checklist.template", f"「{template}」不适用于「{association}」的登记地。请重新选择清单。")
    with everything("one association's checklists"):
        if Checklist.objects.filter(association=association, code=template.code).exists():
            raise Refused("checklist.known", f"「{association}」已开立「{template}」，请直接办理。")
    with transaction.atomic():
        return _open(association, template, work_calendar(), actor, now)


def open_new_registrations(now: datetime) -> int:
    """The tick: each association registered a short while ago has the checklists of 新登记. Returns how many it opened.

    A year that the work calendar does not know leaves the association for later, when it is entered.
    """
    today = localdate(now)
    templates = list(
        ChecklistTemplate.objects.filter(occasion=Occasion.REGISTRATION)
        .select_related("region")
        .prefetch_related("steps")
    )
    if not templates:
        return 0
    with everything("whatever was registered lately, and its checklists"):
        try:
            since = today - timedelta(days=int(value(NEW_DAYS, on=today)))
        except ConfigurationError:
            return 0
        fresh = Association.objects.filter(established_on__gte=since, established_on__lte=today)
        fresh = fresh.exclude(status__in=TERMINAL_STATUSES).select_related("region").order_by("pk")
        known = set(Checklist.objects.filter(association__in=fresh.values("pk")).values_list("association", "code"))
        due = [
            (one, template)
            for one in fresh
            for template in applying(templates, one.region.path_codes, today)
            if (one.pk, template.code) not in known
        ]
    calendar = work_calendar() if due else None
    opened = 0
    for association, template in due:
        assert calendar is not None  # noqa: S101
        try:
            with transaction.atomic():
                _open(association, template, calendar, None, now)
        except (ConfigurationError, IntegrityError):
            continue  # a second worker was first, or the calendar lacks the year
        opened += 1
    return opened


def _open(
    association: Association, template: ChecklistTemplate, calendar: WorkCalendar, actor: Actor | None, now: datetime
) -> Checklist:
    today = localdate(now)
    start = association.established_on or today
    deadline = clock(start, template.working_days, calendar)
    checklist = Checklist(
        association=association,
        template=template,
        code=template.code,
        starts_on=start,
        opened_on=today,
        due_on=deadline.on if deadline else None,
        is_provisional=bool(deadline and deadline.is_provisional),
    )
    checklist.save()
    ChecklistStep.objects.bulk_create(
        ChecklistStep(checklist=checklist, number=step.number, text=step.text, fact=step.fact)
        for step in template.steps.all()
    )
    after = {"checklist": template.title, "starts_on": start, "due_on": checklist.due_on}
    record("checklists.open", actor=actor, subject=association, after=after, now=now)
    if checklist.due_on is not None:
        role, body = _handler(association, today)
        open_task(
            kind=CHECKLIST_TASK,
            subject=checklist,
            title=f"办理「{association}」{template.title}",
            url=reverse("associations:checklist", args=[checklist.pk]),
            for_role=role,
            body=body,
            due_on=checklist.due_on,
            actor=actor,
            now=now,
        )
    return checklist


def clock(start: date, working_days: int | None, calendar: WorkCalendar) -> Deadline | None:
    """The last of so many working days after `start` (R-005, R-083); None for a checklist without a time limit."""
    return calendar.add_working_days(start, working_days) if working_days else None


def _handler(association: Association, day: date) -> tuple[Role, Scope]:
    """Whose desk: the committee's; without one, the Social Work Department's of the place (区域兜底)."""
    with everything("the committee of one association"):
        rows = association.assignments.filter(current_on(day), role=AssignmentRole.PARTY_COMMITTEE)
        found = rows.select_related("department").order_by("-starts_on", "-pk").first()
    if found is not None:
        return Role.PARTY_COMMITTEE, Scope("department", found.department_id, found.department.name)
    region = association.region
    if association.registration_level in (RegistrationLevel.CITY, RegistrationLevel.COUNTY):
        return Role.REGIONAL_OFFICE, Scope("region", region.pk, region.name, path=region.path)
    return Role.DEPARTMENT_STAFF, Scope("province", None, "全省")


# Working on it -----------------------------------------------------------------------------------------------------


def record_step(
    step: ChecklistStep, *, done_on: date, evidence: str, actor: Actor, now: datetime, version: int
) -> ChecklistStep:
    """Record that a step was done, with its evidence; `version` is the checklist's. The same step again corrects it."""
    require_role(actor, HANDLERS, "登记清单步骤")
    checklist = step.checklist
    within_scope(checklist, actor, "清单")
    refuse_future(done_on, now, "办理日期")
    _refuse_closed(checklist)
    if done_on < checklist.starts_on:
        raise Refused(
            "checklist.dates",
            f"办理日期{done_on.isoformat()}早于起算日期{checklist.starts_on.isoformat()}。请核对日期。",
        )
    before = {"step": step.text, "done_on": step.done_on, "evidence": step.evidence}
    with transaction.atomic():
        update_versioned(checklist, version=version, changes={})
        step.done_on, step.evidence = done_on, evidence.strip()
        step.done_by_id, step.membership_label = actor.user_id, actor.label
        checked(step).save()
        after = {"step": step.text, "done_on": done_on, "evidence": step.evidence}
        record("checklists.step", actor=actor, subject=checklist.association, before=before, after=after, now=now)
    return step


def close_checklist(checklist: Checklist, *, actor: Actor, now: datetime, version: int) -> Checklist:
    """End a checklist whose steps are all done; what the records answered is kept with it.

    Raises `Refused` naming what is open.
    """
    require_role(actor, HANDLERS, "办结清单")
    within_scope(checklist, actor, "清单")
    _refuse_closed(checklist)
    today = localdate(now)
    known = with_steps(scoped(Checklist, actor).filter(pk=checklist.pk), actor).get()
    views = step_views([known], today)[checklist.pk]
    missing = open_steps(views)
    if missing:
        names = "、".join(f"第{one.number}步「{one.text}」" for one in missing)
        raise Refused("checklist.open_steps", f"还有 {len(missing)} 步没有办理：{names}。请先办理或登记依据。")
    with transaction.atomic():
        update_versioned(checklist, version=version, changes={"closed_on": today, "closed_by_id": actor.user_id})
        with everything("the steps of one checklist"):
            for view in views:
                if view.state == StepState.ANSWERED:
                    ChecklistStep.objects.filter(pk=view.pk).update(
                        done_on=view.on or today, evidence=view.evidence[:300], membership_label=view.by
                    )
        after = {"checklist": str(checklist.template), "steps": [f"{one.text}：{one.evidence}" for one in views]}
        record("checklists.close", actor=actor, subject=checklist.association, after=after, now=now)
        close_for_subject(checklist, kinds=(CHECKLIST_TASK,), evidence="各步骤已办理，清单办结。", actor=actor, now=now)
    return checklist


def _refuse_closed(checklist: Checklist) -> None:
    if checklist.closed_on is not None:
        raise Refused("checklist.closed", f"这份清单已于{checklist.closed_on.isoformat()}办结，不能再改。")
