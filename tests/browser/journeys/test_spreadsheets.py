"""Workbooks of real offices through the browser: an old .xls with three header rows, written and taken back; and a
full list with what it lacks."""

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests import other_formats, workbooks
from tests.browser.journeys.conftest import SignInAs
from tests.browser.journeys.test_journey import PATIENCE_MS, XLSX, cells, upload
from tests.browser.portal import RunningPortal
from tests.factories import uscc

OLD_EXCEL = "application/vnd.ms-excel"


def test_old_workbook_with_three_header_rows_is_written_and_taken_back(sign_in_as: SignInAs) -> None:
    page = sign_in_as("department_admin").page
    codes = [uscc(920_000 + number, prefix="51430000") for number in range(4)]
    upload(page, "社会组织名录", "党建统计.xls", other_formats.party_statistics(codes), OLD_EXCEL)

    expect(page.get_by_role("heading", name="工作表与表头")).to_be_visible()
    assert [row[0].split()[0] for row in cells(page.locator("tr.chosen-row"))] == ["3", "4", "5"]
    page.get_by_role("button", name="下一步：列对应").click()
    expect(page.get_by_role("button", name="校验全部行")).to_be_visible()
    mapped = {row[1]: row[4].replace("\n", "") for row in cells(page.locator("tbody tr"))}
    assert mapped["党员情况/正式党员/组织关系在本组织(人)"] in ("列名相同", "同义列名")
    assert mapped["党员情况/正式党员/在本组织工作(人)"] in ("列名相同", "同义列名")
    page.get_by_role("button", name="校验全部行").click()

    write = page.get_by_role("link", name="写入 3 行，跳过 1 行")
    expect(write).to_be_visible(timeout=PATIENCE_MS)
    errors = cells(page.locator("tbody tr"))
    assert [row[:2] for row in errors] == [["第 10 行 C 列", "统一社会信用代码"]]
    write.click()
    page.get_by_role("button", name="写入登记库").click()
    expect(page.get_by_text("新增 3 行，更新 0 行，跳过 1 行，无变化 0 行。")).to_be_visible(timeout=PATIENCE_MS)
    result = page.url

    page.goto(f"/associations/?q={codes[0]}")
    expect(page.get_by_role("link", name="湖南省竹艺协会")).to_be_visible()
    page.goto(result)
    page.get_by_role("link", name="撤销本次导入").click()
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("全部恢复到导入之前。")).to_be_visible(timeout=PATIENCE_MS)
    page.goto(f"/associations/?q={codes[0]}")
    expect(page.get_by_role("link", name="湖南省竹艺协会")).to_have_count(0)


def test_full_list_shows_what_it_lacks_and_a_person_decides(sign_in_as: SignInAs, portal: RunningPortal) -> None:
    path = portal.data / "zhuzhou.xlsx"
    name, _password = portal.accounts["department_admin"]
    portal.manage("export_spreadsheet", "associations", str(path), "--as", name, "--filter", "city=430200")
    book = load_workbook(path)
    page_of_book = book.worksheets[0]
    gone = [page_of_book.cell(row, 2).value for row in (2, 3)]
    listed = page_of_book.max_row - 1
    page_of_book.delete_rows(2, 2)
    page = sign_in_as("department_admin").page
    page.goto("/imports/new/")
    page.get_by_label("社会组织名录").check()
    content = {"name": "株洲名册.xlsx", "mimeType": XLSX, "buffer": workbooks.to_bytes(book)}
    page.get_by_label("表格文件").set_input_files(content)
    page.get_by_label("全量名单范围").fill("株洲市")
    page.get_by_role("button", name="上传表格").click()
    page.get_by_role("button", name="下一步：列对应").click()
    page.get_by_role("button", name="校验全部行").click()

    open_list = page.get_by_role("link", name="逐条处理名单外的记录")
    expect(open_list).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text(f"范围内有 {len(gone)} 条记录不在名单里，系统不会删除")).to_be_visible()
    assert page.locator(".figure", has_text="读取（行）").locator(".figure-value").inner_text() == str(listed - 2)
    open_list.click()
    for one in gone:
        expect(page.get_by_label(one)).to_be_visible()
    page.get_by_label(gone[0]).check()
    page.get_by_label("保留不变").check()
    page.get_by_label("说明").fill("已电话核实，名册漏列")
    page.get_by_role("button", name="处理所选记录").click()
    expect(page.get_by_text("还有 1 条未处理")).to_be_visible()
    page.goto(f"/associations/?q={gone[1]}")
    expect(page.get_by_role("link", name=gone[1])).to_be_visible()
