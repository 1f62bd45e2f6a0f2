"""The association's pages, as requests: without scripts, with lost sessions, with two tabs."""

import io
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from associations.registry.models import Association
from portal.jobs.models import Job, JobState
from supervision.inspections import rules
from supervision.inspections.enums import InspectionState
from supervision.inspections.models import Attachment, FilingPaper, Inspection, Submission
from supervision.inspections.selectors import filing_of
from supervision.tasks import build_paper
from tests.personas import Persona, Personas
from tests.supervision.filled import (
    NOW,
    begun,
    filled,
    hand_in,
    handed_in,
    photograph,
    save,
    section_row,
    sign,
    small_track,
)
from tests.supervision.forms import FULL, PHONE
from tests.supervision.makers import make_inspection, make_round

SignIn = Callable[[Persona], Client]


@pytest.fixture
def tea(personas: Personas) -> Association:
    return personas.province.tea


@pytest.fixture
def client(personas: Personas, sign_in: SignIn, frozen: Callable[[datetime], None]) -> Client:
    frozen(NOW)
    return sign_in(personas.association_filer)


def url(name: str, *args: Any) -> str:
    return reverse(f"supervision:{name}", args=args)


def posted(inspection: Inspection, code: str, answers: dict[str, Any], **further: str) -> dict[str, Any]:
    """What the section's form sends."""
    data: dict[str, Any] = {"version": str(section_row(inspection, code).version), "fields": ",".join(answers)}
    for name, raw in answers.items():
        if raw and isinstance(raw, list) and isinstance(raw[0], dict):
            data[f"{name}-count"] = str(len(raw))
            for number, row in enumerate(raw):
                data |= {f"{name}-{number}-{column}": value for column, value in row.items()}
        else:
            data[name] = raw
    return data | further


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_whole_way_without_scripts(personas: Personas, tea: Association, client: Client) -> None:
    inspection = make_inspection(tea, small_track())
    page = client.get(url("filing", inspection.pk))
    assert "开始填报" in text_of(page)
    client.post(url("filing_start", inspection.pk), {"version": "1"})
    inspection.refresh_from_db()
    assert inspection.state == InspectionState.DRAFTING
    following = ["money", "balance", None]
    for (code, answers), then in zip(FULL.items(), following, strict=True):
        shown = client.get(url("filing_section", inspection.pk, code))
        assert shown.status_code == 200
        response = client.post(
            url("filing_section", inspection.pk, code), posted(inspection, code, answers, action="continue")
        )
        expected = url("filing_section", inspection.pk, then) if then else url("filing_check", inspection.pk)
        assert (response.status_code, response.headers.get("Location")) == (302, expected)
    check = client.get(url("filing_check", inspection.pk))
    assert "全部填写完整" in text_of(check)
    assert PHONE not in text_of(check)
    client.post(url("filing_sign", inspection.pk), {"action": "make"})
    signing = client.post(
        url("filing_sign", inspection.pk), {"action": "upload", "file-signature": photograph()}, follow=True
    )
    assert "提交年检材料" in text_of(signing)
    code, version = signing.context["content_code"], signing.context["version"]
    done = client.post(
        url("filing_submit", inspection.pk), {"version": version, "content_code": code, "confirmed": "1"}, follow=True
    )
    receipt = done.redirect_chain[0][0]
    assert "年检材料已提交" in text_of(done)
    assert inspection.number in text_of(done)
    again = client.post(
        url("filing_submit", inspection.pk), {"version": version, "content_code": code, "confirmed": "1"}
    )
    assert again.headers["Location"] == receipt
    # Back button: the pages of the form lead to what became of it.
    assert client.get(url("filing_check", inspection.pk)).headers["Location"] == receipt


def test_wrong_answers_are_kept_and_told_twice_in_the_same_words(
    personas: Personas, tea: Association, client: Client
) -> None:
    inspection = begun(tea, personas.association_filer)
    response = client.post(
        url("filing_section", inspection.pk, "basic"),
        posted(inspection, "basic", FULL["basic"] | {"members": "约12"}, action="continue"),
    )
    assert response.status_code == 422
    wrong = "单位会员数应为不小于 0 的整数，现在填的是「约12」。请只填数字，例如 12，单位为家。"
    assert text_of(response).count(wrong) == 2
    assert section_row(inspection, "basic").answers["members"] == "约12"


def test_two_tabs_get_a_page_with_both_and_choose(personas: Personas, tea: Association, client: Client) -> None:
    inspection = begun(tea, personas.association_filer)
    stale = posted(inspection, "money", {"fees": "100", "other": "20", "income": "120"}, action="continue")
    save(inspection, "money", {"fees": "90", "other": "20"}, personas.association_filer)
    page = client.post(url("filing_section", inspection.pk, "money"), stale)
    assert page.status_code == 409
    assert [(one["label"], one["ours"], one["theirs"]) for one in page.context["differing"]] == [
        ("会费收入", "100.00", "90.00"),
        ("收入合计", "120.00", "（未填写）"),
    ]
    merge = {"merge": "1", "action": "continue", "version": page.context["version"], "fields": page.context["fields"]}
    merge |= dict(page.context["posted"]) | {"choose-fees": "theirs", "choose-income": "ours"}
    client.post(url("filing_section", inspection.pk, "money"), merge)
    assert section_row(inspection, "money").answers == {"fees": "90", "other": "20", "income": "120"}


def test_autosave_is_the_same_post_and_answers_in_short(personas: Personas, tea: Association, client: Client) -> None:
    inspection = begun(tea, personas.association_filer)
    where = url("filing_section", inspection.pk, "money")
    headers = {"X-Requested-With": "fetch"}
    data = posted(inspection, "money", {"fees": "100"}, action="autosave")
    answer = client.post(where, data, headers=headers).json()
    assert (answer["version"], answer["saved_at"]) == (2, "09:00:00")
    conflict = client.post(where, data | {"fees": "101"}, headers=headers)
    assert (conflict.status_code, conflict.json()["labels"]) == (409, ["会费收入"])


def test_text_sent_after_the_session_ended_is_there_after_signing_in(
    personas: Personas, tea: Association, sign_in: SignIn, frozen: Callable[[datetime], None]
) -> None:
    frozen(NOW)
    inspection = begun(tea, personas.association_filer)
    browser = Client()
    where = url("filing_section", inspection.pk, "basic")
    sent = browser.post(where, posted(inspection, "basic", {"members": "37", "contact_phone": PHONE}))
    assert sent.headers["Location"] == f"/login/?next={where}"
    assert PHONE not in str(dict(browser.session))
    browser.force_login(personas.association_filer.user, backend="portal.accounts.backends.AccountBackend")
    page = browser.get(where)
    assert 'value="37"' in page.content.decode()
    assert PHONE in page.content.decode()
    assert "已找回" in text_of(page)
    browser.post(where, posted(inspection, "basic", {"members": "37"}, action="later"))
    assert "已找回" not in text_of(browser.get(where))


def test_fetch_without_a_session_says_where_to_sign_in(personas: Personas, tea: Association) -> None:
    inspection = begun(tea, personas.association_filer)
    where = url("filing_section", inspection.pk, "basic")
    answer = Client().post(where, posted(inspection, "basic", {"members": "37"}), headers={"X-Requested-With": "fetch"})
    assert (answer.status_code, answer.json()) == (401, {"sign_in": f"/login/?next={where}", "is_kept": True})


def test_save_after_the_hand_in_shows_the_typed_text(personas: Personas, tea: Association, client: Client) -> None:
    inspection = filled(tea, personas.association_filer)
    stale = posted(inspection, "money", {"fees": "777"}, action="continue")
    sign(inspection, personas.association_filer)
    hand_in(inspection, personas.association_filer)
    page = client.post(url("filing_section", inspection.pk, "money"), stale)
    assert page.status_code == 409
    assert "777.00" in text_of(page)
    assert "不能再修改" in text_of(page)


def test_upload_by_the_forms_own_button_keeps_the_text(personas: Personas, tea: Association, client: Client) -> None:
    inspection = begun(tea, personas.association_filer)
    data = posted(inspection, "money", {"fees": "55"}, action="upload:audit")
    page = client.post(
        url("filing_section", inspection.pk, "money"), data | {"file-audit": photograph(name="审计.jpg")}
    )
    assert page.status_code == 200
    assert "审计.jpg" in text_of(page)
    assert section_row(inspection, "money").answers["fees"] == "55"
    attachment = Attachment.objects.get()
    shown = client.get(url("filing_file", attachment.pk))
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert b"".join(shown).startswith(b"\xff\xd8\xff")
    data = posted(inspection, "money", {"fees": "56"}, action=f"remove-file:{attachment.pk}")
    assert "审计.jpg" not in text_of(client.post(url("filing_section", inspection.pk, "money"), data))
    assert section_row(inspection, "money").answers["fees"] == "56"


def test_refused_file_loses_no_text(personas: Personas, tea: Association, client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    inspection = begun(tea, personas.association_filer)
    data = posted(inspection, "money", {"fees": "55"}, action="upload:audit")
    page = client.post(
        url("filing_section", inspection.pk, "money"), data | {"file-audit": SimpleUploadedFile("审计.rar", b"Rar!xx")}
    )
    assert page.status_code == 422
    assert "审计报告应为 PDF、JPG 或 PNG，现在是压缩包「审计.rar」。请解压后分别上传。" in text_of(page)
    assert section_row(inspection, "money").answers["fees"] == "55"


def test_sections_are_taken_over_from_last_year_together(personas: Personas, tea: Association, client: Client) -> None:
    handed_in(tea, personas.association_filer, small_track(round=make_round(report_year=2024)))
    inspection = begun(tea, personas.association_filer)
    page = client.get(url("filing", inspection.pk))
    assert [line.section.code for line in page.context["repeatable"]] == ["basic", "money", "balance"]
    client.post(url("filing_repeat", inspection.pk), {"section": ["basic", "money", "balance"]})
    filing = filing_of(Inspection.objects.get(pk=inspection.pk), NOW.date())
    assert filing.examination.is_ready


def test_signature_page_names_what_changed_since(personas: Personas, tea: Association, client: Client) -> None:
    inspection = filled(tea, personas.association_filer)
    sign(inspection, personas.association_filer)
    save(inspection, "basic", {"members": "13", "topics": []}, personas.association_filer)
    page = client.get(url("filing_sign", inspection.pk))
    assert page.context["changes"] == ["单位会员数", "服务内容"]
    assert "需要重新打印" in text_of(page)


@pytest.mark.parametrize("name", ["filing", "filing_check", "filing_sign", "filing_elsewhere", "filings"])
def test_every_page_of_a_draft_stays_within_its_queries(
    personas: Personas, tea: Association, client: Client, name: str, django_assert_max_num_queries: Any
) -> None:
    inspection = filled(tea, personas.association_filer)
    sign(inspection, personas.association_filer)
    with django_assert_max_num_queries(15):
        assert client.get(url(name, *([inspection.pk] if name != "filings" else []))).status_code == 200


def test_receipt_shows_everything_that_was_handed_in(personas: Personas, tea: Association, client: Client) -> None:
    inspection = handed_in(tea, personas.association_filer)
    submission = Submission.objects.get()
    page = client.get(url("receipt", submission.pk))
    assert submission.check_code in text_of(page)
    assert "湖南省农业农村厅" in text_of(page)
    assert "0731-****1234" in text_of(client.get(url("receipt", submission.pk), {"content": "1"}))
    assert "第 1 次报送" in text_of(client.get(url("filing", inspection.pk)))


def test_section_with_a_conditional_field_draws_it_hidden(personas: Personas, tea: Association, client: Client) -> None:
    inspection = begun(tea, personas.association_filer)
    page = client.get(url("filing_section", inspection.pk, "basic")).content.decode()
    assert re.search(r'id="f-event_name-box" hidden', page)
    save(inspection, "basic", {"has_event": "yes"}, personas.association_filer)
    page = client.get(url("filing_section", inspection.pk, "basic")).content.decode()
    assert not re.search(r'id="f-event_name-box" hidden', page)


def test_unknown_section_is_not_found(personas: Personas, tea: Association, client: Client) -> None:
    inspection = begun(tea, personas.association_filer)
    assert client.get(url("filing_section", inspection.pk, "nonsense")).status_code == 404


@pytest.mark.parametrize(
    ("state", "button", "words"),
    [
        (InspectionState.NOT_STARTED, "开始填报", "还没有开始，共 3 个部分，约 18 分钟"),
        (InspectionState.DRAFTING, "继续填写", "已完成 1/3 部分"),
        (InspectionState.WITH_SUPERVISOR, "查看办理情况", "业务主管单位初审中"),
    ],
)
def test_home_page_has_one_big_card(
    personas: Personas,
    tea: Association,
    client: Client,
    reference: None,
    state: str,
    button: str,
    words: str,
    django_assert_max_num_queries: Any,
) -> None:
    if state == InspectionState.NOT_STARTED:
        make_inspection(tea, small_track())
    elif state == InspectionState.DRAFTING:
        inspection = begun(tea, personas.association_filer)
        save(inspection, "money", FULL["money"], personas.association_filer, state="done")
    else:
        handed_in(tea, personas.association_filer)
    with django_assert_max_num_queries(15):
        page = text_of(client.get("/"))
    assert words in page
    assert button in page


@pytest.mark.parametrize("is_changed", [False, True])
def test_paper_is_made_by_a_job_and_kept(
    personas: Personas,
    tea: Association,
    client: Client,
    no_bells: None,
    monkeypatch: pytest.MonkeyPatch,
    is_changed: bool,
) -> None:
    """A draft that changed meanwhile is not printed under another content's code."""
    laid_out: list[str] = []

    def html_to_pdf(source: str) -> bytes:
        laid_out.append(source)
        return b"%PDF-1.7 made"

    monkeypatch.setattr("supervision.inspections.documents.html_to_pdf", html_to_pdf)
    inspection = filled(tea, personas.association_filer)
    client.post(url("filing_sign", inspection.pk), {"action": "make"})
    asked = client.post(url("filing_document", inspection.pk), {"kind": "signature"})
    job = Job.objects.get()
    assert asked.headers["Location"] == reverse("jobs:job", args=[job.pk])
    if is_changed:
        save(inspection, "basic", {"members": "13"}, personas.association_filer)
    build_paper(job.pk)
    job.refresh_from_db()
    paper = FilingPaper.objects.get()
    if is_changed:
        assert (job.state, paper.stored, laid_out) == (JobState.FAILED, None, [])
        assert "又有改动" in job.error_message
        return
    again = client.post(url("filing_document", inspection.pk), {"kind": "signature"})
    assert again.headers["Location"] == url("filing_paper", paper.pk)
    file = client.get(url("filing_paper", paper.pk))
    assert b"".join(file) == b"%PDF-1.7 made"
    assert len(laid_out) == 1
    assert rules.short_code(paper.content_code) in laid_out[0]
    assert PHONE not in laid_out[0]


def test_receipt_and_report_of_a_hand_in_are_asked_for(
    personas: Personas, tea: Association, client: Client, no_bells: None
) -> None:
    handed_in(tea, personas.association_filer)
    submission = Submission.objects.get()
    for kind in ("receipt", "report"):
        answer = client.post(url("receipt_document", submission.pk), {"kind": kind})
        assert answer.headers["Location"].startswith("/jobs/")
    assert client.post(url("receipt_document", submission.pk), {"kind": "nonsense"}).status_code == 400
    assert sorted(FilingPaper.objects.values_list("kind", flat=True)) == ["receipt", "report"]


def test_workbook_has_the_registrars_order_and_types(personas: Personas, tea: Association, client: Client) -> None:
    inspection = filled(tea, personas.association_filer)
    answer = client.post(url("filing_document", inspection.pk), {"kind": "workbook"})
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["序号", "项目", "填报内容", "单位"]
    assert ["4", "单位会员数", 12, "家"] in rows
    assert ["3", "联系电话", "0731-****1234", None] in rows


def test_column_of_a_statement_is_pasted_into_one_box(personas: Personas, tea: Association, client: Client) -> None:
    inspection = begun(tea, personas.association_filer)
    where = url("filing_section", inspection.pk, "balance")
    cells = FULL["balance"] | {"sheet_cash_closing": "", "sheet_total_closing": "8"}
    data = posted(inspection, "balance", cells, action="fill")
    page = client.post(where, data | {"paste-sheet-closing": "2\r\n\r\n"})
    assert page.status_code == 200
    assert "已填入 1 格" in text_of(page)
    assert section_row(inspection, "balance").answers == cells | {"sheet_cash_closing": "2"}
    for pasted, said in (
        ("期末数\n2\n4", "粘贴了 3 行，「资产负债表」只有 2 行，没有填入。"),
        ("1\t2\n3\t4", "粘贴的内容有不止一列。请只复制「年末数」一列，再粘贴。"),
    ):
        data = posted(inspection, "balance", cells, action="continue")
        page = client.post(where, data | {"paste-sheet-closing": pasted})
        assert page.status_code == 422
        assert said in text_of(page)
        assert pasted in page.content.decode()
        assert section_row(inspection, "balance").answers == cells
    assert "没有粘贴内容" in text_of(client.post(where, posted(inspection, "balance", cells, action="fill")))


def test_what_did_not_happen_is_filled_with_zero_at_once(personas: Personas, tea: Association, client: Client) -> None:
    inspection = begun(tea, personas.association_filer)
    where = url("filing_section", inspection.pk, "balance")
    assert "空格填 0" in text_of(client.get(where))
    cells = dict.fromkeys(FULL["balance"], "") | {"sheet_cash_closing": "7"}
    page = client.post(where, posted(inspection, "balance", cells, action="zero:sheet"))
    assert "已填入 3 格" in text_of(page)
    assert section_row(inspection, "balance").answers == dict.fromkeys(cells, "0") | {"sheet_cash_closing": "7"}
    again = client.post(where, posted(inspection, "balance", cells | dict.fromkeys(cells, "1"), action="zero:sheet"))
    assert "表中没有空格" in text_of(again)
    assert "空格填 0" not in text_of(again)
