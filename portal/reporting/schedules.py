"""Schedules: last month's draft, by itself, exactly once a month, caught up after an outage."""

import logging
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.access.actor import Actor, acting_as, load_actor
from portal.access.decisions import Refused
from portal.access.roles import Role
from portal.audit.services import record
from portal.reporting.models import ReportRun, Schedule
from portal.reporting.registry import find
from portal.reporting.rules import due_periods
from portal.reporting.services import request_run
from portal.workflow.services import update_versioned

logger = logging.getLogger(__name__)


def create_schedule(
    report_key: str, *, day_of_month: int, hour: int, params: dict[str, Any], actor: Actor, now: datetime
) -> Schedule:
    """Set up a monthly draft for the acting membership. Raises `Refused` when the role may not ask for the report."""
    report = find(report_key)
    if report is None or actor.role not in report.roles:
        raise Refused("report.role", f"您当前的身份是「{actor.label}」，不能为这种报告设置定时。")
    same = Schedule.objects.unscoped("one schedule of a kind per membership").filter(
        report_key=report_key, params=params, membership_id=actor.membership_id, is_active=True
    )
    with transaction.atomic():
        if existing := same.first():
            raise Refused("schedule.exists", f"您已有相同的定时：{existing}。请先停用它，再设置新的。")
        schedule = Schedule.objects.create(
            report_key=report_key,
            day_of_month=day_of_month,
            hour=hour,
            params=params,
            created_at=now,
            user_id=actor.user_id,
            membership_id=actor.membership_id,
            membership_label=actor.label,
            role=actor.role,
            scope_kind=actor.scope.kind,
            scope_pk=actor.scope.pk,
            scope_label=actor.scope.label,
        )
        after = {"report": report_key, "day_of_month": day_of_month, "hour": hour, "params": params}
        record("reporting.schedule", actor=actor, subject=schedule, after=after, now=now)
    return schedule


def stop_schedule(schedule: Schedule, *, actor: Actor, version: int, now: datetime) -> Schedule:
    """Make no more drafts; what was made stays. By its own body, or by the department's administrator."""
    if not schedule.is_of(actor) and actor.role != Role.DEPARTMENT_ADMIN:
        raise Refused("schedule.other_scope", f"这个定时属于“{schedule.membership_label}”，请由该单位停用。")
    if not schedule.is_active:
        raise Refused("schedule.stopped", "这个定时已经停用，不必再次停用。")
    return _stop(schedule, actor, version, f"由{actor.label}停用。", now)


def due_schedules(now: datetime) -> int:
    """Ask for every draft that is owed; called each minute, twice or late does no harm. Returns how many were asked."""
    asked = 0
    local = timezone.localtime(now)
    for schedule in Schedule.objects.unscoped("the clock serves everybody's schedules").filter(is_active=True):
        periods = due_periods(
            timezone.localtime(schedule.created_at), local, day=schedule.day_of_month, hour=schedule.hour
        )
        if not periods:
            continue
        runs = ReportRun.objects.unscoped("which months a schedule has made already").filter(schedule=schedule)
        made = set(runs.values_list("period", flat=True))
        owed = [period for period in periods if period.period not in made]
        if not owed:
            continue
        actor = _actor_of(schedule, now)
        if actor is None:
            reason = f"设置人的身份“{schedule.membership_label}”已经失效，定时自动停用。"
            _stop(schedule, None, schedule.version, reason, now)
            continue
        for period in owed:
            try:
                with acting_as(actor):
                    request_run(
                        schedule.report_key,
                        params=schedule.params,
                        as_of=period.as_of,
                        actor=actor,
                        now=now,
                        schedule=schedule,
                        period=period.period,
                    )
                asked += 1
            except IntegrityError:
                logger.info("schedule %s: %s was asked for meanwhile", schedule.pk, period.period)
            except Refused as refusal:
                _stop(schedule, None, schedule.version, f"不能再生成：{refusal.reason}"[:200], now)
                break
    return asked


def _actor_of(schedule: Schedule, now: datetime) -> Actor | None:
    """The schedule's own membership, checked again; another membership of the same person is not enough."""
    if not schedule.user.is_active:
        return None
    actor = load_actor(schedule.user, schedule.membership_id, timezone.localdate(now))
    return actor if actor is not None and actor.membership_id == schedule.membership_id else None


def _stop(schedule: Schedule, actor: Actor | None, version: int, reason: str, now: datetime) -> Schedule:
    with transaction.atomic():
        changes = {"is_active": False, "stopped_at": now, "stopped_reason": reason}
        stopped = update_versioned(schedule, version=version, changes=changes)
        record("reporting.stop_schedule", actor=actor, subject=stopped, after=changes, reason=reason, now=now)
    return stopped
