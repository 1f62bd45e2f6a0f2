"""Workbooks of real offices through the browser: an old .xls with three header rows, written and taken back."""

from playwright.sync_api import expect

from tests import other_formats
from tests.browser.journeys.conftest import SignInAs
from tests.browser.journeys.test_journey import PATIENCE_MS, cells, upload
from tests.factories import uscc

OLD_EXCEL = "application/vnd.ms-excel"


def test_old_workbook_with_three_header_rows_is_written_and_taken_back(sign_in_as: SignInAs) -> None:
    page = sign_in_as("department_admin").page
    codes = [uscc(920_000 + number, prefix="51430000") for number in range(4)]
    upload(page, "社会组织名录", "党建统计.xls", other_formats.party_statistics(codes), OLD_EXCEL)

    expect(page.get_by_role("heading", name="工作表与表头")).to_be_visible()
    assert [row[0].split()[0] for row in cells(page.locator("tr.chosen-row"))] == ["3", "4", "5"]
    page.get_by_role("button", name="下一步：列对应").click()
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
