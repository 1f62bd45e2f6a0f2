"""A report of hand-made figures, and a hand that does the background work at once."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.roles import WORKSPACE
from portal.access.scoping import everything
from portal.celery import app
from portal.jobs.models import Job
from portal.reporting import registry, services, tasks
from portal.reporting.data import ReportData
from portal.reporting.forms import ReportParameters
from portal.reporting.models import ReportRun
from portal.reporting.registry import Report
from tests.reporting.samples import coverage_sample


@pytest.fixture(autouse=True)
def _no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "send_task", lambda *args, **options: None)


@pytest.fixture
def builds() -> list[tuple[Actor, dict[str, Any], date]]:
    """What the sample report was asked to build."""
    return []


@pytest.fixture(autouse=True)
def sample(builds: list[tuple[Actor, dict[str, Any], date]]) -> Iterator[Report]:
    def build(actor: Actor, params: dict[str, Any], as_of: date) -> ReportData:
        builds.append((actor, params, as_of))
        return coverage_sample()

    report = Report("sample", "两个覆盖样表", "手工数字，用于核对。", ReportParameters, frozenset(WORKSPACE), build)
    registry.register(report)
    yield report
    del registry._reports["sample"]


def reload(run: ReportRun) -> ReportRun:
    with everything("test"):
        return ReportRun.objects.get(pk=run.pk)


@pytest.fixture
def work(db: None) -> Callable[[], int]:
    """Do all background work that waits; returns how many jobs were run."""

    def work() -> int:
        with everything("test"):
            waiting = list(Job.objects.filter(state="queued").order_by("pk").values_list("task", "pk"))
        for task, pk in waiting:
            getattr(tasks, task.removeprefix("reporting."))(pk)
        return len(waiting)

    return work


@pytest.fixture
def make_run(work: Callable[[], int]) -> Callable[..., ReportRun]:
    """A run of the sample report, built unless `is_built` says no."""

    def make_run(actor: Actor, *, as_of: date | None = None, is_built: bool = True, **params: Any) -> ReportRun:
        run = services.request_run(
            "sample", params=params, as_of=as_of or timezone.localdate(), actor=actor, now=timezone.now()
        )
        if is_built:
            work()
        return reload(run)

    return make_run
