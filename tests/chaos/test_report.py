"""The schedule's report, killed in the middle of its building: last month's draft, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.reporting.models import ReportRow, ReportRun, Schedule
from portal.reporting.schedules import create_schedule, due_schedules
from scripts.parts.supervise import Supervisor
from tests.chaos import test_kill, work
from tests.personas import Personas, Province

keeper = test_kill.keeper


@pytest.mark.django_db(transaction=True)
def test_last_months_draft_is_made_once_although_everything_is_killed(keeper: Supervisor) -> None:
    now = timezone.now()
    actor = Personas(Province()).department_staff.actor
    schedule = create_schedule(work.REPORT.key, day_of_month=1, hour=0, params={}, actor=actor, now=now)
    before = timezone.localdate(now).replace(day=1)
    Schedule.objects.filter(pk=schedule.pk).update(created_at=now - timedelta(days=timezone.localdate(now).day + 2))
    test_kill.wait(keeper, lambda: work.mark("report").exists(), 90)
    assert ReportRun.objects.get().state == "building"
    test_kill.kill_everything(keeper)
    test_kill.wait(keeper, lambda: ReportRun.objects.filter(state="draft").exists(), 90)
    assert due_schedules(timezone.now()) == 0
    run = ReportRun.objects.get()
    assert (run.schedule, run.as_of) == (schedule, before - timedelta(days=1))
    assert ReportRow.objects.count() == 149
