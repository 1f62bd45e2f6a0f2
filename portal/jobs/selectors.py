"""Whether background work is being done, and the jobs of a subject."""

from datetime import datetime

from django.db import models
from django.db.models import Max

from portal.access.scoping import GuardedQuerySet
from portal.jobs import rules
from portal.jobs.models import Heartbeat, Job
from portal.jobs.services import all_jobs
from portal.jobs.sweep import NAME as SWEEP

TICK = "tick"


def background_problems(now: datetime) -> list[str]:
    """Chinese reasons why background work may stand still; empty when all is well.

    A worker whose hands are full is late with the tick; the heartbeat of its jobs counts as a sign of life too.
    """
    beats = dict(Heartbeat.objects.filter(name__in=(SWEEP, TICK)).values_list("name", "beat_at"))
    working = all_jobs().aggregate(last=Max("heartbeat_at"))["last"]
    signs = [at for at in (beats.get(TICK), working) if at is not None]
    problems = []
    if rules.is_silent(beats.get(SWEEP), now, rules.SWEEP_SILENT_AFTER):
        problems.append("后台任务的巡检进程（sweep）没有心跳，请检查该进程。")
    if rules.is_silent(max(signs, default=None), now, rules.WORK_SILENT_AFTER):
        problems.append("后台任务进程（worker、beat）没有心跳，请检查这两个进程和消息队列。")
    return problems


def has_ever_worked() -> bool:
    """Whether any background process was ever seen."""
    return Heartbeat.objects.exists()


def jobs_of(subject: models.Model, jobs: GuardedQuerySet[Job]) -> GuardedQuerySet[Job]:
    """Those of `jobs` (already scoped) that concern a subject, newest first."""
    return jobs.filter(subject_model=subject._meta.label, subject_pk=str(subject.pk)).order_by("-created_at", "-pk")
