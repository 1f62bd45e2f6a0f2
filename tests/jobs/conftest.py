"""A task to run, a bell that is heard, and rows on demand."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from portal.celery import app
from portal.jobs import services
from portal.jobs.models import Job

TASK = "tests.work"


@pytest.fixture(autouse=True)
def _task() -> Iterator[None]:
    """A task that only has to be known; the tests call the runner themselves."""

    def work(job_id: int) -> None:
        """Never called."""

    app.task(name=TASK)(work)
    yield
    app.tasks.unregister(TASK)


@pytest.fixture
def make_job(db: None) -> Callable[..., Job]:
    def make_job(**given: Any) -> Job:
        asked: dict[str, Any] = {
            "kind": "work",
            "subject": None,
            "label": "生成报表",
            "parameters": {},
            "actor": None,
            "now": timezone.now(),
        }
        return services.request(TASK, **asked | given)

    return make_job


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the jobs that were rung for, instead of a broker."""
    heard: list[int] = []
    monkeypatch.setattr(app, "send_task", lambda name, args=(), **options: heard.extend(args))
    return heard
