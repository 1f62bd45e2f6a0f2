"""Background work of the wing: a task takes its job and calls one service."""

from celery import shared_task

from campaigns.ballots import slips
from campaigns.commendations import certificates
from campaigns.plans import unit_services
from campaigns.urging import reminders
from portal.jobs.runner import run


@shared_task(name="campaigns.enrol")
def enrol(job_id: int) -> None:
    run(job_id, unit_services.enrol_everywhere)


@shared_task(name="campaigns.print_ballot")
def print_ballot(job_id: int) -> None:
    run(job_id, slips.build)


@shared_task(name="campaigns.build_certificate")
def build_certificate(job_id: int) -> None:
    run(job_id, certificates.build_certificate)


@shared_task(name="campaigns.remind")
def remind(job_id: int) -> None:
    run(job_id, reminders.remind)
