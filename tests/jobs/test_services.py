"""Asking for work: once, on commit, for a task that exists."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from portal.celery import app
from portal.jobs import services
from portal.jobs.models import Heartbeat, Job, JobState
from portal.jobs.services import LeaseLost
from tests.personas import Personas


def test_request_keeps_who_asked_and_for_what(make_job: Callable[..., Job], personas: Personas) -> None:
    actor = personas.department_admin.actor
    job = make_job(actor=actor, subject=personas.department_admin.user, parameters={"run": 7})
    job.refresh_from_db()
    assert (job.state, job.user_id, job.membership_id, job.membership_label) == (
        JobState.QUEUED,
        actor.user_id,
        actor.membership_id,
        actor.label,
    )
    assert (job.subject_model, job.subject_pk) == ("accounts.User", str(personas.department_admin.user.pk))
    assert job.parameters == {"run": 7}


def test_request_rings_after_the_commit_only(
    make_job: Callable[..., Job], bells: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = make_job()
        assert bells == []
    assert bells == [job.pk]


def test_request_of_an_unknown_task_is_refused(db: None) -> None:
    with pytest.raises(LookupError):
        services.request("no.such", kind="work", subject=None, label="", parameters={}, actor=None, now=timezone.now())


def test_request_with_a_unique_key_happens_once(make_job: Callable[..., Job]) -> None:
    first = make_job(unique_key="schedule-1-2026-05")
    assert make_job(unique_key="schedule-1-2026-05").pk == first.pk
    assert make_job(unique_key="schedule-1-2026-06").pk != first.pk
    assert make_job().pk != make_job().pk


def test_request_with_a_unique_key_that_another_wrote_meanwhile(
    make_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_job(unique_key="one")
    rows, asked = services.all_jobs, []

    def blind_once() -> Any:
        asked.append(1)
        return rows().none() if len(asked) == 1 else rows()

    monkeypatch.setattr(services, "all_jobs", blind_once)
    assert make_job(unique_key="one").pk == first.pk


def test_ring_that_fails_loses_nothing(make_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any, **options: Any) -> None:
        raise OperationalError("no broker")

    job = make_job()
    monkeypatch.setattr(app, "send_task", fails)
    assert services.ring(job) is False
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_take_gives_a_job_to_one_run_only(make_job: Callable[..., Job]) -> None:
    job, now = make_job(), timezone.now()
    taken = services.take(job.pk, "first", now=now)
    assert taken is not None
    assert (taken.state, taken.attempts, taken.lease_key, taken.started_at) == (JobState.RUNNING, 1, "first", now)
    assert services.take(job.pk, "second", now=now) is None


def test_take_after_the_lease_ended_shuts_the_first_run_out(make_job: Callable[..., Job]) -> None:
    now = timezone.now()
    first = services.take(make_job().pk, "first", now=now)
    assert first is not None
    later = now + timedelta(seconds=101)
    second = services.take(first.pk, "second", now=later)
    assert second is not None
    assert (second.attempts, second.started_at) == (2, now)
    for write in (
        lambda: services.write(first, now=later, done_count=1),
        lambda: services.succeed(first, {}, now=later),
        lambda: services.fail(first, "x", "x", now=later),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert services.put_back(first, now=later) is False
    assert services.holds(first) is False
    assert services.holds(second) is True


def test_give_sign_of_life_keeps_one_row(db: None) -> None:
    now = timezone.now()
    services.give_sign_of_life("sweep", now=now - timedelta(seconds=9))
    services.give_sign_of_life("sweep", now=now)
    assert [beat.beat_at for beat in Heartbeat.objects.all()] == [now]
