"""The minute's tick: proof that beat, broker and worker are alive, and the moment for what is due."""

from celery import shared_task
from django.utils import timezone

from portal.jobs import services
from portal.jobs.registry import run_ticks
from portal.jobs.selectors import TICK


@shared_task(name="jobs.tick")
def tick() -> None:
    now = timezone.now()
    run_ticks(now)
    services.give_sign_of_life(TICK, now=now)
