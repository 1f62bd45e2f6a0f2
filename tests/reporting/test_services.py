"""Runs: asked for, built once, signed, corrected; by whom, and seen by whom."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything, scoped
from portal.audit.models import AuditEvent
from portal.jobs.models import Job
from portal.regulations.rules import ConfigurationError
from portal.reporting import registry, services, tasks
from portal.reporting.data import Card, ReportData, count
from portal.reporting.models import ReportDrill, ReportFile, ReportRow, ReportRun
from portal.reporting.registry import Report
from portal.reporting.selectors import load_report
from portal.workflow.services import history
from tests.personas import Personas
from tests.reporting.conftest import reload
from tests.reporting.samples import coverage_sample

MakeRun = Callable[..., ReportRun]
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _today(frozen: Callable[..., None]) -> None:
    frozen(TODAY)


def counted(model: Any) -> int:
    with everything("test"):
        return int(model.objects.count())


def test_request_makes_a_numbered_run_and_one_job(make_run: MakeRun, personas: Personas) -> None:
    run = make_run(personas.department_staff.actor, as_of=date(2026, 10, 31), is_built=False)
    assert (run.number, run.state, run.month, run.edition) == ("BG-2026-10-001-v1", "building", "2026-10", 1)
    assert run.job is not None
    assert (run.job.task, run.job.parameters) == ("reporting.build_run", {"run": run.pk})
    other = make_run(personas.department_staff.actor, as_of=date(2026, 10, 30), is_built=False)
    assert other.number == "BG-2026-10-002-v1"


def test_double_click_gives_one_run(make_run: MakeRun, personas: Personas) -> None:
    actor = personas.department_staff.actor
    assert make_run(actor, is_built=False).pk == make_run(actor, is_built=False).pk
    assert (counted(ReportRun), counted(Job)) == (1, 1)
    assert make_run(personas.regional_office.actor, is_built=False).number == "BG-2026-11-002-v1"


def test_request_refuses_tomorrow_other_roles_and_unknown_reports(make_run: MakeRun, personas: Personas) -> None:
    with pytest.raises(Refused) as tomorrow:
        make_run(personas.department_staff.actor, as_of=TODAY + timedelta(days=1))
    assert tomorrow.value.reason == "截至日期 2026-11-23 还没有到。报告只能截至今天或以前的日期，请重新填写。"
    with pytest.raises(Refused) as filer:
        make_run(personas.association_filer.actor)
    assert filer.value.code == "report.role"
    with pytest.raises(Refused) as unknown:
        services.request_run("x", params={}, as_of=TODAY, actor=personas.department_staff.actor, now=timezone.now())
    assert unknown.value.code == "report.unknown"
    assert counted(ReportRun) == 0


def test_build_stores_figures_and_lists(make_run: MakeRun, personas: Personas, builds: list[Any]) -> None:
    actor = personas.department_staff.actor
    run = make_run(actor, as_of=date(2026, 10, 31))
    assert (run.state, run.title, run.failure_text) == ("draft", coverage_sample().title, "")
    assert builds == [(actor, {}, date(2026, 10, 31))]
    assert load_report(run, with_rows=True) == coverage_sample()
    assert counted(ReportRow) == 149
    with everything("test"):
        assert dict(ReportDrill.objects.values_list("key", "row_count"))["covered:"] == 137
    assert [event.transition for event in history(run)] == ["finish"]
    with everything("test"):
        assert set(AuditEvent.objects.values_list("action", flat=True)) >= {"reporting.request", "reporting.finish"}


def test_build_twice_leaves_one_draft(make_run: MakeRun, personas: Personas, builds: list[Any]) -> None:
    """A worker that was killed after storing rows: the next one replaces them and finishes."""
    run = make_run(personas.department_staff.actor, is_built=False)
    ReportRow.objects.create(run=run, roster="associations", position=0, subject_pk=999, cells=["留下的半行"])
    tasks.build_run(run.job_id)
    assert (reload(run).state, counted(ReportRow)) == ("draft", 149)
    tasks.build_run(run.job_id)
    assert (len(builds), counted(ReportRun), counted(ReportRow)) == (1, 1, 149)


def test_build_of_disagreeing_figures_is_given_up_with_a_reference(
    personas: Personas, work: Callable[[], int], sample: Report
) -> None:
    def lying(actor: Any, params: Any, as_of: Any) -> ReportData:
        return ReportData("假", as_of, "全省", cards=(Card("家数", count(5)),))

    registry._reports["sample"] = Report(sample.key, sample.title, "", sample.parameters, sample.roles, lying)
    actor = personas.department_staff.actor
    run = services.request_run("sample", params={}, as_of=TODAY, actor=actor, now=timezone.now())
    for _attempt in range(4):
        work()
    failed = reload(run)
    assert (failed.state, failed.failure_code) == ("failed", "job.unexpected")
    assert f"J{run.job_id}" in failed.failure_text


def test_failed_run_is_built_again_under_its_number(
    make_run: MakeRun, work: Callable[[], int], personas: Personas, sample: Report
) -> None:
    def refusing(actor: Any, params: Any, as_of: Any) -> ReportData:
        raise Refused("x", "规则参数没有取值。请由系统管理员录入后再试。")

    persona = personas.department_staff
    registry._reports["sample"] = Report(sample.key, sample.title, "", sample.parameters, sample.roles, refusing)
    run = make_run(persona.actor)
    assert (run.state, run.failure_text) == ("failed", "规则参数没有取值。请由系统管理员录入后再试。")
    registry._reports["sample"] = sample
    with pytest.raises(Refused):
        services.retry_run(run, actor=personas.regional_office.actor, version=run.version, now=timezone.now())
    services.retry_run(run, actor=persona.actor, version=run.version, now=timezone.now())
    with pytest.raises(Conflict):
        services.retry_run(run, actor=persona.actor, version=1, now=timezone.now())
    work()
    again = reload(run)
    assert (again.state, again.number, again.failure_text) == ("draft", run.number, "")


def test_build_stops_when_the_asker_has_left(make_run: MakeRun, work: Callable[[], int], personas: Personas) -> None:
    run = make_run(personas.department_staff.actor, is_built=False)
    with everything("test"):
        membership = personas.department_staff.membership
        type(membership).objects.filter(pk=membership.pk).update(ends_on=TODAY - timedelta(days=1))
    work()
    assert (reload(run).state, reload(run).failure_code) == ("failed", "membership.ended")


def test_lock_freezes_and_asks_for_final_files(make_run: MakeRun, personas: Personas) -> None:
    run, admin = make_run(personas.department_staff.actor), personas.department_admin
    with pytest.raises(Refused) as staff:
        services.lock_run(
            run, actor=personas.department_staff.actor, version=run.version, base_url="", now=timezone.now()
        )
    assert staff.value.code == "workflow.lock"
    locked = services.lock_run(run, actor=admin.actor, version=run.version, base_url="http://x", now=timezone.now())
    assert (locked.state, locked.locked_by, locked.locked_at) == ("locked", admin.user, timezone.now())
    with everything("test"):
        assert list(ReportFile.objects.values_list("format", "is_final").order_by("format")) == [
            ("pdf", True),
            ("xlsx", True),
        ]
    with pytest.raises(Refused):
        services.lock_run(locked, actor=admin.actor, version=locked.version, base_url="", now=timezone.now())
    with pytest.raises(Conflict):
        services.lock_run(locked, actor=admin.actor, version=run.version - 1, base_url="", now=timezone.now())


def test_new_version_keeps_the_old_and_is_made_once(
    make_run: MakeRun, work: Callable[[], int], personas: Personas
) -> None:
    admin = personas.department_admin.actor
    first = make_run(personas.department_staff.actor, as_of=date(2026, 10, 31))
    second = services.new_version(first, actor=admin, now=timezone.now())
    assert (second.number, second.previous_id, second.as_of) == ("BG-2026-10-001-v2", first.pk, first.as_of)
    with pytest.raises(Conflict) as twice:
        services.new_version(first, actor=admin, now=timezone.now())
    assert "BG-2026-10-001-v2" in twice.value.reason
    work()
    with pytest.raises(Refused) as old:
        services.lock_run(first, actor=admin, version=reload(first).version, base_url="", now=timezone.now())
    assert old.value.reason == "这一版已有更新的版本，不能再签发。请打开最新一版，核对后签发。"
    assert reload(first).state == "draft"


def test_new_version_and_a_plain_request_do_not_stand_in_each_others_way(
    make_run: MakeRun, work: Callable[[], int], personas: Personas
) -> None:
    admin = personas.department_admin.actor
    first = make_run(admin)
    plain = make_run(admin, is_built=False)
    second = services.new_version(first, actor=admin, now=timezone.now())
    assert (plain.number, second.number) == ("BG-2026-11-002-v1", "BG-2026-11-001-v2")
    work()
    assert (reload(plain).state, reload(second).state) == ("draft", "draft")


def test_missing_parameter_ends_the_run_at_once_in_its_own_words(
    make_run: MakeRun, personas: Personas, sample: Report
) -> None:
    def unconfigured(*given: Any) -> ReportData:
        raise ConfigurationError("规则参数 coverage.x 没有取值。", "请由系统管理员录入。")

    registry._reports["sample"] = replace(sample, build=unconfigured)
    run = make_run(personas.department_staff.actor)
    assert (run.state, run.failure_text) == ("failed", "规则参数 coverage.x 没有取值。请由系统管理员录入。")


def test_new_version_is_refused_to_another_scope_and_before_the_end(make_run: MakeRun, personas: Personas) -> None:
    office = personas.regional_office.actor
    run = make_run(office, is_built=False)
    with pytest.raises(Refused) as unfinished:
        services.new_version(run, actor=office, now=timezone.now())
    assert unfinished.value.code == "report.unfinished"
    with pytest.raises(Refused) as foreign:
        services.new_version(run, actor=personas.department_admin.actor, now=timezone.now())
    assert foreign.value.code == "report.other_scope"


def test_runs_are_seen_by_the_department_and_by_their_own_body(make_run: MakeRun, personas: Personas) -> None:
    office = make_run(personas.regional_office.actor)
    department = make_run(personas.department_staff.actor)
    unit = make_run(personas.supervising_unit.actor)
    expected: dict[str, list[ReportRun]] = {
        "department_admin": [office, department, unit],
        "department_staff": [office, department, unit],
        "regional_office": [office],
        "other_regional_office": [],
        "county_office": [],
        "supervising_unit": [unit],
        "other_unit": [],
        "party_committee": [],
        "association_filer": [],
        "branch_secretary": [],
        "auditor": [],
    }
    for name, runs in expected.items():
        actor = getattr(personas, name).actor
        with acting_as(actor):
            assert list(scoped(ReportRun, actor).order_by("pk")) == runs, name
            assert scoped(ReportRow, actor).count() == 149 * len(runs), name
            assert scoped(ReportDrill, actor).filter(key="covered:").count() == len(runs), name
            assert scoped(ReportFile, actor).count() == 0, name


def test_file_is_made_once_and_again_after_a_failure(
    make_run: MakeRun, work: Callable[[], int], personas: Personas
) -> None:
    actor = personas.department_staff.actor
    run = make_run(actor)
    asked = [
        services.request_file(run, "xlsx", actor=actor, base_url="http://portal.test", now=timezone.now())
        for _ in range(2)
    ]
    assert (asked[0].pk, asked[0].job_id) == (asked[1].pk, asked[1].job_id)
    with everything("test"):
        ReportFile.objects.update(error_code="pdf.no_fonts", error_text="没有字体。")
    third = services.request_file(run, "xlsx", actor=actor, base_url="http://portal.test", now=timezone.now())
    assert (third.pk, third.job_id != asked[0].job_id, third.error_text) == (asked[0].pk, True, "")
    work()
    with everything("test"):
        ready = ReportFile.objects.select_related("stored").get()
    assert ready.stored is not None
    assert ready.stored.name == f"{run.title}（草稿） 2026-11-22 BG-2026-11-001-v1.xlsx"
    assert services.request_file(run, "xlsx", actor=actor, base_url="", now=timezone.now()).is_ready


def test_file_of_an_unfinished_run_is_refused(make_run: MakeRun, personas: Personas) -> None:
    actor = personas.department_staff.actor
    run = make_run(actor, is_built=False)
    with pytest.raises(Refused) as refused:
        services.request_file(run, "pdf", actor=actor, base_url="", now=timezone.now())
    assert refused.value.code == "report.unfinished"


def test_database_refuses_a_state_without_its_stamps(make_run: MakeRun, personas: Personas) -> None:
    run = make_run(personas.department_staff.actor)
    with pytest.raises(IntegrityError), everything("test"):
        ReportRun.objects.filter(pk=run.pk).update(state="locked")


@pytest.mark.django_db(transaction=True)
def test_snapshot_does_not_see_later_writes_nor_take_the_write_lock() -> None:
    with services.consistent_snapshot():
        assert connection.in_atomic_block
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SHOW transaction_isolation")
                assert cursor.fetchone() == ("repeatable read",)
                cursor.execute("SHOW transaction_read_only")
                assert cursor.fetchone() == ("on",)
    if connection.vendor == "sqlite":
        assert connection.transaction_mode == "IMMEDIATE"
