"""Asking for background work, ringing its bell, and the row's few changes. The runner and the sweep call these."""

import logging
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from kombu.exceptions import KombuError

from portal.access.actor import Actor
from portal.access.scoping import GuardedQuerySet
from portal.celery import app
from portal.jobs import rules
from portal.jobs.models import Heartbeat, Job, JobState
from portal.jobs.processes import this_process

logger = logging.getLogger(__name__)
BELL_EXPIRES_SECONDS = 120


class LeaseLost(Exception):
    """Another run has taken the job over; this one must write nothing more."""


def all_jobs() -> GuardedQuerySet[Job]:
    rows: GuardedQuerySet[Job] = Job.objects.unscoped("the job machinery keeps every person's work going")
    return rows


def request(
    task: str,
    *,
    kind: str,
    subject: models.Model | None,
    label: str,
    parameters: dict[str, Any],
    actor: Actor | None,
    now: datetime,
    unique_key: str = "",
) -> Job:
    """Record work to be done in the background and ring for it once the transaction is committed.

    With a `unique_key` the work is recorded once: asking again returns the job that is there, whatever its state.
    Raises `LookupError` for a task that no `tasks.py` declares.
    """
    if task not in app.tasks:
        raise LookupError(f"No tasks.py declares the task {task!r}.")
    if unique_key and (known := all_jobs().filter(unique_key=unique_key).first()):
        return known
    job = Job(
        task=task,
        kind=kind,
        label=label[:200],
        subject_model=subject._meta.label if subject else "",
        subject_pk=str(subject.pk) if subject else "",
        parameters=parameters,
        unique_key=unique_key,
        user_id=actor.user_id if actor else None,
        membership_id=actor.membership_id if actor else None,
        membership_label=actor.label if actor else "",
        created_at=now,
        last_bell_at=now,
    )
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        if unique_key and (known := all_jobs().filter(unique_key=unique_key).first()):
            return known
        raise
    transaction.on_commit(partial(ring, job), robust=True)
    return job


def ring(job: Job) -> bool:
    """Tell a worker that the job waits. A bell that does not ring loses nothing: the sweep rings again."""
    try:
        app.send_task(job.task, args=[job.pk], expires=BELL_EXPIRES_SECONDS, retry=False)
    except (KombuError, OSError) as error:
        logger.warning("the bell for job %s did not ring: %s", job.pk, type(error).__name__)
        return False
    return True


def take(job_id: int, lease_key: str, *, now: datetime) -> Job | None:
    """Lease a job that waits, or whose lease ended; None when it is finished or another run has it."""
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now)
    taken = (
        all_jobs()
        .filter(free, pk=job_id)
        .update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            lease_key=lease_key,
            lease_owner=this_process(),
            lease_until=rules.lease_end(now),
            heartbeat_at=now,
            started_at=Coalesce("started_at", now, output_field=models.DateTimeField()),
        )
    )
    return all_jobs().get(pk=job_id) if taken else None


def holds(job: Job) -> bool:
    """Whether the run that took `job` still has it and has not finished it."""
    return all_jobs().filter(pk=job.pk, lease_key=job.lease_key, state=JobState.RUNNING).exists()


def write(job: Job, *, now: datetime, **changes: Any) -> None:
    """Change the row of a run and renew its lease. Raises `LeaseLost` when another run has taken over."""
    changes |= {"heartbeat_at": now, "lease_until": rules.lease_end(now)}
    held = all_jobs().filter(pk=job.pk, lease_key=job.lease_key, state=JobState.RUNNING)
    if not held.update(**changes):
        raise LeaseLost(f"job {job.pk} was taken over")


def succeed(job: Job, result: dict[str, Any], *, now: datetime) -> None:
    """Finish. Inside the transaction of the work's own effect, both stand or fall together."""
    write(job, now=now, state=JobState.SUCCEEDED, result=result, finished_at=now, message="")


def fail(job: Job, code: str, message: str, *, now: datetime) -> None:
    """Finish without success; `message` says cause and remedy."""
    error = {"error_code": code[:64], "error_message": message[:500]}
    write(job, now=now, state=JobState.FAILED, finished_at=now, message="", **error)


def put_back(job: Job, *, now: datetime, message: str = "") -> bool:
    """Let a run that broke off wait for its next bell; False when somebody else was faster."""
    held = all_jobs().filter(pk=job.pk, lease_key=job.lease_key, state=JobState.RUNNING)
    freed = {"lease_key": "", "lease_owner": "", "lease_until": None}
    return bool(held.update(state=JobState.QUEUED, last_bell_at=now, message=message[:200], **freed))


def give_sign_of_life(name: str, *, now: datetime) -> None:
    """Remember that a background process was seen working."""
    if not Heartbeat.objects.filter(name=name).update(beat_at=now):
        Heartbeat.objects.get_or_create(name=name, defaults={"beat_at": now})
