"""Background work of exports: the task takes its job and calls one service."""

from celery import shared_task

from portal.exporting import orders
from portal.jobs.runner import run


@shared_task(name="exporting.build")
def build_export(job_id: int) -> None:
    run(job_id, orders.build)
