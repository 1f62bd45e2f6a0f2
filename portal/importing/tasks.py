"""Background work of imports: each task takes its job and calls one service."""

from celery import shared_task

from portal.importing import jobs
from portal.jobs.runner import run


@shared_task(name="importing.read")
def read_upload(job_id: int) -> None:
    run(job_id, jobs.read, jobs.give_up)


@shared_task(name="importing.stage")
def stage_batch(job_id: int) -> None:
    run(job_id, jobs.stage, jobs.give_up)


@shared_task(name="importing.commit")
def commit_batch(job_id: int) -> None:
    run(job_id, jobs.commit, jobs.give_up)


@shared_task(name="importing.undo")
def undo_batch(job_id: int) -> None:
    run(job_id, jobs.undo)
