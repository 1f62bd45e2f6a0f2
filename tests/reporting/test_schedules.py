"""Schedules: last month's draft once, caught up after an outage, ended with the membership."""

import dataclasses
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError
from django.utils import timezone

from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything, scoped
from portal.jobs.registry import registered_ticks
from portal.notices.models import Notice
from portal.reporting import registry, services
from portal.reporting.models import ReportRun, Schedule
from portal.reporting.registry import Report
from portal.reporting.schedules import create_schedule, due_schedules, stop_schedule
from tests.personas import Persona, Personas

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(month: int, day: int, hour: int = 9, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def schedule(personas: Personas, frozen: Callable[..., None]) -> Schedule:
    frozen(at(10, 20))
    return make(personas.department_staff)


def make(persona: Persona, **given: Any) -> Schedule:
    asked: dict[str, Any] = {"day_of_month": 1, "hour": 8, "params": {}} | given
    return create_schedule("sample", **asked, actor=persona.actor, now=timezone.now())


def runs() -> list[ReportRun]:
    with everything("test"):
        return list(ReportRun.objects.order_by("pk"))


def messages() -> list[tuple[int, str, str]]:
    with everything("test"):
        return list(Notice.objects.order_by("pk").values_list("user_id", "text", "url"))


def reload(schedule: Schedule) -> Schedule:
    with everything("test"):
        return Schedule.objects.get(pk=schedule.pk)


def test_tick_is_registered() -> None:
    assert registered_ticks()["reporting.due_schedules"] is due_schedules


def test_schedule_makes_last_months_draft_exactly_once(
    schedule: Schedule, frozen: Callable[..., None], work: Callable[[], int]
) -> None:
    assert due_schedules(at(11, 1, 7)) == 0
    frozen(at(11, 1, 8))
    assert [due_schedules(at(11, 1, 8)) for _ in range(3)] == [1, 0, 0]
    work()
    (run,) = runs()
    assert (run.period, run.as_of, run.state, run.number) == (
        "2026-10",
        date(2026, 10, 31),
        "draft",
        "BG-2026-10-001-v1",
    )
    assert run.user_id == schedule.user_id
    assert messages() == [
        (run.user_id, f"定时报告已生成草稿，请核对：{run.title} BG-2026-10-001-v1。", f"/reports/runs/{run.pk}/")
    ]


def test_draft_that_could_not_be_made_is_said_to_who_set_the_schedule(
    schedule: Schedule, frozen: Callable[..., None], work: Callable[[], int], sample: Report
) -> None:
    def refusing(*given: Any) -> Any:
        raise Refused("x", "规则参数没有取值。")

    registry._reports["sample"] = dataclasses.replace(sample, build=refusing)
    frozen(at(11, 1, 8))
    due_schedules(at(11, 1, 8))
    work()
    (run,) = runs()
    assert run.state == "failed"
    assert [text for _, text, _ in messages()] == [f"定时报告没有生成：{run.title} {run.number}。规则参数没有取值。"]


def test_missed_months_are_made_after_an_outage(schedule: Schedule, frozen: Callable[..., None]) -> None:
    frozen(at(1, 15, year=2027))
    assert due_schedules(at(1, 15, year=2027)) == 3
    assert [run.period for run in runs()] == ["2026-10", "2026-11", "2026-12"]
    assert [run.as_of for run in runs()] == [date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31)]


def test_two_clocks_at_once_are_stopped_by_the_database(
    schedule: Schedule, frozen: Callable[..., None], personas: Personas
) -> None:
    frozen(at(11, 1, 8))
    due_schedules(at(11, 1, 8))
    with pytest.raises(IntegrityError):
        services.request_run(
            "sample",
            params={},
            as_of=date(2026, 10, 31),
            actor=personas.department_staff.actor,
            now=at(11, 1, 8),
            schedule=schedule,
            period="2026-10",
        )
    assert len(runs()) == 1


def test_schedule_ends_with_its_membership(schedule: Schedule, frozen: Callable[..., None], personas: Personas) -> None:
    """Another membership of the same person does not carry it on."""
    persona = personas.department_staff
    with everything("test"):
        type(persona.membership).objects.filter(pk=persona.membership.pk).update(ends_on=date(2026, 10, 25))
        type(persona.membership).objects.create(user=persona.user, role="department_admin")
    frozen(at(11, 1, 8))
    assert due_schedules(at(11, 1, 8)) == 0
    stopped = reload(schedule)
    assert (stopped.is_active, stopped.stopped_at, runs()) == (False, at(11, 1, 8), [])
    assert stopped.stopped_reason == f"设置人的身份“{schedule.membership_label}”已经失效，定时自动停用。"


def test_schedule_of_a_closed_account_stops(
    schedule: Schedule, frozen: Callable[..., None], personas: Personas
) -> None:
    user = personas.department_staff.user
    user.is_active = False
    user.save()
    frozen(at(11, 1, 8))
    assert due_schedules(at(11, 1, 8)) == 0
    assert not reload(schedule).is_active


def test_schedule_of_a_withdrawn_report_stops_and_says_so(schedule: Schedule, frozen: Callable[..., None]) -> None:
    with everything("test"):
        Schedule.objects.filter(pk=schedule.pk).update(report_key="gone")
    frozen(at(11, 1, 8))
    assert due_schedules(at(11, 1, 8)) == 0
    assert reload(schedule).stopped_reason == "不能再生成：没有名为「gone」的报告。请从报告中心重新选择。"


def test_same_schedule_twice_is_refused(schedule: Schedule, personas: Personas) -> None:
    with pytest.raises(Refused) as twice:
        make(personas.department_staff, day_of_month=5)
    assert twice.value.code == "schedule.exists"
    with pytest.raises(Refused):
        make(personas.association_filer)
    make(personas.regional_office)


def test_stopping_is_for_the_own_body_and_the_administrator(schedule: Schedule, personas: Personas) -> None:
    with pytest.raises(Refused) as foreign:
        stop_schedule(schedule, actor=personas.regional_office.actor, version=1, now=timezone.now())
    assert foreign.value.code == "schedule.other_scope"
    with pytest.raises(Conflict):
        stop_schedule(schedule, actor=personas.department_admin.actor, version=7, now=timezone.now())
    stopped = stop_schedule(schedule, actor=personas.department_admin.actor, version=1, now=timezone.now())
    assert not stopped.is_active
    with pytest.raises(Refused) as again:
        stop_schedule(stopped, actor=personas.department_admin.actor, version=2, now=timezone.now())
    assert again.value.code == "schedule.stopped"
    assert due_schedules(at(11, 5)) == 0


def test_schedules_are_seen_by_their_own_body_and_the_department(schedule: Schedule, personas: Personas) -> None:
    own = make(personas.regional_office)
    assert set(scoped(Schedule, personas.department_admin.actor)) == {schedule, own}
    assert set(scoped(Schedule, personas.regional_office.actor)) == {own}
    assert set(scoped(Schedule, personas.other_regional_office.actor)) == set()
    assert set(scoped(Schedule, personas.association_filer.actor)) == set()
