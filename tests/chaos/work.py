"""What the worker of the kill tests includes: work that waits to be killed.

Each run says that it has begun by a file, because a transaction in the air shows nothing to others.
"""

import time
from datetime import date
from pathlib import Path
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.roles import WORKSPACE
from portal.audit.models import AuditEvent
from portal.audit.services import record
from portal.jobs import services
from portal.jobs.registry import register_tick
from portal.jobs.runner import JobContext, run
from portal.reporting.data import ReportData
from portal.reporting.forms import ReportParameters
from portal.reporting.registry import Report, register
from tests.reporting.samples import coverage_sample

TASK = "chaos.work"
EFFECT = "chaos.effect"
SCHEDULED = "chaos-2026-05"


def mark(name: str) -> Path:
    return Path(settings.PORTAL_DATA) / f"begun-{name}"


def hang(context: JobContext, name: str) -> None:
    """Only the first run hangs; it is the one to be killed."""
    if context.job.attempts == 1:
        mark(name).touch()
        time.sleep(600)


def cut_before(words: str, number: int = 1) -> None:
    """Ask that the worker waits, to be killed, before the statement of that number with these words."""
    mark("cut").unlink(missing_ok=True)
    (Path(settings.PORTAL_DATA) / "cut").write_text(f"{number}\n{words}")


class Cutting:
    """Watches the statements of one connection of a worker."""

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        wanted = Path(settings.PORTAL_DATA) / "cut"
        if wanted.exists():
            number, words = wanted.read_text().split("\n")
            self.seen += words in sql
            if words in sql and self.seen == int(number):
                wanted.rename(mark("cut"))
                time.sleep(600)
        return execute(sql, params, many, context)


@receiver(connection_created)
def watch(connection: Any, **rest: Any) -> None:
    if not any(isinstance(one, Cutting) for one in connection.execute_wrappers):
        connection.execute_wrappers.append(Cutting())


def effect(context: JobContext) -> None:
    record(EFFECT, actor=context.actor, subject=context.job, now=context.now())


def work(context: JobContext) -> None:
    """One effect, and a wait before it, inside its transaction or after it."""
    where = context.job.parameters["where"]
    if where == "before":
        hang(context, where)
    if where == "after":
        # Work without `complete` finds out for itself what an earlier run has done.
        if not AuditEvent.objects.filter(action=EFFECT, subject_pk=str(context.job.pk)).exists():
            effect(context)
        hang(context, where)
        return
    with transaction.atomic():
        effect(context)
        if where == "inside":
            hang(context, where)
        context.complete({"where": where})


@shared_task(name=TASK)
def chaos_work(job_id: int) -> None:
    run(job_id, work)


def last_month(now: object) -> None:
    """A schedule as reporting has it: asks every minute, is answered once."""
    if mark("schedule").exists():
        services.request(
            TASK,
            kind="chaos",
            subject=None,
            label="上月报表",
            parameters={"where": "before"},
            actor=None,
            now=timezone.now(),
            unique_key=SCHEDULED,
        )


register_tick("chaos", last_month)


def build(actor: Actor, params: dict[str, Any], as_of: date) -> ReportData:
    """A report whose first building waits to be killed."""
    if not mark("report").exists():
        mark("report").touch()
        time.sleep(600)
    return coverage_sample()


REPORT = Report("chaos", "被中断的报告", "", ReportParameters, frozenset(WORKSPACE), build)
register(REPORT)
