"""The minute's tick and what its absence says."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from portal.jobs import registry, services
from portal.jobs.models import Job
from portal.jobs.selectors import background_problems, jobs_of
from portal.jobs.tasks import tick
from tests.personas import Personas


@pytest.fixture(autouse=True)
def _no_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_ticks", {})


def test_tick_calls_everyone_although_one_fails(db: None) -> None:
    called: list[datetime] = []

    def breaks(now: datetime) -> None:
        raise ZeroDivisionError

    registry.register_tick("breaks", breaks)
    registry.register_tick("due", called.append)
    now = timezone.now()
    assert registry.run_ticks(now) == ["breaks"]
    assert called == [now]


def test_register_tick_refuses_a_second_function_of_one_name() -> None:
    first, second = (lambda now: None), (lambda now: None)
    registry.register_tick("due", first)
    registry.register_tick("due", first)
    with pytest.raises(ValueError, match="due"):
        registry.register_tick("due", second)
    assert registry.registered_ticks() == {"due": first}


def test_background_problems_name_the_process_that_is_silent(make_job: Callable[..., Job]) -> None:
    now = timezone.now()
    assert len(background_problems(now)) == 2
    services.give_sign_of_life("sweep", now=now)
    assert [problem[:21] for problem in background_problems(now)] == ["后台任务进程（worker、beat）没有"]
    tick()
    assert background_problems(timezone.now()) == []
    late = timezone.now() + timedelta(minutes=4)
    services.give_sign_of_life("sweep", now=late)
    assert len(background_problems(late)) == 1
    services.take(make_job().pk, "busy", now=late)
    assert background_problems(late) == []


def test_jobs_of_a_subject(make_job: Callable[..., Job], personas: Personas) -> None:
    user = personas.auditor.user
    mine = make_job(subject=user)
    make_job()
    assert [job.pk for job in jobs_of(user, services.all_jobs())] == [mine.pk]
