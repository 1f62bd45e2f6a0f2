"""The wizard's pages in a browser: nothing axe finds, nothing wider than the window, at both widths."""

import os
from pathlib import Path

import pytest

from portal.access.actor import acting_as
from portal.importing import services
from portal.importing.models import ImportBatch
from portal.importing.tasks import commit_batch, stage_batch, undo_batch
from portal.jobs.models import Job
from tests import workbooks
from tests.corpus.passing_sheets import sheets
from tests.factories import make_department_name, uscc

TASKS = {"importing.stage": stage_batch, "importing.commit": commit_batch, "importing.undo": undo_batch}


def work() -> None:
    """What a worker does."""
    for job in Job.objects.filter(state="queued").order_by("pk"):
        TASKS[job.task](job.pk)


def looked_at(visitor, name: str) -> None:
    """The page is sound; with `PORTAL_PICTURES` it is also photographed."""
    if folder := os.environ.get("PORTAL_PICTURES"):
        visitor.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
    assert visitor.violations() == []
    assert visitor.overflows() <= 0
    assert visitor.problems == []


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_wizard_by_mouse(visit, personas, province, tmp_path, width):
    province.fill()
    make_department_name(province.regulator, "省工信厅")
    codes = [uscc(9300 + number, prefix="51430100") for number in range(8)]
    path = tmp_path / "长沙市名录.xlsx"
    path.write_bytes(workbooks.city_office(codes))
    visitor = visit(personas.department_admin, width)
    page = visitor.open("/imports/")
    looked_at(visitor, f"{width}-1-empty")
    page = visitor.open("/imports/new/")
    page.set_input_files("input[type=file]", str(path))
    looked_at(visitor, f"{width}-2-upload")
    page.get_by_role("button", name="上传表格").click()
    page.wait_for_url("**/sheet/")
    looked_at(visitor, f"{width}-3-sheet")
    page.get_by_role("button", name="下一步：列对应").click()
    page.wait_for_url("**/mapping/")
    looked_at(visitor, f"{width}-4-mapping")
    page.get_by_role("button", name="校验全部行").click()
    page.wait_for_url("**/preview/")
    looked_at(visitor, f"{width}-5-waiting")
    work()
    page.get_by_text("写入 5 行，跳过 3 行").wait_for()
    looked_at(visitor, f"{width}-6-preview")
    page.get_by_role("link", name="新增 5").click()
    looked_at(visitor, f"{width}-7-new")
    page.get_by_role("link", name="对照名称（1 个）").click()
    looked_at(visitor, f"{width}-7-names")
    page.get_by_role("link", name="取消").click()
    page.get_by_text("写入 5 行，跳过 3 行").click()
    looked_at(visitor, f"{width}-8-commit")
    page.get_by_role("button", name="写入登记库").click()
    page.wait_for_url("**/result/")
    work()
    page.get_by_role("link", name="撤销本次导入").wait_for()
    looked_at(visitor, f"{width}-9-result")
    page.get_by_role("link", name="撤销本次导入").click()
    looked_at(visitor, f"{width}-10-undo")
    page.get_by_role("button", name="撤销本次导入").click()
    page.wait_for_url("**/result/")
    work()
    page.get_by_text("全部恢复到导入之前").wait_for()
    looked_at(visitor, f"{width}-11-undone")
    visitor.open("/imports/")
    looked_at(visitor, f"{width}-12-list")
    assert ImportBatch.objects.get().state == "undone"


def test_refused_file_is_answered_beside_the_field(visit, personas, province, tmp_path):
    assert province.hunan
    path = tmp_path / "加密.xlsx"
    path.write_bytes(workbooks.encrypted())
    visitor = visit(personas.department_admin)
    page = visitor.open("/imports/new/")
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="上传表格").click()
    page.get_by_text("设有打开密码").first.wait_for()
    actor = personas.department_admin.actor
    with acting_as(actor):
        assert ImportBatch.objects.unscoped("the test looks").get().refusal_code == "file.encrypted"
    assert services.folder_of(ImportBatch.objects.get()).exists() is False
    visitor.open(f"/imports/{ImportBatch.objects.get().pk}/result/")
    assert visitor.violations() == []


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_sheet_and_header_are_chosen_by_keyboard(visit, personas, province, tmp_path, width):
    assert province.changsha
    path = tmp_path / "分市名录.xlsx"
    case = next(case for case in sheets() if case.name == "one-sheet-a-city")
    path.write_bytes(case.content)
    visitor = visit(personas.department_admin, width)
    page = visitor.open("/imports/new/")
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="上传表格").click()
    page.wait_for_url("**/sheet/")
    looked_at(visitor, f"{width}-sheets")
    assert page.locator("select[name=sheet] option:checked").inner_text() == "合并读取 2 张列名相同的工作表"
    page.get_by_role("link", name="株洲").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**sheet=*")
    assert page.locator("select[name=sheet]").input_value() == "株洲"
    page.get_by_role("link", name="第 1 行作为表头").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**header=1")
    assert page.locator("input[name=header]").input_value() == "1-2"
    looked_at(visitor, f"{width}-header-moved")
    page.fill("input[name=header]", "2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mapping/")
    looked_at(visitor, f"{width}-one-sheet")


def test_text_in_doubt_is_read_as_a_person_says(visit, personas, province, tmp_path):
    assert province.hunan
    path = tmp_path / "名录.csv"
    path.write_bytes("名稱,代碼\r\n湖南省茶葉商會聯合會館與學術團體,1\r\n".encode("big5"))
    visitor = visit(personas.department_admin)
    page = visitor.open("/imports/new/")
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="上传表格").click()
    page.get_by_text("不能确定这份文本的文字编码").wait_for()
    looked_at(visitor, "doubt")
    page.select_option("select[name=encoding]", "gb18030")
    page.get_by_role("button", name="下一步：列对应").click()
    page.wait_for_load_state()
    assert "湖南省茶葉商會" not in page.content()
    page.select_option("select[name=encoding]", "big5hkscs")
    page.get_by_role("button", name="下一步：列对应").click()
    page.get_by_text("湖南省茶葉商會聯合會館與學術團體").wait_for()
