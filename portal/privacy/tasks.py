"""Background work of approved exports: the task takes its job and calls one service."""

from celery import shared_task

from portal.jobs.runner import run
from portal.privacy import approvals


@shared_task(name="privacy.build_export")
def build_export(job_id: int) -> None:
    run(job_id, approvals.build)
