"""A real browser: Debian's Chromium through Playwright, at the two widths everything is looked at."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from scripts.parts.browser import ARGUMENTS, WIDTHS, chromium_path
from tests.conftest import session_of
from tests.personas import Persona

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Playwright's synchronous interface runs an event loop in this thread; Django would refuse the database in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a file share a portal and its story, so they stay on one worker; unless they say otherwise."""
    for item in items:
        if HERE in item.path.parents and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.fail("Chromium is not installed: run scripts/test once, or name a browser in PORTAL_CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True, scope="session")
def _in_turn() -> Iterator[None]:
    """The live server's threads share the one connection of a database in memory: they answer one after the other."""
    turn, answer = threading.Lock(), BaseHandler.get_response

    def in_turn(handler: BaseHandler, request: HttpRequest) -> HttpResponseBase:
        with turn:
            return answer(handler, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseHandler, "get_response", in_turn)
        yield


class Visitor:
    """A browser in which a persona has signed in (or nobody), with what went wrong on its pages."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context = context
        self.base = base
        self.problems: list[str] = []
        self.page = context.new_page()
        self.page.on("console", lambda one: self.problems.append(one.text) if one.type == "error" else None)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", self._watch)

    def _watch(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:", "about:")):
            self.problems.append(f"request outside the portal: {request.url}")

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def violations(self) -> list[str]:
        """What axe-core finds on the page in hand, by WCAG 2.0 A to 2.2 AA and its best practices."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {one['help']} {[node['html'][:160] for node in one['nodes'][:3]]}"
            for one in found["violations"]
        ]

    def overflows(self) -> int:
        """By how many pixels the page is wider than the window."""
        return self.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, live_server: Any, transactional_db: None) -> Iterator[Visit]:
    """`visit(persona, "desk")`: a visitor of one width; without a persona nobody is signed in."""
    contexts: list[BrowserContext] = []

    def visit(persona: Persona | None = None, width: str = "desk", **options: Any) -> Visitor:
        size = ViewportSize(width=WIDTHS[width][0], height=WIDTHS[width][1])
        context = browser.new_context(
            viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", **options
        )
        contexts.append(context)
        if persona is not None:
            context.add_cookies([{"name": "sessionid", "value": session_of(persona), "url": live_server.url}])
        return Visitor(context, live_server.url)

    yield visit
    for context in contexts:
        context.close()
