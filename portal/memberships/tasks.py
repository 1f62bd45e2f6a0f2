"""Background work of the account desk: the task takes its job and calls one service."""

from celery import shared_task

from portal.jobs.runner import run
from portal.memberships import slips


@shared_task(name="memberships.print_slips")
def print_slips(job_id: int) -> None:
    run(job_id, slips.build)
