"""Long exports: built in the background in the scope of that moment, fetched by whoever asked, gone after a day."""

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment
from portal import importing
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.audit.models import AccessEvent, AuditEvent
from portal.exporting import orders, services
from portal.exporting.models import Export
from portal.exporting.sources import of_kind
from portal.exporting.tasks import build_export
from portal.jobs.models import Job, JobState
from tests import factories
from tests.people import makers
from tests.personas import Personas

pytestmark = [pytest.mark.usefixtures("no_bells", "reference")]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are a long list."""
    monkeypatch.setattr("portal.screens.lists.AT_ONCE", 1)


def ask(client: Client, path: str, **query: str) -> Job:
    """What a person does: the link of the menu, then the button."""
    asked = client.get(path, query)
    assert asked.status_code == 302
    assert client.get(asked["Location"]).status_code == 200
    answer = client.post(asked["Location"])
    assert answer.status_code == 302
    return Job.objects.get(pk=int(answer["Location"].strip("/").split("/")[-1]))


def build(job: Job) -> Job:
    build_export(job.pk)
    job.refresh_from_db()
    return job


def names_in(content: bytes) -> list[Any]:
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return [row[0].value for row in sheet.iter_rows(min_row=2)]


def test_a_long_list_is_built_by_a_job_and_fetched(short: None, personas: Personas, sign_in: Any, frozen: Any) -> None:
    personas.province.fill()
    frozen(date(2026, 11, 22))
    client = sign_in(personas.department_admin)
    job = build(ask(client, "/associations/", export="xlsx", q="茶"))
    assert job.state == JobState.SUCCEEDED
    page = client.get(job.result["url"]).content.decode()
    assert "下载" in page
    assert "可下载" in page
    export = Export.objects.get()
    answer = client.get(reverse("exporting:file", args=[export.pk]))
    content = b"".join(answer.streaming_content)
    assert names_in(content) == ["湖南省茶业协会", "长沙市茶业协会"]
    notes = [row[0].value for row in load_workbook(io.BytesIO(content))["说明"].iter_rows()]
    assert notes == [
        "社会组织名录",
        "筛选条件：名称、简称、曾用名或信用代码：茶",
        "排序：名单默认顺序",
        "范围：全省",
        "数据截至：2026-11-22",
        "导出人：department_admin（社会工作部管理员 · 全省）",
        "导出时间：2026-11-22 09:00",
        "共 2 行",
    ]
    assert "attachment" in answer["Content-Disposition"]
    assert export.row_count == 2
    assert [event.action for event in AuditEvent.objects.order_by("pk")] == ["exporting.request", "exporting.build"]
    assert "1" in client.get(reverse("exporting:list")).content.decode()


def test_what_the_actor_lost_meanwhile_is_not_in_the_file(short: None, personas: Personas, sign_in: Any) -> None:
    province = personas.province.fill()
    client = sign_in(personas.party_committee)
    factories.make_assignment(province.city_tea, province.committee, AssignmentRole.PARTY_COMMITTEE)
    job = ask(client, "/associations/", export="xlsx")
    with everything("test data"):
        Assignment.objects.filter(association=province.city_tea, department=province.committee).update(
            starts_on=timezone.localdate() - timedelta(days=9), ends_on=timezone.localdate() - timedelta(days=1)
        )
    assert build(job).state == JobState.SUCCEEDED
    content = b"".join(client.get(reverse("exporting:file", args=[Export.objects.get().pk])).streaming_content)
    assert names_in(content) == ["湖南省茶业协会"]


def test_an_ended_membership_builds_nothing(short: None, personas: Personas, sign_in: Any) -> None:
    personas.province.fill()
    job = ask(sign_in(personas.department_admin), "/associations/", export="csv")
    membership = personas.department_admin.membership
    type(membership).objects.filter(pk=membership.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    job = build(job)
    assert (job.state, job.error_code) == (JobState.FAILED, "membership.ended")
    assert Export.objects.get().file is None


def test_the_file_goes_after_a_day(short: None, personas: Personas, sign_in: Any, frozen: Any) -> None:
    personas.province.fill()
    frozen(date(2026, 11, 20))
    client = sign_in(personas.department_admin)
    build(ask(client, "/associations/", export="json"))
    export = Export.objects.get()
    assert orders.expire_due(timezone.now()) == 0
    frozen(date(2026, 11, 21))
    assert orders.expire_due(timezone.now()) == 1
    assert orders.expire_due(timezone.now()) == 0
    answer = sign_in(personas.department_admin).get(reverse("exporting:file", args=[export.pk]))
    assert answer.status_code == 410
    assert "保留到 2026-11-21 09:00" in answer.content.decode()


def test_another_person_reaches_neither_page_nor_file(short: None, personas: Personas, sign_in: Any) -> None:
    personas.province.fill()
    build(ask(sign_in(personas.department_admin), "/associations/", export="csv"))
    export = Export.objects.get()
    other = sign_in(personas.department_staff)
    assert other.get(reverse("exporting:export", args=[export.pk])).status_code == 404
    assert other.get(reverse("exporting:file", args=[export.pk])).status_code == 404


def test_an_unfinished_export_has_no_file_yet(short: None, personas: Personas, sign_in: Any) -> None:
    personas.province.fill()
    client = sign_in(personas.department_admin)
    ask(client, "/associations/", export="csv")
    export = Export.objects.get()
    page = client.get(reverse("exporting:file", args=[export.pk]), follow=True).content.decode()
    assert "文件还在生成" in page
    with pytest.raises(Refused, match="还在生成"):
        orders.file_of(export, timezone.now())


def test_a_job_that_runs_twice_builds_once(short: None, personas: Personas, sign_in: Any) -> None:
    personas.province.fill()
    job = build(ask(sign_in(personas.department_admin), "/associations/", export="csv"))
    first = Export.objects.get().file_id
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, finished_at=None)
    assert build(job).state == JobState.SUCCEEDED
    assert Export.objects.get().file_id == first


@pytest.mark.parametrize("path", ["/no-such-page/", "/account/", "/messages/", "//elsewhere/associations/"])
def test_an_address_that_is_no_exportable_list_is_refused(path: str, personas: Personas, sign_in: Any) -> None:
    query = {"path": path, "query": "", "format": "xlsx"}
    answer = sign_in(personas.department_admin).get(reverse("exporting:new"), query)
    assert answer.status_code == 400
    assert "不是可以导出的名单" in answer.content.decode()


def test_a_list_of_other_roles_is_refused(personas: Personas, sign_in: Any) -> None:
    query = {"path": "/audit/", "query": "", "format": "xlsx"}
    client = sign_in(personas.department_admin)
    for answer in (client.get(reverse("exporting:new"), query), client.post("/exports/new/?path=/audit/&format=csv")):
        assert answer.status_code == 403 or "不能查看这份名单" in answer.content.decode()
    assert Export.objects.count() == 0


def test_a_filter_that_cannot_be_read_is_refused(personas: Personas, sign_in: Any) -> None:
    query = {"path": "/associations/", "query": "as_of=2026-02-31", "format": "xlsx"}
    answer = sign_in(personas.department_admin).get(reverse("exporting:new"), query)
    assert answer.status_code == 400
    assert "2026-02-31" in answer.content.decode()


def test_a_kind_gives_the_chosen_columns_in_their_order(personas: Personas) -> None:
    personas.province.fill()
    now = timezone.now()
    found = of_kind(
        "associations",
        "q=茶",
        ["name", "uscc"],
        "xlsx",
        actor=personas.department_admin.actor,
        now=now,
        today=timezone.localdate(now),
    )
    assert [column.label for column in found.columns] == ["名称", "统一社会信用代码"]
    assert [row[0] for row in found.rows] == ["湖南省茶业协会", "长沙市茶业协会"]
    assert found.count == 2


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [("nothing", [], "import.kind"), ("associations", ["no_such"], "export.column")],
)
def test_a_kind_or_column_that_does_not_exist_is_refused(
    kind: str, fields: list[str], code: str, personas: Personas
) -> None:
    now = timezone.now()
    with pytest.raises(Refused) as refused:
        of_kind(kind, "", fields, "csv", actor=personas.department_admin.actor, now=now, today=timezone.localdate(now))
    assert refused.value.code == code


def test_a_sheet_that_is_full_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LAST_ROW", 3)
    with pytest.raises(Refused, match="请改为导出 CSV"):
        services.write_rows(io.BytesIO(), ["名称"], ([str(one)] for one in range(5)), "xlsx", title="名单")


def test_an_export_of_people_leaves_one_access_event(short: None, personas: Personas, sign_in: Any) -> None:
    for _ in range(2):
        makers.make_officer(personas.province.tea)
    client = sign_in(personas.department_admin)
    build(ask(client, "/officers/", export="csv"))
    event = AccessEvent.objects.order_by("pk").last()
    assert (event.view, event.object_count, event.object_ids) == ("associations:officers?tab=export", 2, [])


def test_an_export_of_a_kind_with_personal_columns_leaves_one_access_event(personas: Personas, tmp_path: Path) -> None:
    makers.make_officer(personas.province.tea)
    call_command(
        "export_spreadsheet", "officers", str(tmp_path / "a.csv"), spec=personas.department_admin.user.username
    )
    assert [(event.view, event.object_count) for event in AccessEvent.objects.all()] == [("export:officers", 1)]


def test_what_a_kind_exports_does_not_depend_on_where_a_chunk_ends(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    personas.province.fill()
    now, actor = timezone.now(), personas.department_admin.actor

    def rows() -> dict[str, list[Any]]:
        with acting_as(actor):
            return {
                kind: list(of_kind(kind, "", [], "csv", actor=actor, now=now, today=timezone.localdate(now)).rows)
                for kind in importing.kinds()
            }

    whole = rows()
    assert len(whole["party_organizations"]) > 1
    monkeypatch.setattr("portal.importing.resources.EXPORT_CHUNK", 1)
    monkeypatch.setattr("associations.registry.exports.CHUNK", 1)
    assert rows() == whole


def test_the_filters_of_a_kind_stand_in_words_in_the_file_and_in_history(personas: Personas) -> None:
    personas.province.fill()
    now, actor = timezone.now(), personas.department_admin.actor
    with acting_as(actor):
        found = of_kind("officers", "q=茶业", [], "csv", actor=actor, now=now, today=timezone.localdate(now))
    assert found.notes[0] == "筛选条件：姓名或社会组织名称：茶业"
    assert found.filters == "姓名或社会组织名称：茶业"
