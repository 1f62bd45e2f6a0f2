"""The pages of the portal, each with the role that sees most of it and the way to it: for pictures and for axe.

`path` is where it starts; `then` are links or buttons (CSS selectors, or `text=…`) followed one after the other.
`arrange` makes first what pages need before they have anything to show.
"""

from dataclasses import dataclass

from playwright.sync_api import Browser, Page, ViewportSize

from scripts.parts.browser import WIDTHS

Accounts = dict[str, tuple[str, str]]

FIRST_ROW = "table.list tbody td.card-title a"


@dataclass(frozen=True)
class PageVisit:
    name: str
    role: str
    path: str
    then: tuple[str, ...] = ()
    fill: tuple[tuple[str, str], ...] = ()


PAGES = (
    PageVisit("login", "", "/login/"),
    PageVisit("login-wrong", "", "/login/", ("main button[type=submit]",)),
    PageVisit("not-found", "department_admin", "/no-such-page/"),
    PageVisit("home-department", "department_admin", "/"),
    PageVisit("home-committee", "party_committee", "/"),
    PageVisit("home-filer", "association_filer", "/"),
    PageVisit("home-auditor", "auditor", "/"),
    PageVisit("account", "department_admin", "/account/"),
    PageVisit("password", "department_admin", "/account/password/"),
    PageVisit("tasks", "department_admin", "/tasks/"),
    PageVisit("task", "department_admin", "/tasks/", (FIRST_ROW,)),
    PageVisit("messages", "party_committee", "/messages/"),
    PageVisit("audit", "auditor", "/audit/"),
    PageVisit("audit-event", "auditor", "/audit/", ("table.list tbody a",)),
    PageVisit("reports", "department_admin", "/reports/"),
    PageVisit("report-runs", "department_admin", "/reports/runs/"),
    PageVisit("report-run", "department_admin", "/reports/runs/", (FIRST_ROW,)),
    PageVisit("report-schedules", "department_admin", "/reports/schedules/"),
)


def signed_in(browser: Browser, base: str, accounts: Accounts, role: str, width: str) -> Page:
    """A page in which the demonstration account of a role has signed in; nobody, when the role is empty."""
    size = ViewportSize(width=WIDTHS[width][0], height=WIDTHS[width][1])
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce")
    page = context.new_page()
    if role:
        page.goto(f"{base}/login/")
        page.get_by_label("用户名").fill(accounts[role][0])
        page.get_by_label("密码").fill(accounts[role][1])
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{base}/")
    return page


def go(page: Page, base: str, visit: PageVisit) -> None:
    """Walk to the page."""
    page.goto(base + visit.path)
    for selector, value in visit.fill:
        page.fill(selector, value)
    for selector in visit.then:
        page.locator(selector).first.click(timeout=10_000)
        page.wait_for_load_state()


def arrange(browser: Browser, base: str, accounts: Accounts) -> None:
    """A finished report, if there is none yet."""
    page = signed_in(browser, base, accounts, "department_admin", "desk")
    page.goto(f"{base}/reports/runs/")
    if not page.locator(FIRST_ROW).count():
        page.goto(f"{base}/reports/")
        page.locator("main a.btn-primary").first.click()
        page.click("main form button[type=submit]")
        page.wait_for_selector(".figures", timeout=120_000)
    page.context.close()
