"""The first landing's journey, through the browser, with web, worker, beat and sweep running.

Each step stands alone on the demonstration province, so that one that fails does not hide the others.
"""

import re

from playwright.sync_api import Locator, Page, expect

from tests import workbooks
from tests.browser.journeys.conftest import SignInAs
from tests.factories import uscc

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Background work is waited for by the page itself; this is how long a person would.
PATIENCE_MS = 60_000


def upload(page: Page, kind: str, name: str, content: bytes) -> None:
    page.goto("/imports/new/")
    page.get_by_label(kind).check()
    page.get_by_label("表格文件").set_input_files({"name": name, "mimeType": XLSX, "buffer": content})
    page.get_by_role("button", name="上传表格").click()


def cells(rows: Locator) -> list[list[str]]:
    return [row.get_by_role("cell").all_inner_texts() for row in rows.all()]


def number_in(text: str) -> int:
    found = re.search(r"\d[\d,]*", text)
    assert found, text
    return int(found.group().replace(",", ""))


def total_of_list(page: Page) -> int:
    """The exact count that every list says above its rows."""
    return number_in(page.locator(".total-count").inner_text())


def test_city_workbook_is_read_checked_written_and_taken_back(sign_in_as: SignInAs) -> None:
    page = sign_in_as("department_admin").page
    codes = [uscc(910_000 + number, prefix="51430100") for number in range(8)]
    upload(page, "社会组织名录", "长沙名录.xlsx", workbooks.city_office(codes))

    expect(page.get_by_role("heading", name="工作表与表头")).to_be_visible()
    header = page.locator("tr.chosen-row")
    assert [row[0].split()[0] for row in cells(header)] == ["3", "4"]
    page.get_by_role("button", name="下一步：列对应").click()

    mapped = {row[1]: row[4].replace("\n", "") for row in cells(page.locator("tbody tr"))}
    assert mapped["责任分工/主管部门"] == "同义列名"
    assert mapped["登记级别"] == "列名相同"
    page.get_by_role("button", name="校验全部行").click()

    expect(page.get_by_role("heading", name="预览与纠错")).to_be_visible()
    write = page.get_by_role("link", name="写入 5 行，跳过 3 行")
    expect(write).to_be_visible(timeout=PATIENCE_MS)
    errors = cells(page.locator("tbody tr"))
    assert [(row[0], row[1], row[2].replace("\n", "")) for row in errors] == [
        ("10", "C", "统一社会信用代码"),
        ("11", "J", "单位会员数"),
        ("12", "G", "行业管理部门"),
    ]
    write.click()
    page.get_by_role("button", name="写入登记库").click()

    expect(page.get_by_text("新增 5 行，更新 0 行，跳过 3 行，无变化 0 行。")).to_be_visible(timeout=PATIENCE_MS)
    result = page.url
    page.goto(f"/associations/?q={codes[0]}")
    expect(page.get_by_role("link", name="长沙市茶叶商会")).to_be_visible()

    page.goto(result)
    page.get_by_role("link", name="撤销本次导入").click()
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("全部恢复到导入之前。")).to_be_visible(timeout=PATIENCE_MS)
    page.goto(f"/associations/?q={codes[0]}")
    expect(page.get_by_role("link", name="长沙市茶叶商会")).to_have_count(0)


def test_register_is_filtered_and_an_association_says_who_answers(sign_in_as: SignInAs) -> None:
    page = sign_in_as("department_admin").page
    page.goto("/associations/")
    everything = total_of_list(page)
    page.get_by_label("登记地").select_option(label="长沙市")
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.get_by_text("登记地：长沙市")).to_be_visible()
    assert 0 < total_of_list(page) < everything
    page.locator("table.list tbody a").first.click()
    expect(page.get_by_role("heading", name="谁来管：今天和上年同日")).to_be_visible()
    answering = page.get_by_role("table").first.locator("tbody tr")
    assert [row[0] for row in cells(answering)] == ["业务主管单位", "行业管理部门", "综合(行业)党委"]


def ask_for_coverage(page: Page) -> str:
    """Ask for the two-coverages report as of today and wait for its draft; return its address."""
    page.goto("/reports/coverage/new/")
    page.get_by_role("button", name="生成报告").click()
    expect(page.get_by_role("heading", name="一、总体情况")).to_be_visible(timeout=PATIENCE_MS)
    return page.url


def test_coverage_report_is_built_and_every_figure_is_its_list(sign_in_as: SignInAs) -> None:
    page = sign_in_as("department_admin").page
    run = ask_for_coverage(page)
    figures = [
        (link.inner_text(), link.get_attribute("title") or "", link.get_attribute("href") or "")
        for link in page.locator(".figures a, .report-text a").all()
    ]
    assert len(figures) > 15
    for text, fraction, address in dict.fromkeys(figures):
        page.goto(address)
        assert total_of_list(page) == number_in(fraction or text), (text, fraction, address)

    for kind, start in (("PDF", b"%PDF-"), ("XLSX", b"PK")):
        page.goto(run)
        page.get_by_role("button", name=re.compile(f"^制作 {kind}")).click()
        download_link = page.get_by_role("link", name=re.compile(f"^下载 {kind}"))
        for _ in range(60):
            if download_link.count():
                break
            page.wait_for_timeout(1000)
            page.goto(run)
        with page.expect_download() as downloading:
            download_link.click()
        assert downloading.value.path().read_bytes().startswith(start)
