"""One running portal for all journeys, and people who sign in through its page."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.conftest import WIDTHS, Visitor
from tests.browser.portal import RunningPortal, running_portal

SignInAs = Callable[..., Visitor]


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    """The portal as `scripts/start` runs it, with the small demonstration province."""
    with running_portal(tmp_path_factory.mktemp("portal")) as running:
        yield running


@pytest.fixture
def sign_in_as(portal: RunningPortal, browser: Browser) -> Iterator[SignInAs]:
    """Sign in through the page as the demonstration account of a role; what went wrong on a page fails the test."""
    visitors: list[Visitor] = []

    def sign_in(role: str, width: str = "desk", **options: Any) -> Visitor:
        size = ViewportSize(width=WIDTHS[width][0], height=WIDTHS[width][1])
        context = browser.new_context(
            base_url=portal.url,
            viewport=size,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            **options,
        )
        visitor = Visitor(context, portal.url.removesuffix("/"))
        visitors.append(visitor)
        _fill_sign_in(visitor.open("/login/"), *portal.accounts[role])
        visitor.page.wait_for_url(portal.url)
        return visitor

    yield sign_in
    problems = [problem for visitor in visitors for problem in visitor.problems]
    for visitor in visitors:
        visitor.context.close()
    assert problems == []


def _fill_sign_in(page: Page, username: str, password: str) -> None:
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
