"""The sweep: what waits is rung for again, what died is leased anew."""

import logging
from dataclasses import dataclass
from datetime import datetime

from portal.jobs import rules, services
from portal.jobs.models import Job, JobState
from portal.jobs.processes import is_gone

logger = logging.getLogger(__name__)
NAME = "sweep"
# A bell costs a message; a long queue is worked off from its beginning anyway.
BELLS_AT_ONCE = 100


@dataclass(frozen=True)
class Swept:
    """How many interrupted runs were put back, and how many bells rung."""

    put_back: int
    rung: int


def sweep(now: datetime) -> Swept:
    """Look once. May run in several places at the same time: every change names the state it expects."""
    services.give_sign_of_life(NAME, now=now)
    interrupted = [
        job for job in running() if job.lease_until is None or job.lease_until < now or is_gone(job.lease_owner)
    ]
    freed = [job for job in interrupted if services.put_back(job, now=now, message="上次处理被中断，正在重新安排。")]
    rung = 0
    for job in [*freed, *waiting(now)]:
        # A broker that does not answer costs two seconds a bell; the rest is rung half a minute later.
        if not services.ring(job):
            break
        rung += 1
    if freed:
        logger.warning("interrupted jobs put back: %s", ", ".join(str(job.pk) for job in freed))
    return Swept(len(freed), rung)


def running() -> list[Job]:
    return list(services.all_jobs().filter(state=JobState.RUNNING))


def waiting(now: datetime) -> list[Job]:
    """Jobs whose last bell is 30 s old; whoever moves `last_bell_at` rings, so two sweeps ring once."""
    quiet = services.all_jobs().filter(state=JobState.QUEUED, last_bell_at__lt=rules.bell_before(now))
    return [
        job
        for job in quiet.order_by("last_bell_at", "pk")[:BELLS_AT_ONCE]
        if services.all_jobs()
        .filter(pk=job.pk, state=JobState.QUEUED, last_bell_at=job.last_bell_at)
        .update(last_bell_at=now)
    ]
