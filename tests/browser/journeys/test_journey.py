"""The first landing's journey, through the browser, with web, worker, beat and sweep running.

Each step stands alone on the demonstration province, so that one that fails does not hide the others.
"""

import re
from datetime import timedelta

from django.utils.timezone import localdate
from playwright.sync_api import Locator, Page, expect

from tests import workbooks
from tests.browser.journeys.conftest import SignInAs
from tests.browser.portal import RunningPortal
from tests.factories import uscc

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Background work is waited for by the page itself; this is how long a person would.
PATIENCE_MS = 60_000
# Beat looks once a minute, and a killed process is started again after at most half of one.
SCHEDULE_SECONDS = 180


def upload(page: Page, kind: str, name: str, content: bytes, media_type: str = XLSX) -> None:
    page.goto("/imports/new/")
    page.get_by_label(kind).check()
    page.get_by_label("表格文件").set_input_files({"name": name, "mimeType": media_type, "buffer": content})
    page.get_by_role("button", name="上传表格").click()


def cells(rows: Locator) -> list[list[str]]:
    """What stands in each row. The page is awaited whole: a list of locators does not wait by itself."""
    rows.page.wait_for_load_state()
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

    expect(page.get_by_role("button", name="校验全部行")).to_be_visible()
    mapped = {row[1]: row[4].replace("\n", "") for row in cells(page.locator("tbody tr"))}
    assert mapped["责任分工/主管部门"] == "同义列名"
    assert mapped["登记级别"] == "列名相同"
    page.get_by_role("button", name="校验全部行").click()

    expect(page.get_by_role("heading", name="预览与纠错")).to_be_visible()
    write = page.get_by_role("link", name="写入 5 行，跳过 3 行")
    expect(write).to_be_visible(timeout=PATIENCE_MS)
    errors = cells(page.locator("tbody tr"))
    assert [row[:2] for row in errors] == [
        ["第 10 行 C 列", "统一社会信用代码"],
        ["第 11 行 J 列", "单位会员数"],
        ["第 12 行 G 列", "行业管理部门"],
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
    page.get_by_label("登记地").select_option(value="430100")
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.get_by_text("登记地：长沙市")).to_be_visible()
    assert 0 < total_of_list(page) < everything
    page.locator("table.list tbody a").first.click()
    expect(page.get_by_role("heading", name="谁来管：今天和上年同日")).to_be_visible()
    answering = page.get_by_role("table").first.locator("tbody tr")
    assert [row[0] for row in cells(answering)] == ["业务主管单位", "行业管理部门", "综合（行业）党委"]


def ask_for_coverage(page: Page) -> str:
    """Ask for the two-coverages report as of today and wait for its draft; return its address."""
    page.goto("/reports/coverage/new/")
    page.get_by_role("button", name="生成报告").click()
    expect(page.get_by_role("heading", name="一、总体情况")).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_load_state()
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


def sign_report(page: Page, run: str) -> None:
    page.goto(run)
    page.get_by_role("link", name="签发").click()
    page.get_by_role("button", name="签发").click()
    expect(page.get_by_text("已签发").first).to_be_visible()


def organization_coverage(page: Page) -> str:
    return page.locator(".figures a").first.get_attribute("title") or ""


def test_founding_is_handed_over_done_and_counted_but_not_in_the_signed_report(
    portal: RunningPortal, sign_in_as: SignInAs
) -> None:
    admin = sign_in_as("department_admin").page
    signed = ask_for_coverage(admin)
    sign_report(admin, signed)
    before = organization_coverage(admin)

    officer = sign_in_as("party_committee").page
    officer.goto("/coverage/should-establish/")
    mine = officer.locator("td.card-title a").all_inner_texts()
    name = mine[0]
    due_on = (localdate() + timedelta(days=30)).isoformat()

    admin.goto("/coverage/should-establish/?per_page=200")
    admin.get_by_role("row").filter(has=admin.get_by_role("link", name=name, exact=True)).get_by_role(
        "checkbox"
    ).check()
    admin.get_by_role("button", name="指派指导员并交办组建").click()
    admin.get_by_label("指导员、联络员或组织员").select_option(index=1)
    admin.get_by_label("组建期限").fill(due_on)
    admin.get_by_role("button", name="指派并交办").click()
    expect(admin.get_by_text("已指派 1 家，并交办组建任务。")).to_be_visible()

    officer.goto("/tasks/")
    task = officer.get_by_role("row").filter(has_text=name).filter(has_text=due_on[5:])
    expect(task).to_have_count(1)
    task.get_by_role("link").first.click()
    task_page = officer.url
    officer.get_by_role("link", name=name).click()
    officer.get_by_role("link", name="登记党组织").first.click()
    officer.get_by_label("党组织名称").fill(f"中共{name}支部委员会")
    officer.get_by_label("批复文号").fill("湘工党〔2026〕18号")
    officer.get_by_label("成立日期").fill(localdate().isoformat())
    officer.get_by_label("正式党员数（人）").fill("5")
    officer.get_by_role("button", name="登记党组织").click()
    expect(officer.get_by_role("heading", name=f"中共{name}支部委员会")).to_be_visible()
    officer.goto(task_page)
    expect(officer.get_by_text("湘工党〔2026〕18号").first).to_be_visible()
    officer.goto("/coverage/should-establish/")
    assert name not in officer.locator("td.card-title a").all_inner_texts()

    ask_for_coverage(admin)
    covered, total = before.split("/")
    assert organization_coverage(admin) == f"{int(covered) + 1}/{total}"
    admin.goto(signed)
    assert organization_coverage(admin) == before


def test_filer_sees_the_own_association_and_nothing_else(sign_in_as: SignInAs) -> None:
    admin = sign_in_as("department_admin").page
    admin.goto("/associations/")
    foreign = admin.locator("td.card-title a").evaluate_all("links => links.map(link => link.getAttribute('href'))")

    filer = sign_in_as("association_filer", "phone").page
    own = filer.locator("main a[href^='/associations/']").first.get_attribute("href")
    filer.goto(own or "")
    expect(filer.get_by_role("heading", level=1)).to_be_visible()
    for address in foreign[:10]:
        if address != own:
            assert filer.request.get(address).status == 404
    for address in ("/imports/", "/reports/", "/audit/", "/coverage/", "/departments/"):
        assert filer.request.get(address).status in {403, 404}, address


def test_auditor_reads_who_did_what(sign_in_as: SignInAs) -> None:
    admin = sign_in_as("department_admin").page
    ask_for_coverage(admin)
    auditor = sign_in_as("auditor").page
    auditor.goto("/audit/")
    row = auditor.get_by_role("row").filter(has_text="社会工作部管理员").first
    expect(row).to_be_visible()
    assert auditor.request.get("/associations/").status == 403


AS_IF_SET_LAST_MONTH = """
from datetime import timedelta
from django.utils import timezone
from portal.reporting.models import Schedule
now = timezone.now()
Schedule.objects.update(created_at=now - timedelta(days=timezone.localdate(now).day + 2))
"""


def test_draft_of_last_month_comes_by_itself_once_although_worker_and_beat_are_killed(
    portal: RunningPortal, sign_in_as: SignInAs
) -> None:
    page = sign_in_as("department_admin").page
    portal.manage("shell", "-c", AS_IF_SET_LAST_MONTH)
    portal.kill("worker")
    portal.kill("beat")
    last_month = localdate().replace(day=1) - timedelta(days=1)
    of_last_month = page.get_by_role("row").filter(has_text=last_month.isoformat())
    drafts = of_last_month.filter(has_text="两个覆盖情况报告").filter(has_text="草稿")
    for _ in range(SCHEDULE_SECONDS):
        page.goto("/reports/runs/")
        if drafts.count():
            break
        page.wait_for_timeout(1000)
    expect(drafts).to_have_count(1)
