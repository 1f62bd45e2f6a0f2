"""The page of a job, with and without JavaScript, and signs of health."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import health
from portal.jobs import services
from portal.jobs.models import Job
from portal.jobs.tasks import tick
from tests.personas import Persona, Personas

SignIn = Callable[[Persona], Client]
MakeJob = Callable[..., Job]


def take(job: Job) -> Job:
    taken = services.take(job.pk, "run", now=timezone.now())
    assert taken is not None
    return taken


def test_job_page_reloads_itself_until_the_end(make_job: MakeJob, personas: Personas, sign_in: SignIn) -> None:
    persona = personas.department_staff
    client, job = sign_in(persona), make_job(actor=persona.actor)
    address = reverse("jobs:job", args=[job.pk])
    waiting = client.get(address).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting
    assert "已排队，马上开始处理。" in waiting
    assert "后台处理暂时停顿" not in waiting
    services.give_sign_of_life("sweep", now=timezone.now() - timedelta(minutes=5))
    assert "后台处理暂时停顿" in client.get(address).content.decode()
    services.give_sign_of_life("sweep", now=timezone.now())
    tick()
    running = take(job)
    services.write(running, now=timezone.now(), done_count=30, total_count=120, message="正在检查")
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")
    assert f'hx-get="{address}"' in part
    assert '<progress max="120" value="30"' in part
    assert "后台处理暂时停顿" not in part
    services.succeed(running, {"url": "/reports/runs/7/", "label": "查看报表"}, now=timezone.now())
    done = client.get(address).content.decode()
    assert 'http-equiv="refresh"' not in done
    assert "hx-get" not in done
    assert '<a class="btn btn-primary" href="/reports/runs/7/">查看报表</a>' in done


def test_job_page_of_a_failure_says_why(make_job: MakeJob, personas: Personas, sign_in: SignIn) -> None:
    persona = personas.department_staff
    client, job = sign_in(persona), make_job(actor=persona.actor)
    services.fail(take(job), "disk.full", "服务器磁盘空间不足。", now=timezone.now())
    page = client.get(reverse("jobs:job", args=[job.pk])).content.decode()
    assert "服务器磁盘空间不足。" in page
    assert job.reference in page


def test_job_page_of_another_person_is_not_found(make_job: MakeJob, personas: Personas, sign_in: SignIn) -> None:
    job = make_job(actor=personas.department_staff.actor)
    address = reverse("jobs:job", args=[job.pk])
    assert sign_in(personas.department_admin).get(address).status_code == 404
    assert sign_in(personas.auditor).get(address).status_code == 404


def test_healthz_answers_without_a_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_readyz_needs_the_heartbeats_of_background_work(db: None, client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"], len(answer.json()["reasons"])) == (503, False, 2)
    services.give_sign_of_life("sweep", now=timezone.now())
    tick()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})
    services.give_sign_of_life("sweep", now=timezone.now() - timedelta(minutes=2))
    assert client.get("/readyz").status_code == 503


def test_readyz_says_when_migrations_are_missing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_seen", {})
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: ["one"])
    assert health.not_ready_reasons() == ["数据库结构不是最新，请执行 scripts/manage migrate。"]


def test_readyz_says_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def cursor(self) -> Any:
            raise OperationalError("no")

    monkeypatch.setattr(health, "connection", Away())
    assert health.not_ready_reasons() == ["数据库无法连接，请检查数据库服务和磁盘空间。"]
