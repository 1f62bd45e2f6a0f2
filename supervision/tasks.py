"""Background work of the wing: a task takes its job and calls one service."""

from celery import shared_task

from portal.jobs.runner import run
from supervision.discipline import services as discipline
from supervision.inspections import papers
from supervision.rounds import services as rounds


@shared_task(name="supervision.fill_round")
def fill_round(job_id: int) -> None:
    run(job_id, rounds.fill_round)


@shared_task(name="supervision.remind")
def remind(job_id: int) -> None:
    run(job_id, discipline.remind)


@shared_task(name="supervision.build_paper")
def build_paper(job_id: int) -> None:
    run(job_id, papers.build_paper)
