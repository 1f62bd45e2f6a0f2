"""Background work of the room: a task takes its job and calls one service."""

from celery import shared_task

from portal.jobs.runner import run
from portal.publishing import issues


@shared_task(name="publishing.build_issue")
def build_issue(job_id: int) -> None:
    run(job_id, issues.build_document)
