"""One run: as whom, to which end, and what a second run finds."""

import errno
import sqlite3
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from portal.access.actor import current_actor
from portal.access.decisions import Conflict, Refused
from portal.access.requests import request_facts
from portal.access.scoping import everything
from portal.audit.models import AuditEvent
from portal.jobs import rules, runner, services
from portal.jobs.models import Job, JobState
from portal.jobs.runner import JobContext, explain, run
from portal.regulations.rules import ConfigurationError
from tests.personas import Personas

MakeJob = Callable[..., Job]


def reload(job: Job) -> Job:
    return services.all_jobs().get(pk=job.pk)


def last_event() -> AuditEvent:
    with everything("test"):
        return AuditEvent.objects.latest("pk")


def test_run_acts_as_the_person_who_asked(make_job: MakeJob, personas: Personas) -> None:
    actor = personas.department_staff.actor
    job = make_job(actor=actor)
    seen: list[Any] = []

    def work(context: JobContext) -> dict[str, Any]:
        facts = request_facts.get()
        seen.extend([current_actor(), context.actor, facts and facts.request_id])
        return {"rows": 3}

    run(job.pk, work)
    done = reload(job)
    assert (done.state, done.result, done.error_code) == (JobState.SUCCEEDED, {"rows": 3}, "")
    assert done.finished_at is not None
    assert seen == [actor, actor, f"J{job.pk}"]
    assert current_actor() is None


def test_run_of_the_installation_acts_as_nobody(make_job: MakeJob) -> None:
    job = make_job()
    seen: list[Any] = []
    run(job.pk, lambda context: seen.append(context.actor))
    assert (reload(job).state, seen) == (JobState.SUCCEEDED, [None])


def test_run_of_a_finished_job_does_nothing(make_job: MakeJob) -> None:
    job, runs = make_job(), []
    for _ in range(2):
        run(job.pk, lambda context: runs.append(1))
    assert runs == [1]


def test_run_after_the_membership_ended_is_refused(make_job: MakeJob, personas: Personas) -> None:
    persona = personas.department_staff
    job = make_job(actor=persona.actor)
    with everything("test"):
        persona.membership.ends_on = timezone.localdate() - timedelta(days=1)
        persona.membership.save()
    runs: list[int] = []
    run(job.pk, lambda context: runs.append(1))
    done, event = reload(job), last_event()
    assert (done.state, done.error_code, runs) == (JobState.FAILED, "membership.ended", [])
    assert job.membership_label in done.error_message
    assert (event.action, event.result, event.subject_pk) == ("jobs.work", "refused", str(job.pk))
    assert event.user_id == persona.user.pk


def test_run_of_a_disabled_account_is_refused(make_job: MakeJob, personas: Personas) -> None:
    persona = personas.department_staff
    job = make_job(actor=persona.actor)
    persona.user.is_active = False
    persona.user.save()
    run(job.pk, lambda context: None)
    assert reload(job).error_code == "membership.ended"


def test_run_without_a_parameter_ends_at_once_and_says_which(make_job: MakeJob) -> None:
    job = make_job()

    def work(context: JobContext) -> None:
        raise ConfigurationError("规则参数 x 没有取值。", "请录入后再试。")

    run(job.pk, work)
    done = reload(job)
    message = "规则参数 x 没有取值。请录入后再试。"
    assert (done.state, done.error_code, done.error_message) == (JobState.FAILED, "configuration", message)
    assert done.attempts == 1


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (Refused("report.locked", "报表已经签发，不能重新生成。"), "report.locked", "报表已经签发，不能重新生成。"),
        (Conflict("记录已被他人修改。"), "conflict", "记录已被他人修改。"),
    ],
)
def test_run_that_a_rule_refuses_ends_at_once(make_job: MakeJob, error: Exception, code: str, message: str) -> None:
    job = make_job()

    def work(context: JobContext) -> None:
        raise error

    run(job.pk, work)
    done = reload(job)
    assert (done.state, done.error_code, done.error_message, done.attempts) == (JobState.FAILED, code, message, 1)
    assert last_event().result == "refused"


def test_run_that_breaks_is_tried_again_up_to_the_ceiling(make_job: MakeJob) -> None:
    job, told = make_job(), []

    def work(context: JobContext) -> None:
        raise ZeroDivisionError

    def on_failure(context: JobContext, code: str, message: str) -> None:
        told.append((context.job.pk, code))

    for attempt in range(1, rules.ATTEMPTS):
        run(job.pk, work, on_failure)
        assert (reload(job).state, reload(job).attempts) == (JobState.QUEUED, attempt)
    assert told == []
    run(job.pk, work, on_failure)
    done = reload(job)
    assert (done.state, done.error_code, told) == (JobState.FAILED, "job.unexpected", [(job.pk, "job.unexpected")])
    assert done.reference in done.error_message
    assert last_event().result == "failed"


def test_run_that_took_too_long_is_not_tried_again(make_job: MakeJob) -> None:
    job = make_job()

    def work(context: JobContext) -> None:
        raise SoftTimeLimitExceeded

    run(job.pk, work)
    assert (reload(job).state, reload(job).error_code) == (JobState.FAILED, "job.time_limit")


def test_run_whose_subject_cannot_be_told_still_ends(make_job: MakeJob) -> None:
    job = make_job()

    def work(context: JobContext) -> None:
        raise Refused("x", "不行。")

    def on_failure(context: JobContext, code: str, message: str) -> None:
        raise ZeroDivisionError

    run(job.pk, work, on_failure)
    assert reload(job).state == JobState.FAILED


def test_run_that_was_cut_short_too_often_does_not_begin(make_job: MakeJob) -> None:
    job, runs = make_job(), []
    services.all_jobs().filter(pk=job.pk).update(attempts=rules.ATTEMPTS)
    run(job.pk, lambda context: runs.append(1))
    done = reload(job)
    assert (done.state, done.error_code, runs) == (JobState.FAILED, "job.interrupted", [])


def test_complete_and_effect_stand_or_fall_together(make_job: MakeJob, personas: Personas) -> None:
    job, user = make_job(), personas.department_staff.user

    def overtaken(context: JobContext) -> None:
        services.all_jobs().filter(pk=job.pk).update(lease_key="another run")
        with transaction.atomic():
            user.username = "changed"
            user.save()
            context.complete({"rows": 1})

    run(job.pk, overtaken)
    user.refresh_from_db()
    assert user.username != "changed"
    assert (reload(job).state, reload(job).result) == (JobState.RUNNING, None)


def test_complete_is_the_end(make_job: MakeJob) -> None:
    job = make_job()

    def work(context: JobContext) -> dict[str, Any]:
        with transaction.atomic():
            context.complete({"rows": 1})
        return {"rows": 2}

    run(job.pk, work)
    assert (reload(job).state, reload(job).result) == (JobState.SUCCEEDED, {"rows": 1})


def test_an_error_after_complete_changes_nothing(make_job: MakeJob) -> None:
    job, told = make_job(), []

    def work(context: JobContext) -> None:
        context.complete({"rows": 1})
        raise ZeroDivisionError

    run(job.pk, work, lambda context, code, message: told.append(code))
    assert (reload(job).state, told) == (JobState.SUCCEEDED, [])


def test_progress_is_written_at_most_twice_a_second(make_job: MakeJob, django_assert_num_queries: Any) -> None:
    job = make_job()

    def work(context: JobContext) -> None:
        context.progress(0, 1000, "正在检查")
        with django_assert_num_queries(0):
            for done in range(1, 1000):
                context.progress(done, 1000, "正在检查")
        context.progress(1000, 1000, "正在检查")
        assert (reload(job).done_count, reload(job).total_count, reload(job).message) == (1000, 1000, "正在检查")
        context.beat()

    run(job.pk, work)
    assert reload(job).state == JobState.SUCCEEDED


def test_a_run_that_was_overtaken_stops_at_its_next_beat(make_job: MakeJob) -> None:
    job, reached = make_job(), []

    def work(context: JobContext) -> None:
        services.all_jobs().filter(pk=job.pk).update(lease_key="another run")
        context.beat()
        reached.append(1)

    run(job.pk, work)
    assert (reload(job).state, reload(job).lease_key, reached) == (JobState.RUNNING, "another run", [])


@pytest.mark.django_db(transaction=True)
def test_the_heartbeat_keeps_the_lease_of_silent_work(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "BEAT_EVERY", timedelta(milliseconds=50))
    job = make_job()

    def work(context: JobContext) -> None:
        first, pause = context.job.heartbeat_at, threading.Event()
        for _ in range(100):
            pause.wait(0.05)
            if reload(job).heartbeat_at != first:
                return
        raise AssertionError("no beat in five seconds")

    run(job.pk, work)
    assert reload(job).state == JobState.SUCCEEDED
    connection.close()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk.full"),
        (OSError(errno.EACCES, "Permission denied"), "disk.unwritable"),
        (OperationalError("locked"), "database.unavailable"),
        (MemoryError(), "job.memory"),
        (SoftTimeLimitExceeded(), "job.time_limit"),
        (ValueError("张三"), "job.unexpected"),
    ],
)
def test_explain_names_cause_and_reference_and_quotes_nothing(error: Exception, code: str) -> None:
    found, message = explain(error, "J7")
    assert found == code
    assert message.endswith("参考编号 J7。")
    assert "张三" not in message


def test_explain_knows_a_full_disk_below_the_database() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    error = OperationalError("database or disk is full")
    error.__cause__ = full
    assert explain(error, "J7")[0] == "disk.full"
    other = OperationalError("could not extend file")
    other.__cause__ = type("DiskFull", (Exception,), {"sqlstate": "53100"})()
    assert explain(other, "J7")[0] == "disk.full"


def test_put_back_that_cannot_be_written_is_left_to_the_sweep(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job()

    def fails(*args: Any, **options: Any) -> None:
        raise OperationalError("disk I/O error")

    def work(context: JobContext) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(runner.services, "put_back", fails)
    run(job.pk, work)
    assert reload(job).state == JobState.RUNNING
