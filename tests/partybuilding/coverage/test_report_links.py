"""A report's figures lead to lists of exactly that length: the live ones of a draft, the stored ones always."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from partybuilding.coverage.reports import KEY
from portal.access.scoping import everything
from portal.celery import app
from portal.reporting import services, tasks
from portal.reporting.models import ReportDrill, ReportRun
from tests.partybuilding.coverage.scattered import scatter
from tests.personas import Persona, Personas, Province

pytestmark = pytest.mark.usefixtures("parameters")
FIGURE = re.compile(r'<a class="figure-link" href="([^"]+)"(?: title="([\d,]+)/[\d,]+")?>([^<]+)</a>')
TOTAL = re.compile(r'class="total-count">([\d,]+)<')


def number(text: str) -> int:
    return int(text.replace(",", ""))


def length(client: Client, url: str) -> int:
    response = client.get(url)
    found = TOTAL.search(response.content.decode())
    assert found is not None, url
    return number(found.group(1))


def figures(text: str) -> dict[str, int]:
    """The address of each figure, and the length that it promises (a rate: its numerator)."""
    return {unescape(url): number(numerator or shown) for url, numerator, shown in FIGURE.findall(text)}


@pytest.mark.one_database
@pytest.mark.parametrize(
    "persona",
    [
        "department_admin",
        pytest.param("regional_office", marks=pytest.mark.heavy),
        pytest.param("party_committee", marks=pytest.mark.heavy),
    ],
)
def test_every_figure_of_a_report_equals_the_live_and_the_stored_list(
    province: Province,
    personas: Personas,
    sign_in: Callable[[Persona], Client],
    monkeypatch: pytest.MonkeyPatch,
    persona: str,
) -> None:
    monkeypatch.setattr(app, "send_task", lambda *args, **options: None)
    scatter(province, seed=3, number=20)
    who = personas[persona]
    run = services.request_run(KEY, params={}, as_of=date(2025, 6, 30), actor=who.actor, now=timezone.now())
    tasks.build_run(run.job_id)
    with everything("test"):
        assert ReportRun.objects.get().state == "draft", ReportRun.objects.get().failure_text
        promised = dict(ReportDrill.objects.values_list("key", "row_count"))
    client = sign_in(who)
    page = f"/reports/runs/{run.pk}/"
    live = figures(client.get(page).content.decode())
    stored = figures(client.get(f"{page}?lists=stored").content.decode())
    assert len(live) == len(stored) > 100
    assert {url: length(client, url) for url in live} == live
    assert {
        url.removeprefix(f"{page}rows/").rstrip("/"): size for url, size in stored.items()
    }.items() <= promised.items()
    assert {url: length(client, url) for url in list(stored)[:10]}.items() <= stored.items()
