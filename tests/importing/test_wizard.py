"""The wizard through the browser's requests, with the background jobs run as a worker runs them."""

import errno
import io
import shutil
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from associations.registry.models import Association
from portal.access.scoping import everything
from portal.importing import limits, reader
from portal.importing.models import ImportBatch
from portal.importing.selectors import issues
from portal.importing.services import folder_of
from portal.importing.tasks import commit_batch, read_upload, stage_batch, undo_batch
from portal.importing.views import wizard
from portal.jobs.models import Job
from tests import workbooks
from tests.factories import make_department_name, uscc

TASKS = {
    "importing.read": read_upload,
    "importing.stage": stage_batch,
    "importing.commit": commit_batch,
    "importing.undo": undo_batch,
}


@pytest.fixture
def work() -> Callable[[], None]:
    """What a worker does: run every job that waits."""

    def run() -> None:
        for job in Job.objects.filter(state="queued").order_by("pk"):
            TASKS[job.task](job.pk)

    return run


@pytest.fixture
def office(personas, sign_in, province) -> Client:
    assert province.changsha
    make_department_name(province.regulator, "省工信厅")
    return sign_in(personas.department_admin)


def upload(client: Client, content: bytes, name: str = "名录.xlsx", kind: str = "associations", **more: str):
    file = SimpleUploadedFile(name, content)
    return client.post("/imports/new/", {"kind": kind, "file": file, **more})


def choices(client: Client, batch: ImportBatch) -> dict[str, str]:
    """The mapping form as it is offered, with the version it was shown with."""
    response = client.get(f"/imports/{batch.pk}/mapping/")
    form = response.context["form"]
    return {"version": str(batch.version)} | {name: str(form[name].value() or "-") for name in form.fields}


def test_wizard_from_upload_to_undo(office, work):
    codes = [uscc(9100 + number, prefix="51430100") for number in range(8)]
    response = upload(office, workbooks.city_office(codes))
    batch = ImportBatch.objects.get()
    assert response.headers["Location"] == f"/imports/{batch.pk}/sheet/"
    page = office.get(response.headers["Location"]).content.decode()
    assert "2026名录" in page
    response = office.post(f"/imports/{batch.pk}/sheet/", {"sheet": "2026名录", "header": "3-4", "version": "1"})
    assert response.headers["Location"] == f"/imports/{batch.pk}/mapping/"
    response = office.post(f"/imports/{batch.pk}/mapping/", choices(office, batch))
    assert response.headers["Location"] == f"/imports/{batch.pk}/preview/"
    waiting = office.get(f"/imports/{batch.pk}/preview/")
    assert waiting.templates[0].name == "importing/waiting.html"
    work()
    preview = office.get(f"/imports/{batch.pk}/preview/")
    assert [(code, count) for code, _, count, _ in preview.context["tabs"]] == [
        ("rejected", 3),
        ("warning", 0),
        ("new", 5),
        ("changed", 0),
        ("same", 0),
        ("note", 2),
    ]
    assert preview.context["writable"] == 5
    for tab in ("rejected", "warning", "new", "changed", "same", "note"):
        assert office.get(f"/imports/{batch.pk}/preview/?show={tab}").status_code == 200
    batch.refresh_from_db()
    assert office.get(f"/imports/{batch.pk}/commit/").status_code == 200
    response = office.post(f"/imports/{batch.pk}/commit/", {"version": batch.version})
    assert response.headers["Location"] == f"/imports/{batch.pk}/result/"
    again = office.post(f"/imports/{batch.pk}/commit/", {"version": batch.version})
    assert again.status_code in (302, 409)
    work()
    assert Association.objects.filter(uscc__in=codes).count() == 5
    assert office.get(f"/imports/{batch.pk}/result/").context["may_undo"] is True
    batch.refresh_from_db()
    response = office.post(f"/imports/{batch.pk}/undo/", {"version": batch.version})
    work()
    assert Association.objects.filter(uscc__in=codes).count() == 0
    assert "全部恢复到导入之前" in office.get(f"/imports/{batch.pk}/result/").content.decode()
    assert "DR-" in office.get("/imports/").content.decode()


def test_error_workbook_corrected_and_uploaded_again_is_clean(office, work):
    codes = [uscc(9200 + number, prefix="51430100") for number in range(8)]
    upload(office, workbooks.city_office(codes))
    batch = ImportBatch.objects.get()
    office.post(f"/imports/{batch.pk}/mapping/", choices(office, batch))
    work()
    answer = office.get(f"/imports/{batch.pk}/errors/")
    book = load_workbook(io.BytesIO(answer.content))
    sheet, original = book["2026名录"], load_workbook(io.BytesIO(workbooks.city_office(codes)))["2026名录"]
    assert {str(one) for one in sheet.merged_cells.ranges} == {
        str(one) for one in original.merged_cells.ranges if one.max_row <= 4
    }
    assert [[cell.value for cell in row] for row in sheet.iter_rows(1, 4, max_col=original.max_column)] == [
        [cell.value for cell in row] for row in original.iter_rows(1, 4)
    ]
    last = original.max_column
    assert [sheet.cell(4, last + offset).value for offset in (1, 2, 3)] == ["行号", "错误原因", "怎么改"]
    assert [sheet.cell(row, last + 1).value for row in (5, 6, 7, 8)] == [10, 11, 12, None]
    assert [sheet[place].fill.bgColor.rgb for place in ("C5", "J6", "G7", "C6")].count("FFFFF3A6") == 0
    assert [sheet[place].fill.fgColor.rgb for place in ("C5", "J6", "G7", "C6")] == [*["FFFFF3A6"] * 3, "00000000"]
    sheet["C5"], sheet["J6"], sheet["G7"] = codes[5], 50, "省工信厅"
    stream = io.BytesIO()
    book.save(stream)
    upload(office, stream.getvalue(), "改正.xlsx")
    second = ImportBatch.objects.order_by("-pk")[0]
    office.post(f"/imports/{second.pk}/mapping/", choices(office, second))
    work()
    second.refresh_from_db()
    assert list(issues(second, "error").values_list("row_number", "code", "message")) == []
    assert (second.new_count, second.rejected_count) == (3, 0)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.xlsx", b"", "空文件"),
        ("密.xlsx", workbooks.encrypted(), "设有打开密码"),
        ("旧.xls", workbooks.old_format(), "不是 Excel 97-2003 工作簿"),
        ("网页.xlsx", workbooks.web_page(), "内容是网页"),
        ("坏.xlsx", workbooks.damaged(), "已损坏"),
        ("弹.xlsx", workbooks.bomb(), "压缩比"),
    ],
)
def test_upload_that_cannot_be_read_is_answered_on_the_form(office, name, content, words):
    response = upload(office, content, name)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_column_nobody_decided_about_must_be_decided(office):
    header = (*workbooks.PLAIN_HEADER, "备注2")
    upload(office, workbooks.table([(*workbooks.association_row("湖南省茶叶商会"), "x")], header))
    batch = ImportBatch.objects.get()
    data = choices(office, batch) | {"column_6": ""}
    response = office.post(f"/imports/{batch.pk}/mapping/", data)
    assert response.status_code == 422
    assert "选择「备注2」对应的项" in response.content.decode()


def test_one_field_for_two_columns_is_refused(office):
    header = (*workbooks.PLAIN_HEADER, "别的名称")
    upload(office, workbooks.table([(*workbooks.association_row("湖南省茶叶商会"), "x")], header))
    batch = ImportBatch.objects.get()
    response = office.post(f"/imports/{batch.pk}/mapping/", choices(office, batch) | {"column_6": "name"})
    assert response.status_code == 422
    assert "不能再对应" in response.content.decode()


def test_template_is_an_empty_workbook_that_maps_completely(office):
    answer = office.get("/imports/templates/associations/")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert sheet["A1"].value == "统一社会信用代码*"
    assert sheet.max_row == 1
    assert office.get("/imports/templates/nothing/").status_code == 404


@pytest.mark.parametrize("persona", ["supervising_unit", "association_filer", "auditor", "party_committee"])
def test_others_have_no_imports(persona, personas, sign_in):
    client = sign_in(getattr(personas, persona))
    assert client.get("/imports/").status_code == 403


def test_regional_office_sees_only_its_own_batches(personas, sign_in, office):
    upload(office, workbooks.table([workbooks.association_row("湖南省茶叶商会")]))
    batch = ImportBatch.objects.get()
    other = sign_in(personas.regional_office)
    assert other.get(f"/imports/{batch.pk}/sheet/").status_code == 404
    assert other.get("/imports/").context["page"].total == 0


def test_batch_whose_reading_is_gone_says_so(office):
    upload(office, workbooks.table([workbooks.association_row("湖南省茶叶商会")]))
    batch = ImportBatch.objects.get()
    shutil.rmtree(folder_of(batch))
    assert "重新上传文件" in office.get(f"/imports/{batch.pk}/sheet/").content.decode()
    assert office.get(f"/imports/{batch.pk}/mapping/").headers["Location"] == f"/imports/{batch.pk}/sheet/"


def test_large_upload_waits_for_its_reading(office, work, monkeypatch):
    monkeypatch.setattr(limits, "READ_AT_ONCE_BYTES", 0)
    upload(office, workbooks.table([workbooks.association_row("湖南省茶叶商会")]))
    batch = ImportBatch.objects.get()
    page = office.get(f"/imports/{batch.pk}/sheet/")
    assert page.templates[0].name == "importing/waiting.html"
    partial = office.get(f"/imports/{batch.pk}/sheet/", headers={"HX-Request": "true", "HX-Target": "job"})
    assert partial.templates[0].name == "importing/progress.html"
    work()
    done = office.get(f"/imports/{batch.pk}/sheet/", headers={"HX-Request": "true", "HX-Target": "job"})
    assert (done.status_code, done.headers["HX-Refresh"]) == (204, "true")


def test_partial_of_a_batch_that_moved_on_leads_there(office, work):
    upload(office, workbooks.table([workbooks.association_row("湖南省茶叶商会")]))
    batch = ImportBatch.objects.get()
    office.post(f"/imports/{batch.pk}/mapping/", choices(office, batch))
    work()
    htmx = {"HX-Request": "true", "HX-Target": "job"}
    assert office.get(f"/imports/{batch.pk}/preview/", headers=htmx).headers["HX-Refresh"] == "true"
    assert (
        office.get(f"/imports/{batch.pk}/result/", headers=htmx).headers["HX-Redirect"]
        == f"/imports/{batch.pk}/preview/"
    )
    assert office.get(f"/imports/{batch.pk}/result/").headers["Location"] == f"/imports/{batch.pk}/preview/"
    assert office.post(f"/imports/{batch.pk}/undo/", {"version": 1}).status_code == 422


def test_work_that_ends_while_its_page_is_made_leads_on(office, work, monkeypatch):
    upload(office, workbooks.table([workbooks.association_row("湖南省茶叶商会")]))
    batch = ImportBatch.objects.get()
    office.post(f"/imports/{batch.pk}/mapping/", choices(office, batch))
    read_jobs = wizard.jobs_of

    def late(*args):
        with everything("the worker beside the request"):
            work()
        return read_jobs(*args)

    monkeypatch.setattr(wizard, "jobs_of", late)
    preview = f"/imports/{batch.pk}/preview/"
    assert office.get(preview, headers={"HX-Request": "true", "HX-Target": "job"}).headers["HX-Redirect"] == preview
    assert office.get(preview).templates[0].name == "importing/preview.html"


def test_header_is_moved_by_a_click_and_by_hand(office):
    book, _ = workbooks.sheet([("标题",), workbooks.PLAIN_HEADER, workbooks.association_row("甲协会")], "一")
    upload(office, workbooks.to_bytes(book))
    batch = ImportBatch.objects.get()
    assert office.get(f"/imports/{batch.pk}/sheet/?sheet=一&header=1").context["form"]["header"].value() == "1-2"
    assert office.get(f"/imports/{batch.pk}/sheet/?sheet=二").context["form"]["sheet"].value() == "一"
    for header, words in {"9": "没有找到表头", "x": "应为行号", "1": "没有找到表头"}.items():
        answer = office.post(f"/imports/{batch.pk}/sheet/", {"sheet": "一", "header": header, "version": "1"})
        assert answer.status_code in (302, 422), words
    answer = office.post(f"/imports/{batch.pk}/sheet/", {"sheet": "一", "header": "2", "version": "1"})
    assert answer.status_code == 302


def test_numbers_of_people_are_not_shown_anywhere(office, work, sign_in, personas):
    header = (*workbooks.PLAIN_HEADER, "会长", "联系电话")
    good = (*workbooks.association_row("湖南省茶叶商会"), "司马会长", "13907310731")
    bad = (*workbooks.association_row("湖南省咖啡商会", "1"), "诸葛会长", "13907310732")
    upload(office, workbooks.table([good, bad], header))
    batch = ImportBatch.objects.get()
    seen = office.get(f"/imports/{batch.pk}/sheet/").content.decode()
    seen += office.get(f"/imports/{batch.pk}/mapping/").content.decode()
    office.post(f"/imports/{batch.pk}/mapping/", choices(office, batch))
    work()
    seen += office.get(f"/imports/{batch.pk}/preview/").content.decode()
    colleague = sign_in(personas.department_staff)
    sheet = load_workbook(io.BytesIO(colleague.get(f"/imports/{batch.pk}/errors/").content)).worksheets[0]
    seen += str([[cell.value for cell in row] for row in sheet.iter_rows()])
    for value in ("13907310731", "13907310732"):
        assert value not in seen


def test_same_file_once_more_is_pointed_out(office, work):
    content = workbooks.table([workbooks.association_row("湖南省茶叶商会")])
    upload(office, content)
    first = ImportBatch.objects.get()
    office.post(f"/imports/{first.pk}/mapping/", choices(office, first))
    work()
    first.refresh_from_db()
    office.post(f"/imports/{first.pk}/commit/", {"version": first.version})
    work()
    upload(office, content)
    second = ImportBatch.objects.order_by("-pk")[0]
    assert f"在批次 {first.number} 中已经写入过" in office.get(f"/imports/{second.pk}/sheet/").content.decode()
    errors = office.get(f"/imports/{first.pk}/errors/")
    assert load_workbook(io.BytesIO(errors.content)).worksheets[0]["A1"].value == "行号"


def test_full_disk_is_said(office, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(reader, "read", full)
    answer = upload(office, workbooks.table([workbooks.association_row("湖南省茶叶商会")]))
    assert answer.status_code == 422
    assert "服务器存储空间不足" in answer.content.decode()
    assert ImportBatch.objects.get().refusal_code == "file.disk_full"
