"""Somebody who has never seen the portal: from the printed slip to the receipt, on a phone, by the page alone."""

import io
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect
from pypdf import PdfReader

from scripts.parts.browser import WIDTHS
from tests.browser.journeys.conftest import SignInAs
from tests.browser.portal import RunningPortal

PATIENCE_MS = 60_000
PASSWORD = "Dongting-hu-2026"
# An association that has a report of last year and none of this one begun.
WHOM = """
from supervision.inspections.models import Inspection
from portal.access.scoping import everything
with everything("which one to try"):
    done = Inspection.objects.filter(state="concluded").values("association")
    rows = Inspection.objects.filter(state="not_started", round__state="open", association__in=done)
    one = rows.filter(association__kind="social_group", supervisor__isnull=False).last()
    print("WHOM", one.association.name)
"""


@pytest.fixture
def phone(portal: RunningPortal, browser: Browser) -> Iterator[BrowserContext]:
    """A phone on which nobody ever signed in."""
    width, height = WIDTHS["phone"]
    context = browser.new_context(
        base_url=portal.url,
        viewport=ViewportSize(width=width, height=height),
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    )
    yield context
    context.close()


def slip_of(page: Page, name: str) -> dict[str, str]:
    """The department makes the account and prints the slip; what stands on the paper."""
    page.goto("/accounts/new/")
    page.get_by_label("姓名或岗位").fill("周某某（秘书长）")
    page.get_by_label("角色").select_option("association_filer")
    page.locator("input[name=scope]").fill(name)
    page.get_by_role("button", name="新增账号").click()
    take = page.get_by_role("button", name="取走并打印")
    expect(take).to_be_visible(timeout=PATIENCE_MS)
    with page.expect_download() as downloading:
        take.click()
    text = "".join(one.extract_text() for one in PdfReader(downloading.value.path()).pages)
    found = {key: re.search(pattern, text) for key, pattern in SLIP.items()}
    return {key: match[1] for key, match in found.items() if match}


SLIP = {
    "user": r"用户名\s*(\w+)",
    "code": r"激活码\s*([A-Z0-9]{4}(?:-[A-Z0-9]{4}){3})",
    "address": r"(http://[\w.:/]+/activate/)",
}
ANSWERS = {
    "new_member_count": "3",
    "left_member_count": "1",
    "new_branch_count": "0",
    "penalty_count": "0",
    "year_summary": "本年度按照章程开展行业调研、业务培训和交流合作，会员服务、内部治理运转正常。" * 4,
    "next_plan": "继续开展业务培训和会员服务，完善内部治理。" * 4,
}
REASON = "已经核对，情况属实，以本次填报为准。"


def photograph() -> dict[str, Any]:
    """As a phone takes it: sharp, upright, some megabytes."""
    stream = io.BytesIO()
    dots = random.Random(7).randbytes(1200 * 1600)
    Image.frombytes("L", (1200, 1600), dots).convert("RGB").save(stream, "JPEG", quality=92)
    return {"name": "IMG_2026.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}


def answer(page: Page, field: Locator, code: str) -> None:
    """What a secretary would do at one place that the page points at."""
    box = page.locator(f"[data-field='{code}']")
    if box.locator("input[type=file]").count():
        box.locator("input[type=file]").first.set_input_files(photograph())
        expect(box.locator(".file-list")).to_be_visible(timeout=PATIENCE_MS)
    elif box.locator("input[type=radio]").count():
        options = box.locator("input[type=radio]")
        (options.last if options.count() == 2 else options.first).check()
    elif code in ANSWERS:
        field.fill(ANSWERS[code])
    elif field.input_value() and box.locator(".reason input").is_visible():
        box.locator(".reason input").fill(REASON)
    elif field.get_attribute("inputmode"):
        field.fill("0")
    else:
        field.fill("按照计划开展主题党日和党课学习。" * 4)


def test_first_report_from_the_slip_to_the_receipt(
    portal: RunningPortal, sign_in_as: SignInAs, phone: BrowserContext
) -> None:
    name = portal.manage("shell", "-c", WHOM).split("WHOM ")[1].strip()
    slip = slip_of(sign_in_as("department_admin").page, name)
    assert sorted(slip) == ["address", "code", "user"]

    page = phone.new_page()
    page.goto(slip["address"])
    page.get_by_label("用户名").fill(slip["user"])
    page.get_by_label("激活码").fill(slip["code"].replace("-", "").lower())
    for number in (1, 2):
        page.locator(f"input[name=new_password{number}]").fill(PASSWORD)
    page.get_by_role("button", name="激活并登录").click()
    expect(page.get_by_text("账号已激活")).to_be_visible()
    page.get_by_role("link", name="先看要准备什么").click()
    expect(page.get_by_role("heading", name="填报前请准备")).to_be_visible()
    page.get_by_role("button", name="开始填报").click()
    with page.expect_navigation():
        page.get_by_role("button", name="全部沿用").click()

    for _ in range(30):
        if page.url.split("#")[0].endswith("/check/"):
            break
        fits(page)
        if (empty := page.get_by_role("button", name="空格填 0")).count():
            for line in page.locator("table.grid tbody tr").all():
                if (cells := line.locator("input.num")).count() == 2 and not cells.last.input_value():
                    cells.last.fill(cells.first.input_value())  # a year in which nothing changed
            with page.expect_navigation():
                empty.first.click()
        else:
            todo = page.locator(".notice li a[href^='#f-'], .error-summary li a[href^='#f-']")
            for target in dict.fromkeys(one.get_attribute("href") or "" for one in todo.all()):
                answer(page, page.locator(target), target.removeprefix("#f-"))
            with page.expect_navigation():
                page.get_by_role("button", name="保存并继续").last.click()
    expect(page.get_by_text("全部填写完整")).to_be_visible()
    fits(page)

    page.get_by_role("button", name="生成签章页").first.click()
    expect(page.get_by_role("heading", name="第一步 打印并签字盖章")).to_be_visible()
    fits(page)
    page.locator("#file-signature").set_input_files(photograph())
    expect(page.locator(".file-list")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_label("我确认以上内容真实、完整").check()
    page.get_by_role("button", name="提交年检材料").last.click()
    expect(page.get_by_role("heading", name="年检材料已提交")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="下载回执 PDF").click()
    receipt = page.get_by_role("link", name=re.compile("下载"))
    expect(receipt.first).to_be_visible(timeout=PATIENCE_MS)


def fits(page: Page) -> None:
    """Nothing is wider than the phone."""
    page.wait_for_load_state()
    assert page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth") <= 0, page.url
