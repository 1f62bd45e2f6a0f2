"""What the sweep rings for again, and what it takes back from the dead."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone
from kombu.exceptions import OperationalError

from portal.celery import app
from portal.jobs import processes, rules, services
from portal.jobs.management.commands import sweep as command
from portal.jobs.models import Heartbeat, Job, JobState
from portal.jobs.sweep import Swept, sweep

MakeJob = Callable[..., Job]


def test_sweep_rings_again_thirty_seconds_after_the_last_bell(make_job: MakeJob, bells: list[int]) -> None:
    now = timezone.now()
    job = make_job(now=now)
    assert sweep(now + timedelta(seconds=30)) == Swept(0, 0)
    assert sweep(now + timedelta(seconds=31)) == Swept(0, 1)
    assert sweep(now + timedelta(seconds=41)) == Swept(0, 0)
    assert sweep(now + timedelta(seconds=62)) == Swept(0, 1)
    assert bells == [job.pk, job.pk]


def test_sweep_takes_back_what_has_lost_its_lease(make_job: MakeJob, bells: list[int]) -> None:
    now = timezone.now()
    job = make_job(now=now)
    services.take(job.pk, "first", now=now)
    assert sweep(now + timedelta(seconds=100)) == Swept(0, 0)
    assert sweep(now + timedelta(seconds=101)) == Swept(1, 1)
    job.refresh_from_db()
    assert (job.state, job.lease_key, job.lease_until, bells) == (JobState.QUEUED, "", None, [job.pk])


def test_sweep_takes_back_at_once_when_the_process_is_gone(make_job: MakeJob, bells: list[int]) -> None:
    now = timezone.now()
    job = make_job(now=now)
    services.take(job.pk, "first", now=now)
    place = processes.this_process().rsplit("/", 2)[0]
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    services.all_jobs().filter(pk=job.pk).update(lease_owner=f"{place}/{child.pid}/1")
    assert sweep(now) == Swept(1, 1)
    assert bells == [job.pk]


def test_sweep_does_not_wait_for_a_broker_that_is_away(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    now, tried = timezone.now(), []

    def fails(name: str, args: list[int], **options: object) -> None:
        tried.extend(args)
        raise OperationalError("away")

    monkeypatch.setattr(app, "send_task", fails)
    jobs = [make_job(now=now) for _ in range(3)]
    assert sweep(now + timedelta(seconds=31)) == Swept(0, 0)
    assert tried == [jobs[0].pk]


def test_sweep_leaves_finished_jobs_alone(make_job: MakeJob, bells: list[int]) -> None:
    now = timezone.now()
    taken = services.take(make_job(now=now).pk, "first", now=now)
    assert taken is not None
    services.succeed(taken, {}, now=now)
    assert sweep(now + timedelta(hours=1)) == Swept(0, 0)


def test_sweep_command_looks_once_and_gives_a_sign_of_life(db: None, bells: list[int]) -> None:
    call_command("sweep", once=True)
    assert Heartbeat.objects.get().name == "sweep"


def test_is_gone_judges_only_processes_of_this_place() -> None:
    mine = processes.this_process()
    assert processes.is_gone(mine) is False
    place = mine.rsplit("/", 2)[0]
    assert processes.is_gone(f"{place}/{os.getpid()}/1") is True
    assert processes.is_gone(f"elsewhere/pid:[1]/{os.getpid()}/1") is False
    assert processes.is_gone("") is False


def test_this_process_is_empty_where_it_cannot_be_told(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(processes, "_PROC", tmp_path)
    assert processes.this_process() == ""


@pytest.mark.django_db(transaction=True)
def test_sweep_command_goes_on_after_a_database_error_until_it_is_stopped(
    monkeypatch: pytest.MonkeyPatch, bells: list[int]
) -> None:
    looks: list[int] = []

    def look(now: object) -> None:
        looks.append(1)
        if len(looks) == 1:
            raise DatabaseError("away")
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(command, "sweep", look)
    monkeypatch.setattr(rules, "SWEEP_EVERY", timedelta(milliseconds=20))
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        call_command("sweep")
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    assert len(looks) == 2
