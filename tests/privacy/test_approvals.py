"""Exports with personal numbers: never by one person alone, once, marked, sealed at rest, gone after a day."""

import html
import io
import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from portal.access.decisions import Refused
from portal.access.roles import Role
from portal.audit.models import AccessEvent, AuditEvent
from portal.files.services import path_of
from portal.home.management.commands.load_reference import calendar_rows
from portal.jobs.models import Job, JobState
from portal.notices.models import Notice, Task
from portal.privacy import approvals
from portal.privacy.enums import RequestState
from portal.privacy.models import ExportRequest
from portal.privacy.tasks import build_export
from portal.regulations.services import load_calendar
from tests import factories
from tests.conftest import ROOT
from tests.people import makers
from tests.people.makers import id_number
from tests.personas import Persona, Personas
from tests.workbooks import table

pytestmark = [pytest.mark.usefixtures("no_bells", "calendar")]
NUMBER, PHONE = id_number(7), "13812345678"
HEADER = ("统一社会信用代码", "姓名", "职务", "公民身份号码", "联系电话")
PURPOSE = "换届审核，报省委组织部核对"


@pytest.fixture
def calendar(reference: None) -> None:
    """Working days, for the time limit."""
    load_calendar(calendar_rows(ROOT / "fixtures" / "reference"))


@pytest.fixture
def officers(run_import: Any, personas: Personas) -> None:
    """One officer with a number and a phone, one with neither, in tea; one in another committee's association."""
    province = personas.province.fill()
    rows = [
        (province.tea.uscc, "王建国", "会长", NUMBER, PHONE),
        (province.tea.uscc, "李春梅", "秘书长", None, None),
        (province.trade.uscc, "赵海", "会长", None, "0731-84567890"),
    ]
    batch = run_import(table(rows, HEADER), "officers", commit=True)
    assert batch.rejected_count == 0


@pytest.fixture
def second(personas: Personas) -> Persona:
    """Another administrator of the department."""
    user = factories.make_user("second_admin")
    return Persona(user, factories.make_membership(user, Role.DEPARTMENT_ADMIN))


def ask(persona: Persona, **changes: Any) -> ExportRequest:
    asked = {"kind": "officers", "fields": ["id_number", "phone"], "query": "", "purpose": PURPOSE} | changes
    return approvals.ask(**asked, actor=persona.actor, now=timezone.now())


def approve(request: ExportRequest, persona: Persona) -> ExportRequest:
    request.refresh_from_db()
    return approvals.approve(request, opinion="同意", actor=persona.actor, version=request.version, now=timezone.now())


def build(request: ExportRequest) -> Job:
    job = Job.objects.get(kind="personal_export", subject_pk=str(request.pk))
    build_export(job.pk)
    job.refresh_from_db()
    request.refresh_from_db()
    return job


def fetch(client: Client, request: ExportRequest) -> Any:
    page = reverse("privacy:request", args=[request.pk])
    return client.post(page, {"version": str(request.version)})


def test_asked_approved_built_and_fetched_once(
    officers: None, second: Persona, personas: Personas, sign_in: Any, caplog: pytest.LogCaptureFixture
) -> None:
    admin = personas.department_admin
    client = sign_in(admin)
    data = {"kind": "officers", "fields_wanted": ["id_number", "phone"], "purpose": PURPOSE}
    answer = client.post(reverse("privacy:request_new"), data)
    assert answer.status_code == 302
    request = ExportRequest.objects.get()
    task = Task.objects.get()
    assert (task.kind, task.due_on) == ("export_approval", request.due_on)
    other = sign_in(second)
    page = reverse("privacy:request_approve", args=[request.pk])
    assert PURPOSE in other.get(page).content.decode()
    assert other.post(page, {"opinion": "同意", "version": "1"}).status_code == 302
    assert build(request).state == JobState.SUCCEEDED
    assert request.state == RequestState.READY
    sealed = path_of(request.file).read_bytes()
    for secret in (NUMBER.encode(), PHONE.encode(), "王建国".encode()):
        assert secret not in sealed
    assert not sealed.startswith(b"PK")
    assert "领取文件" in client.get(reverse("privacy:request", args=[request.pk])).content.decode()
    answer = fetch(client, request)
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    rows = {row[heads.index("姓名")]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows["王建国"][heads.index("公民身份号码")] == NUMBER
    assert rows["王建国"][heads.index("联系电话")] == PHONE
    assert rows["李春梅"][heads.index("公民身份号码")] is None
    assert {row[heads.index("导出标记")] for row in rows.values()} == {request.number}
    for printed in (sheet.oddHeader.center.text, sheet.oddFooter.right.text):
        assert request.number in printed
        assert "department_admin" in printed
    notes = [row[0].value for row in book["说明"].iter_rows()]
    assert f"用途：{PURPOSE}" in notes
    assert "审批人：second_admin（社会工作部管理员 · 全省）" in notes
    reading = AccessEvent.objects.get(view="privacy.ExportRequest")
    assert (reading.purpose, reading.object_count, reading.user) == (PURPOSE, 3, admin.user)
    request.refresh_from_db()
    assert (request.state, request.file.deleted_at is not None) == (RequestState.FETCHED, True)
    assert fetch(client, request).status_code == 302
    assert Task.objects.get().state == "closed"
    assert Notice.objects.filter(user=admin.user).count() == 1
    kept = repr([vars(row) for model in (AuditEvent, Job, ExportRequest, Notice, Task) for row in model.objects.all()])
    for secret in (NUMBER, PHONE):
        assert secret not in kept
        assert secret not in caplog.text


def test_nobody_approves_the_own_request(officers: None, personas: Personas, sign_in: Any) -> None:
    admin = personas.department_admin
    request = ask(admin)
    with pytest.raises(Refused, match="不能审批自己的申请"):
        approve(request, admin)
    page = sign_in(admin).get(reverse("privacy:request_approve", args=[request.pk])).content.decode()
    assert "不能审批自己的申请" in page
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportRequest.objects.filter(pk=request.pk).update(state=RequestState.APPROVED, decided_by=admin.user)


def test_nobody_approves_the_own_request_through_a_second_membership(officers: None, personas: Personas) -> None:
    staff = personas.department_staff
    request = ask(staff)
    other = Persona(staff.user, factories.make_membership(staff.user, Role.DEPARTMENT_ADMIN))
    with pytest.raises(Refused, match="不能审批自己的申请"):
        approve(request, other)


@pytest.mark.parametrize(
    ("asker", "decider", "may"),
    [
        ("county_office", "regional_office", True),
        ("regional_office", "county_office", False),
        ("regional_office", "other_regional_office", False),
        ("regional_office", "department_admin", True),
        ("party_committee", "other_committee", False),
        ("party_committee", "department_admin", True),
        ("department_staff", "department_admin", True),
        ("department_admin", "department_staff", False),
        ("supervising_unit", "other_unit", False),
    ],
)
def test_the_own_or_the_parent_unit_decides(
    asker: str, decider: str, may: bool, officers: None, personas: Personas, sign_in: Any
) -> None:
    request = ask(personas[asker])
    page = reverse("privacy:request_approve", args=[request.pk])
    answer = sign_in(personas[decider]).post(page, {"opinion": "同意", "version": "1"})
    request.refresh_from_db()
    assert answer.status_code == (302 if may else 404)
    assert request.state == (RequestState.APPROVED if may else RequestState.ASKED)


def test_the_file_holds_what_the_asker_may_see_then(officers: None, personas: Personas) -> None:
    committee = personas.party_committee
    request = approve(ask(committee), personas.department_admin)
    assert build(request).state == JobState.SUCCEEDED
    assert request.row_count == 2


def test_an_ended_membership_gets_nothing(officers: None, personas: Personas, second: Persona) -> None:
    admin = personas.department_admin
    request, late = ask(admin), ask(admin)
    approve(request, second)
    ended = timezone.localdate() - timedelta(days=1)
    type(admin.membership).objects.filter(pk=admin.membership.pk).update(ends_on=ended)
    job = build(request)
    assert (job.state, job.error_code, request.file) == (JobState.FAILED, "membership.ended", None)
    with pytest.raises(Refused, match="已经失效"):
        approve(late, second)


def test_another_person_of_the_unit_cannot_fetch(
    officers: None, personas: Personas, second: Persona, sign_in: Any
) -> None:
    request = approve(ask(personas.department_admin), second)
    build(request)
    assert fetch(sign_in(second), request).status_code == 302
    request.refresh_from_db()
    assert (request.state, AccessEvent.objects.filter(view="privacy.ExportRequest").count()) == (RequestState.READY, 0)


def test_a_refusal_is_told_with_its_reason(officers: None, personas: Personas, second: Persona, sign_in: Any) -> None:
    request = ask(personas.department_admin)
    page = reverse("privacy:request_refuse", args=[request.pk])
    assert sign_in(second).get(page).status_code == 200
    assert sign_in(second).post(page, {"opinion": "用途不明", "version": "1"}).status_code == 302
    assert "用途不明" in Notice.objects.get(user=personas.department_admin.user).text
    request.refresh_from_db()
    assert (request.state, Job.objects.filter(kind="personal_export").count()) == (RequestState.REFUSED, 0)


def test_time_limits_end_requests_and_files(officers: None, personas: Personas, second: Persona, frozen: Any) -> None:
    frozen(date(2026, 11, 20))
    waiting, ready = ask(personas.department_admin), ask(personas.department_admin)
    build(approve(ready, second))
    assert waiting.due_on == date(2026, 11, 25)
    assert approvals.lapse_due(timezone.now()) == 0
    frozen(date(2026, 11, 26))
    assert approvals.lapse_due(timezone.now()) == 2
    for request in (waiting, ready):
        request.refresh_from_db()
        assert request.state == RequestState.LAPSED
    assert ready.file.deleted_at is not None
    with pytest.raises(Refused):
        approve(waiting, second)


def test_a_job_that_runs_twice_builds_once(officers: None, personas: Personas, second: Persona) -> None:
    request = approve(ask(personas.department_admin), second)
    job = build(request)
    first = request.file_id
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, finished_at=None)
    build(request)
    assert request.file_id == first


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "departments"}, "export.kind"),
        ({"fields": []}, "export.column"),
        ({"fields": ["name"]}, "export.column"),
        ({"purpose": "用"}, "export.purpose"),
    ],
)
def test_a_request_without_what_it_needs_is_refused(
    changes: dict[str, Any], code: str, officers: None, personas: Personas
) -> None:
    with pytest.raises(Refused) as refused:
        ask(personas.department_admin, **changes)
    assert refused.value.code == code


def test_the_kinds_with_numbers_are_those_of_people() -> None:
    kinds = {kind: [column.code for column in columns] for kind, columns in approvals.personal_kinds().items()}
    assert kinds == {
        "associations": ["phone"],
        "party_organizations": ["phone"],
        "officers": ["id_number", "phone"],
        "contacts": ["phone"],
        "party_members": ["id_number", "phone"],
        "instructors": ["id_number", "phone"],
    }


def test_the_telephone_of_a_body_is_asked_for_like_that_of_a_person(
    run_import: Any, second: Persona, personas: Personas, sign_in: Any
) -> None:
    """An association's is its main contact's, a Party organisation's its own; each stands in its own row."""
    province = personas.province.fill()
    run_import(
        table([(province.tea.uscc, PHONE), (province.trade.uscc, "0731-84567890")], ("统一社会信用代码", "联系电话")),
        "associations",
        commit=True,
    )
    run_import(
        table([(province.tea_branch.name, PHONE)], ("党组织名称", "联系电话")), "party_organizations", commit=True
    )
    client = sign_in(personas.department_admin)
    wanted = {
        "associations": {province.tea.name: PHONE, province.trade.name: "0731-84567890"},
        "party_organizations": {province.tea_branch.name: PHONE},
    }
    for kind, phones in wanted.items():
        request = ask(personas.department_admin, kind=kind, fields=["phone"])
        approve(request, second)
        build(request)
        sheet = load_workbook(io.BytesIO(fetch(client, request).content)).worksheets[0]
        heads = [cell.value for cell in sheet[1]]
        name, phone = next(heads.index(one) for one in ("名称", "党组织名称") if one in heads), heads.index("联系电话")
        rows = {row[name]: row[phone] for row in sheet.iter_rows(min_row=2, values_only=True)}
        assert {one: number for one, number in rows.items() if number} == phones


def test_a_filter_with_a_number_in_it_is_not_kept(officers: None, personas: Personas) -> None:
    for typed in (NUMBER, PHONE, f"王 {PHONE}"):
        with pytest.raises(Refused) as refused:
            ask(personas.department_admin, query=urlencode({"q": typed}))
        assert refused.value.code == "export.filter"
        assert typed not in refused.value.reason
    assert ask(personas.department_admin, query=urlencode({"q": personas.province.tea.uscc})).query != ""


@pytest.mark.parametrize(
    ("path", "kind"), [("/officers/", "officers"), ("/contacts/", "contacts"), ("/party-members/", "party_members")]
)
def test_the_menu_of_a_list_leads_to_the_request_with_its_filters(
    path: str, kind: str, officers: None, personas: Personas, sign_in: Any
) -> None:
    makers.make_contact(personas.province.tea, makers.make_person("王建国"))
    makers.make_party_member(personas.province.tea_branch, makers.make_person("王建国"))
    client = sign_in(personas.department_admin)
    page = client.get(path, {"q": "王建国", "page": "1"}).content.decode()
    link = html.unescape(re.search(r'href="(/[^"]*)">含完整号码（须审批）', page)[1])
    assert client.get(link).status_code == 200
    assert client.post(link, {"kind": kind, "fields_wanted": ["phone"], "purpose": PURPOSE}).status_code == 302
    request = ExportRequest.objects.get()
    assert (request.kind, QueryDict(request.query).dict()) == (kind, {"q": "王建国"})
