from celery import shared_task

from portal.jobs.runner import run
from portal.reporting import documents, services


@shared_task(name="reporting.build_run")
def build_run(job_id: int) -> None:
    run(job_id, lambda context: services.build_run(context.job.parameters["run"], context), services.fail_run)


@shared_task(name="reporting.build_file")
def build_file(job_id: int) -> None:
    run(job_id, lambda context: documents.build_file(context.job.parameters["file"], context), documents.fail_file)
