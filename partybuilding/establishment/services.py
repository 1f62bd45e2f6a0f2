"""Every write of plans: recording a founding or a deferral, withdrawing one, settling them with the founding."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from associations.registry.models import Association, Department
from associations.registry.services import checked, refuse_ended, refuse_future, require_role, touch, within_scope
from partybuilding.coverage import rules as coverage
from partybuilding.coverage.enums import ESTABLISH_TASK
from partybuilding.coverage.selectors import coverage_rules, facts_of
from partybuilding.coverage.services import committee_of
from partybuilding.establishment.enums import Ground, PlanKind, PlanOutcome
from partybuilding.establishment.models import EstablishmentPlan
from partybuilding.organizations.enums import Cover
from portal.access.actor import Actor, Scope
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.notices.models import Task
from portal.notices.services import close_for_subject, open_task
from portal.workflow.services import update_versioned

PLANNERS = DEPARTMENT | {Role.PARTY_COMMITTEE}


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan, and the task it laid on the committee (none without a committee, none for a deferral)."""

    plan: EstablishmentPlan
    task: Task | None


def record_plan(
    association: Association,
    *,
    kind: str,
    starts_on: date,
    due_on: date,
    actor: Actor,
    now: datetime,
    responsible: str = "",
    document_number: str = "",
    ground: str = "",
    reason: str = "",
    version: int | None = None,
) -> Planned:
    """Record what was decided: a founding by `due_on`, or a deferral until then, approved with its document (R-078).

    What held before is ended the day before. A founding lays or moves the task of the committee; a deferral takes the
    association out of 应建未建 and settles that task. Raises `Refused` when an own organisation exists already, for a
    deferral where nothing is due, and for a day that is past.
    """
    require_role(actor, PLANNERS, "登记组建安排")
    within_scope(association, actor, "社会组织")
    refuse_future(starts_on, now, "决定日期")
    refuse_ended(association, starts_on)
    _check(association, kind, due_on, localdate(now))
    committee = committee_of(association, localdate(now))
    plan = EstablishmentPlan(
        association=association,
        kind=kind,
        starts_on=starts_on,
        due_on=due_on,
        ends_on=due_on if kind == PlanKind.DEFERRAL else None,
        committee=committee,
        responsible=responsible.strip(),
        document_number=document_number.strip(),
        ground=ground if kind == PlanKind.DEFERRAL else "",
        reason=reason.strip(),
    )
    with transaction.atomic():
        touch(association, version=version, now=now)
        _replace(association, starts_on)
        checked(plan).save()
        record("establishment.plan", actor=actor, subject=association, after=_facts(plan), now=now)
        task = None
        if kind == PlanKind.DEFERRAL:
            evidence = f"经批准暂缓组建至{due_on.isoformat()}，文号{plan.document_number}。"
            close_for_subject(association, kinds=(ESTABLISH_TASK,), evidence=evidence, actor=actor, now=now)
        elif committee is not None:
            task = _lay(association, committee, due_on, actor, now)
    return Planned(plan, task)


def _lay(association: Association, committee: Department, due_on: date, actor: Actor, now: datetime) -> Task:
    return open_task(
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


def _check(association: Association, kind: str, due_on: date, today: date) -> None:
    if due_on < today:
        raise Refused("plan.due", f"期限{due_on.isoformat()}已经过去。请填写今天或以后的日期。")
    rules = coverage_rules(today)
    facts = facts_of(association.pk, as_of=today, rules=rules)
    if facts.cover == Cover.OWN:
        raise Refused("plan.built", f"「{association}」已单独组建党组织，不需要再作组建安排。")
    if kind == PlanKind.DEFERRAL and not coverage.should_establish(facts, rules):
        raise Refused(
            "plan.not_due",
            f"「{association}」现在不属于应当单独组建的社会组织，不需要暂缓。请核对党员人数和状态。",
        )


def _replace(association: Association, starts_on: date) -> None:
    """End what holds the day before; refuse to slip in before or on the day of what is recorded already."""
    with everything("the plans of one association"):
        rows = EstablishmentPlan.objects.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on), association=association)
        found = list(rows.order_by("pk"))
    for row in found:
        if row.starts_on is not None and row.starts_on >= starts_on:
            raise Refused(
                "plan.later",
                f"{row.starts_on.isoformat()}已登记「{row}」。新的安排须晚于这一天；登记有误的请先撤回。",
            )
        row.ends_on, row.outcome = starts_on - timedelta(days=1), PlanOutcome.REPLACED
        row.save(update_fields=["ends_on", "outcome"])


def withdraw_plan(
    plan: EstablishmentPlan, *, ends_on: date, reason: str, actor: Actor, now: datetime, version: int
) -> EstablishmentPlan:
    """Withdraw a plan; `ends_on` is its last day. After a withdrawn deferral the association is 应建未建 again."""
    require_role(actor, PLANNERS, "撤回组建安排")
    within_scope(plan, actor, "组建安排")
    refuse_future(ends_on, now, "终止日期")
    if plan.starts_on is not None and ends_on < plan.starts_on:
        raise Refused(
            "plan.dates", f"终止日期{ends_on.isoformat()}早于决定日期{plan.starts_on.isoformat()}。请核对两个日期。"
        )
    if plan.outcome or (plan.ends_on is not None and plan.ends_on <= ends_on):
        raise Refused("plan.ended", "这项安排已经结束，不必撤回。")
    with transaction.atomic():
        touch(plan.association, version=None, now=now)
        changes = {"ends_on": ends_on, "outcome": PlanOutcome.WITHDRAWN}
        before = _facts(plan)
        update_versioned(plan, version=version, changes=changes)
        record(
            "establishment.withdraw",
            actor=actor,
            subject=plan.association,
            before=before,
            after=_facts(plan),
            reason=reason.strip(),
            now=now,
        )
    return plan


def settle_plans(association: Association, founded_on: date) -> None:
    """The founding is recorded: what was planned for the association ends with it. Inside the caller's transaction."""
    with everything("the plans of one association"):
        rows = EstablishmentPlan.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=founded_on),
            Q(outcome=""),
            starts_on__lte=founded_on,
            association=association,
        )
        for row in rows:
            row.ends_on, row.outcome = founded_on, PlanOutcome.FOUNDED
            row.save(update_fields=["ends_on", "outcome"])


def _facts(plan: EstablishmentPlan) -> dict[str, Any]:
    return {
        "kind": str(PlanKind(plan.kind).label),
        "starts_on": plan.starts_on,
        "due_on": plan.due_on,
        "ends_on": plan.ends_on,
        "responsible": plan.responsible,
        "document_number": plan.document_number,
        "ground": str(Ground(plan.ground).label) if plan.ground else "",
        "reason": plan.reason,
    }
