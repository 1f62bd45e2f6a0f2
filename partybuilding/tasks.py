"""Background work of the wing: a task takes its job and calls one service."""

from celery import shared_task

from partybuilding.census import services as census
from partybuilding.census import urging as census_urging
from partybuilding.closing import services as closing
from partybuilding.closing import urging
from partybuilding.coverage import keeping
from partybuilding.reminders import services as reminders
from partybuilding.terms import services as terms
from portal.jobs.runner import run


@shared_task(name="partybuilding.prepare_close")
def prepare_close(job_id: int) -> None:
    run(job_id, closing.prepare_close)


@shared_task(name="partybuilding.refresh_close")
def refresh_close(job_id: int) -> None:
    run(job_id, urging.refresh_close)


@shared_task(name="partybuilding.remind_close")
def remind_close(job_id: int) -> None:
    run(job_id, urging.remind_close)


@shared_task(name="partybuilding.remind_terms")
def remind_terms(job_id: int) -> None:
    run(job_id, terms.remind_terms)


@shared_task(name="partybuilding.remind_organizations")
def remind_organizations(job_id: int) -> None:
    run(job_id, reminders.remind_organizations)


@shared_task(name="partybuilding.prepare_census")
def prepare_census(job_id: int) -> None:
    run(job_id, census.prepare_census)


@shared_task(name="partybuilding.remind_census")
def remind_census(job_id: int) -> None:
    run(job_id, census_urging.remind_census)


@shared_task(name="partybuilding.keep_coverage")
def keep_coverage(job_id: int) -> None:
    run(job_id, keeping.keep_all)
