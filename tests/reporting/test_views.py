"""The pages: what each role sees, every figure a link, the list exactly as long."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.access.scoping import everything
from portal.reporting import services
from portal.reporting.models import ReportFile, ReportRun, Schedule
from portal.reporting.schedules import create_schedule
from tests.personas import Persona, Personas
from tests.reporting.conftest import reload

MakeRun = Callable[..., ReportRun]
SignIn = Callable[[Persona], Client]
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _today(frozen: Callable[..., None]) -> None:
    frozen(TODAY)


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def total_of(text: str) -> int:
    found = re.search(r'class="total-count">([\d,]+)<', text)
    assert found is not None
    return int(found.group(1).replace(",", ""))


def lock(run: ReportRun, persona: Persona) -> ReportRun:
    return services.lock_run(
        run, actor=persona.actor, version=run.version, base_url="http://testserver", now=timezone.now()
    )


def test_centre_offers_reports_and_shows_recent_runs(make_run: MakeRun, sign_in: SignIn, personas: Personas) -> None:
    run = make_run(personas.department_staff.actor)
    text = page(sign_in(personas.department_staff), reverse("reporting:centre"))
    assert reverse("reporting:run_new", args=["sample"]) in text
    assert reverse("reporting:run", args=[run.pk]) in text
    foreign = page(sign_in(personas.regional_office), reverse("reporting:centre"))
    assert reverse("reporting:run", args=[run.pk]) not in foreign


def test_asking_for_a_report_leads_to_its_progress_and_then_to_the_report(
    sign_in: SignIn, personas: Personas, work: Callable[[], int]
) -> None:
    client = sign_in(personas.department_staff)
    new = reverse("reporting:run_new", args=["sample"])
    assert 'value="2026-11-22"' in page(client, new)
    wrong = client.post(new, {"as_of": "2026-11-23"})
    assert wrong.status_code == 422
    assert "这一天还没有到" in wrong.content.decode()
    response = client.post(new, {"as_of": "2026-10-31"})
    assert response.status_code == 302
    waiting = page(client, response["Location"])
    assert 'http-equiv="refresh"' in waiting
    assert 'hx-trigger="load delay:2s"' in waiting
    htmx = {"HX-Request": "true", "HX-Target": "run-progress"}
    partial = client.get(response["Location"], headers=htmx).content.decode().strip()
    assert partial.startswith('<div id="run-progress"')
    assert partial in waiting
    work()
    assert client.get(response["Location"], headers=htmx)["HX-Refresh"] == "true"
    text = page(client, response["Location"])
    assert "91.9%" in text
    assert "style=" not in text


@pytest.mark.parametrize("name", ["x", "runs"])
def test_unknown_report_is_not_found(sign_in: SignIn, personas: Personas, name: str) -> None:
    page(sign_in(personas.department_staff), f"/reports/{name}/new/", 404)


def test_every_figure_of_a_signed_report_links_to_a_list_of_that_length(
    make_run: MakeRun, sign_in: SignIn, personas: Personas
) -> None:
    run = lock(make_run(personas.department_admin.actor), personas.department_admin)
    client = sign_in(personas.department_admin)
    text = page(client, reverse("reporting:run", args=[run.pk]))
    figures = re.findall(r'<a class="figure-link" href="([^"]+)"(?: title="(\d+)/\d+")?>([^<]+)</a>', text)
    assert len({url for url, _, _ in figures}) == 15 * 5
    lengths: dict[str, int] = {}
    for url, numerator, shown in figures:
        if url not in lengths:
            listed = page(client, url)
            assert "看现在的名册" in listed
            lengths[url] = total_of(listed)
        assert lengths[url] == int(numerator or shown.replace(",", "")), url


def test_figures_of_a_draft_lead_to_the_live_list_or_on_demand_to_the_stored_one(
    make_run: MakeRun, sign_in: SignIn, personas: Personas
) -> None:
    run = make_run(personas.department_admin.actor)
    client, url = sign_in(personas.department_admin), reverse("reporting:run", args=[run.pk])
    live = re.findall(r'class="figure-link" href="([^"]+)"', page(client, url))
    assert all(link.startswith("/?") and "as_of=2026-11-22" in link and "coverage=" in link for link in live)
    stored = re.findall(r'class="figure-link" href="([^"]+)"', page(client, f"{url}?lists=stored"))
    assert all(link.startswith(f"/reports/runs/{run.pk}/rows/") for link in stored)
    assert len(live) == len(stored)


def test_long_table_is_shown_in_part_and_in_full_on_demand(
    make_run: MakeRun, sign_in: SignIn, personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.reporting.views.TABLE_ROWS", 5)
    run = make_run(personas.department_admin.actor)
    client, url = sign_in(personas.department_admin), reverse("reporting:run", args=[run.pk])
    text = page(client, url)
    assert "共 15 行" not in text
    assert "共 14 行，此处列出前 5 行。" in text
    assert regions_in(text) == ["合计", "长沙市", "株洲市", "湘潭市", "衡阳市", "邵阳市"]
    assert len(regions_in(page(client, f"{url}?table=region"))) == 15


def regions_in(text: str) -> list[str]:
    """The first column of the table of cities on a report's page."""
    found = text[text.index('id="table-region"') :]
    return re.findall(r'<th scope="row">([^<]+)</th>', found[: found.index("</section>")])


def test_stored_list_is_read_page_by_page(make_run: MakeRun, sign_in: SignIn, personas: Personas) -> None:
    run = make_run(personas.department_admin.actor)
    client = sign_in(personas.department_admin)
    url = reverse("reporting:run_rows", args=[run.pk, "covered:"])
    second = page(client, f"{url}?page=2")
    assert total_of(second) == 137
    assert "第50行业协会" in second
    assert "第49行业协会" not in second
    assert client.get(f"{url}?export=csv").content.decode("utf-8-sig").count("行业协会") == 137
    page(client, reverse("reporting:run_rows", args=[run.pk, "nowhere"]), 404)


@pytest.mark.parametrize("row_count", [1, 30])
def test_stored_list_needs_few_queries(
    make_run: MakeRun,
    sign_in: SignIn,
    personas: Personas,
    row_count: int,
    django_assert_max_num_queries: Any,
) -> None:
    run = make_run(personas.department_admin.actor)
    key = {1: "blank:430800", 30: "covered:"}[row_count]
    client = sign_in(personas.department_admin)
    with django_assert_max_num_queries(12):
        page(client, reverse("reporting:run_rows", args=[run.pk, key]))


def test_run_page_needs_few_queries(
    make_run: MakeRun, sign_in: SignIn, personas: Personas, django_assert_max_num_queries: Any
) -> None:
    run = make_run(personas.department_admin.actor)
    client = sign_in(personas.department_admin)
    with django_assert_max_num_queries(12):
        page(client, reverse("reporting:run", args=[run.pk]))


def test_run_of_another_body_is_not_found(make_run: MakeRun, sign_in: SignIn, personas: Personas) -> None:
    run = make_run(personas.regional_office.actor)
    client = sign_in(personas.other_regional_office)
    for name, args in [
        ("run", [run.pk]),
        ("run_rows", [run.pk, "covered:"]),
        ("run_new_version", [run.pk]),
        ("run_retry", [run.pk]),
        ("run_file", [run.pk, "pdf"]),
    ]:
        assert client.get(reverse(f"reporting:{name}", args=args)).status_code == 404, name
    assert client.post(reverse("reporting:run_file", args=[run.pk, "pdf"])).status_code == 404


def test_filers_and_auditors_are_refused(make_run: MakeRun, sign_in: SignIn, personas: Personas) -> None:
    run = make_run(personas.department_staff.actor)
    for persona in (personas.association_filer, personas.branch_secretary, personas.auditor):
        client = sign_in(persona)
        assert client.get(reverse("reporting:centre")).status_code == 403
        assert client.get(reverse("reporting:run", args=[run.pk])).status_code == 403


def test_signing_is_offered_to_the_administrator_only(make_run: MakeRun, sign_in: SignIn, personas: Personas) -> None:
    run = make_run(personas.department_staff.actor)
    url, lock_url = reverse("reporting:run", args=[run.pk]), reverse("reporting:run_lock", args=[run.pk])
    staff, admin = sign_in(personas.department_staff), sign_in(personas.department_admin)
    assert lock_url not in page(staff, url)
    assert staff.post(lock_url, {"version": run.version}).status_code == 403
    assert lock_url in page(admin, url)
    assert "就此固定" in page(admin, lock_url)
    assert admin.post(lock_url, {"version": 1}).status_code == 409
    assert admin.post(lock_url, {"version": run.version}).status_code == 302
    assert reload(run).state == "locked"
    assert admin.post(lock_url, {"version": run.version + 1}).status_code == 422
    assert lock_url not in page(admin, url)


def test_signed_report_that_no_longer_fits_its_digest_says_so(
    make_run: MakeRun, sign_in: SignIn, personas: Personas
) -> None:
    run = make_run(personas.department_admin.actor)
    with everything("test"):
        ReportRun.objects.filter(pk=run.pk).update(data=(run.data or {}) | {"title": "改过的标题"})
    lock(reload(run), personas.department_admin)
    text = page(sign_in(personas.department_admin), reverse("reporting:run", args=[run.pk]))
    assert "与签发时的校验码不一致" in text


def test_new_version_by_the_page(make_run: MakeRun, sign_in: SignIn, personas: Personas) -> None:
    run = make_run(personas.department_staff.actor)
    client = sign_in(personas.department_staff)
    url = reverse("reporting:run_new_version", args=[run.pk])
    page(client, url)
    response = client.post(url, {"version": run.version})
    assert response.status_code == 302
    assert "BG-2026-11-001-v2" in page(client, response["Location"])
    assert client.post(url, {"version": run.version}).status_code == 409


def test_failed_run_says_why_and_offers_to_try_again(make_run: MakeRun, sign_in: SignIn, personas: Personas) -> None:
    run = make_run(personas.department_staff.actor, is_built=False)
    with everything("test"):
        ReportRun.objects.filter(pk=run.pk).update(
            state="failed", failed_at=timezone.now(), failure_text="规则参数没有取值。"
        )
    client = sign_in(personas.department_staff)
    retry = reverse("reporting:run_retry", args=[run.pk])
    text = page(client, reverse("reporting:run", args=[run.pk]))
    assert "规则参数没有取值。" in text
    assert retry in text
    assert retry not in page(sign_in(personas.department_admin), reverse("reporting:runs"))
    page(client, retry)
    assert client.post(retry, {"version": run.version}).status_code == 302
    assert reload(run).state == "building"


def test_file_is_asked_for_by_post_and_fetched_by_get(
    make_run: MakeRun, sign_in: SignIn, personas: Personas, work: Callable[[], int]
) -> None:
    run = make_run(personas.department_staff.actor)
    client, url = sign_in(personas.department_staff), reverse("reporting:run_file", args=[run.pk, "xlsx"])
    page(client, url, 404)
    with everything("test"):
        assert ReportFile.objects.count() == 0
    assert client.post(url)["Location"] == f"/reports/runs/{run.pk}/#files"
    waiting = page(client, reverse("reporting:run", args=[run.pk]))
    assert "正在制作" in waiting
    assert 'http-equiv="refresh"' in waiting
    htmx = {"HX-Request": "true", "HX-Target": "files"}
    partial = client.get(reverse("reporting:run", args=[run.pk]), headers=htmx).content.decode().strip()
    assert partial.startswith('<section class="card-box" id="files"')
    assert 'hx-trigger="load delay:2s"' in partial
    work()
    assert "hx-trigger" not in client.get(reverse("reporting:run", args=[run.pk]), headers=htmx).content.decode()
    assert "下载 XLSX" in page(client, reverse("reporting:run", args=[run.pk]))
    response = client.get(url)
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response)[:2] == b"PK"
    page(client, reverse("reporting:run_file", args=[run.pk, "docx"]), 404)


def test_file_that_could_not_be_made_says_why(make_run: MakeRun, sign_in: SignIn, personas: Personas) -> None:
    run = make_run(personas.department_staff.actor)
    actor = personas.department_staff.actor
    services.request_file(run, "pdf", actor=actor, base_url="", now=timezone.now())
    with everything("test"):
        ReportFile.objects.update(error_code="pdf.no_fonts", error_text="服务器没有中文字体。")
    text = page(sign_in(personas.department_staff), reverse("reporting:run", args=[run.pk]))
    assert "服务器没有中文字体。" in text
    assert "重新制作" in text


def test_machine_that_makes_no_pdf_says_so_before_it_is_asked(
    make_run: MakeRun, sign_in: SignIn, personas: Personas, settings: Any
) -> None:
    run = make_run(personas.department_staff.actor)
    (settings.PORTAL_DATA / "pdf-unavailable.txt").write_text(
        "服务器没有中文字体。请运行：apt-get install -y fonts-noto-cjk"
    )
    text = page(sign_in(personas.department_staff), reverse("reporting:run", args=[run.pk]))
    assert "暂不可用：服务器没有中文字体。请运行：apt-get install -y fonts-noto-cjk" in text


def test_history_lists_and_filters_runs(make_run: MakeRun, sign_in: SignIn, personas: Personas) -> None:
    make_run(personas.department_staff.actor)
    make_run(personas.department_staff.actor, as_of=date(2026, 10, 31), is_built=False)
    client = sign_in(personas.department_staff)
    assert total_of(page(client, reverse("reporting:runs"))) == 2
    assert total_of(page(client, reverse("reporting:runs") + "?state=draft")) == 1
    assert total_of(page(client, reverse("reporting:runs") + "?month=2026-10")) == 1


def test_schedule_is_set_and_stopped_by_the_pages(sign_in: SignIn, personas: Personas) -> None:
    client = sign_in(personas.department_staff)
    new = reverse("reporting:schedule_new", args=["sample"])
    assert "as_of" not in page(client, new)
    assert client.post(new, {"day_of_month": "29", "hour": "8"}).status_code == 422
    assert client.post(new, {"day_of_month": "1", "hour": "8"})["Location"] == reverse("reporting:schedules")
    assert client.post(new, {"day_of_month": "1", "hour": "8"}).status_code == 422
    listed = page(client, reverse("reporting:schedules"))
    assert "2026-12-01" in listed
    with everything("test"):
        schedule = Schedule.objects.get()
    stop = reverse("reporting:schedule_stop", args=[schedule.pk])
    assert stop in listed
    assert "不再自动生成" in page(client, stop)
    assert client.post(stop, {"version": 1}).status_code == 302
    assert "已经停用" in page(client, stop)
    assert stop not in page(client, reverse("reporting:schedules"))
    assert sign_in(personas.regional_office).get(stop).status_code == 404


def test_schedule_list_of_another_body_is_empty(sign_in: SignIn, personas: Personas) -> None:
    create_schedule(
        "sample", day_of_month=1, hour=8, params={}, actor=personas.department_staff.actor, now=timezone.now()
    )
    assert "还没有定时报告" in page(sign_in(personas.regional_office), reverse("reporting:schedules"))
