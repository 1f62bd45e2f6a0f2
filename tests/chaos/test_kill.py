"""kill -9 at the worst moments: real worker, beat and sweep, started again by the supervisor of scripts/start."""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.celery import app
from portal.jobs import services
from portal.jobs.models import Job, JobState
from portal.jobs.selectors import background_problems
from scripts.parts.supervise import Child, Supervisor
from tests.chaos import work

ROOT = Path(__file__).resolve().parents[2]
CELERY = [sys.executable, "-m", "celery", "-A", "portal.celery", "--quiet"]
WORKER = ["--include", "tests.chaos.work", "--concurrency", "3", "--without-gossip", "--without-mingle"]
COMMANDS = {
    "worker": [*CELERY, "worker", *WORKER, "--loglevel", "WARNING"],
    "beat": [*CELERY, "beat", "--pidfile=", "--scheduler", "celery.beat:Scheduler", "--loglevel", "WARNING"],
    "sweep": [sys.executable, "manage.py", "sweep"],
}


def database_url() -> str:
    """The test database, for the processes beside the test."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)


def shared_folder(settings: Any) -> Path:
    """The folder through which this process rings: Celery fixes it once a process."""
    if "data_folder_in" in app.conf.broker_transport_options:
        return Path(app.conf.broker_transport_options["data_folder_in"]).parents[1]
    return Path(settings.PORTAL_DATA)


@pytest.fixture
def keeper(transactional_db: None, settings: Any) -> Iterator[Supervisor]:
    folder = settings.PORTAL_DATA = shared_folder(settings)
    for left in folder.glob("begun-*"):
        left.unlink()
    env = {
        **os.environ,
        "PORTAL_DATA": str(folder),
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "C_FORCE_ROOT": "1",
        "PYTHONWARNINGS": "ignore",
    }
    children = [Child(name, command, folder / f"{name}.log", env, ROOT) for name, command in COMMANDS.items()]
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        with Supervisor(children) as supervisor:
            yield supervisor
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def wait(keeper: Supervisor, until: Callable[[], bool], seconds: float) -> float:
    """Tend the processes until the condition holds; how long it took. Fails with the ends of the logs."""
    began = time.monotonic()
    while not until():
        keeper.tend()
        if time.monotonic() - began > seconds:
            logs = "\n".join(f"--- {child.name}\n{child.tail(20)}" for child in keeper.children)
            raise AssertionError(f"not within {seconds} s\n{logs}")
        time.sleep(0.2)
    return time.monotonic() - began


def kill_everything(keeper: Supervisor) -> None:
    for child in keeper.children:
        child.signal_group(signal.SIGKILL)


def request(where: str) -> Job:
    now = timezone.now()
    return services.request(
        work.TASK, kind="chaos", subject=None, label=where, parameters={"where": where}, actor=None, now=now
    )


def effects() -> Counter[str]:
    return Counter(AuditEvent.objects.filter(action=work.EFFECT).values_list("subject_pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_kill_9_at_any_point_leaves_one_effect_each(keeper: Supervisor) -> None:
    wait(keeper, lambda: not background_problems(timezone.now()), 40)
    jobs = [request("before"), request("after")]
    wait(keeper, lambda: all(work.mark(where).exists() for where in ("before", "after")), 20)
    jobs.append(request("inside"))
    wait(keeper, lambda: work.mark("inside").exists(), 20)
    kill_everything(keeper)
    took = wait(keeper, lambda: all_done(jobs), 60)
    assert effects() == {str(job.pk): 1 for job in jobs}
    assert [services.all_jobs().get(pk=job.pk).attempts for job in jobs] == [2, 2, 2]
    assert took < 60


@pytest.mark.django_db(transaction=True)
def test_a_schedule_happens_once_although_worker_and_beat_are_killed(keeper: Supervisor) -> None:
    work.mark("schedule").touch()
    wait(keeper, lambda: work.mark("before").exists(), 40)
    kill_everything(keeper)
    wait(keeper, lambda: all_done([services.all_jobs().get(unique_key=work.SCHEDULED)]), 60)
    work.last_month(timezone.now())
    # From the morning on beat asks for the day's other work as well.
    (job,) = services.all_jobs().filter(kind="chaos")
    assert (job.unique_key, job.attempts, effects()) == (work.SCHEDULED, 2, {str(job.pk): 1})


def all_done(jobs: list[Job]) -> bool:
    done = services.all_jobs().filter(pk__in=[job.pk for job in jobs], state=JobState.SUCCEEDED)
    return done.count() == len(jobs)
