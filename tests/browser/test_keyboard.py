"""A filing by keyboard alone at 1366 px: each step is reached by Tab, seen when it is reached, and works by a key."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from supervision.inspections.models import Inspection, Submission
from tests.browser.conftest import Visit
from tests.browser.test_filing import picture
from tests.personas import Personas
from tests.supervision.makers import make_form_version, make_inspection, make_round, make_track

MOST_TABS = 120
# Where the keyboard stands: whether it can be seen, is on the screen, and nothing covers it.
SEEN = """() => {
    const one = document.activeElement;
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    const x = box.left + Math.min(box.width, 20) / 2, y = box.top + Math.min(box.height, 20) / 2;
    const top = document.elementFromPoint(x, y);
    const label = one.labels && one.labels[0];
    const isMarked = style.outlineStyle !== "none" || style.boxShadow !== "none" || style.textDecorationLine !== "none";
    const isFree = top && (one.contains(top) || top.contains(one) || (label && label.contains(top)));
    return {isMarked, isOnScreen: box.top >= 0 && box.bottom <= innerHeight + 1, isFree: Boolean(isFree)};
}"""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the keyboard stands on the target; there it must be seen."""
    wanted = target.element_handle()
    for _ in range(MOST_TABS):
        if page.evaluate("one => document.activeElement === one", wanted):
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"not reached by Tab: {target}")
    seen = page.evaluate(SEEN)
    assert seen["isMarked"], f"not marked: {target}"
    assert seen["isOnScreen"], f"not on the screen: {target}"
    assert seen["isFree"], f"covered: {target}"


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def write(page: Page, target: Locator, text: str) -> None:
    tab_to(page, target)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_filing_by_keyboard_alone(personas: Personas, visit: Visit, reference: None, tmp_path: Path) -> None:
    today = timezone.localdate()
    a_round = make_round(report_year=today.year - 1, opens_on=today, closes_on=today + timedelta(days=90))
    track = make_track(
        a_round,
        make_form_version(),
        to_supervisor_by=today + timedelta(days=9),
        to_registrar_by=today + timedelta(days=60),
    )
    inspection = make_inspection(personas.province.tea, track)
    visitor = visit(personas.association_filer)
    page = visitor.open("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到主要内容")
    press(page, page.get_by_role("button", name="开始填报"))
    press(page, page.locator(".filing-tasks a").first)
    page.wait_for_url("**/sections/basic/")
    for code, text in (("address", "长沙市岳麓大道1号"), ("contact_phone", "0731-85551234"), ("members", "12")):
        write(page, page.locator(f"#f-{code}"), text)
    # Two round buttons are one stop: the arrow keys choose between them.
    tab_to(page, page.locator("#f-has_event-yes"))
    page.keyboard.press("ArrowDown")
    press(page, page.locator("#f-topics-train"), "Space")
    press(page, page.get_by_role("button", name="保存并继续").last)
    page.wait_for_url("**/sections/money/")
    for code, text in (("fees", "100"), ("other", "20"), ("income", "120")):
        write(page, page.locator(f"#f-{code}"), text)
    # Enter inside a field is the page's first button.
    page.keyboard.press("Enter")
    page.wait_for_url("**/sections/balance/")
    for cell in ("cash_opening", "cash_closing"):
        write(page, page.locator(f"#f-sheet_{cell}"), "5")
    press(page, page.get_by_role("button", name="空格填 0"), "Space")
    expect(page.get_by_text("已填入 2 格")).to_be_visible()
    press(page, page.get_by_role("button", name="保存并继续").last)
    page.wait_for_url("**/check/")
    press(page, page.get_by_role("button", name="生成签章页").first)
    page.wait_for_url("**/sign/")
    photograph = tmp_path / "签章页.jpg"
    photograph.write_bytes(picture()["buffer"])
    # Heard from here on: a chooser that opens before anybody listens is lost.
    page.on("filechooser", lambda chooser: chooser.set_files(photograph))
    page.wait_for_load_state()
    press(page, page.locator("#file-signature"))
    expect(page.locator(".file-list")).to_be_visible()
    press(page, page.get_by_label("我确认以上内容真实、完整"), "Space")
    press(page, page.get_by_role("button", name="提交年检材料").last)
    expect(page.get_by_role("heading", name="年检材料已提交")).to_be_visible()
    assert Submission.objects.get().inspection_id == Inspection.objects.get().pk == inspection.pk
    assert visitor.problems == []
