"""Every template (with `--all` every page), in both widths, as the role that sees most of it: axe finds nothing,
nothing is wider than the window, nothing fails in the browser, nothing is asked of another host."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize
from playwright.sync_api import Error as PlaywrightError

from scripts.parts.browser import WIDTHS
from scripts.parts.pages import PAGES, PageVisit, arrange, go, signed_in
from tests.browser.conftest import Visitor
from tests.browser.portal import RunningPortal

# What the browser itself says about an answer that is meant to be an error page.
EXPECTED = ("status of 404", "status of 409", "status of 422")
# The longest test of all: its halves on a worker each. A page is opened once and looked at in both widths.
HALVES = [pytest.param(half, marks=pytest.mark.xdist_group(f"looks-{half}")) for half in (0, 1)]


@pytest.fixture(scope="module")
def arranged(portal: RunningPortal, browser: Browser) -> None:
    arrange(browser, portal.url.rstrip("/"), portal.accounts)


@pytest.fixture
def visitors(portal: RunningPortal, browser: Browser) -> Iterator[dict[str, Visitor]]:
    """One visitor a role."""
    base = portal.url.rstrip("/")
    made = {
        role: Visitor(signed_in(browser, base, portal.accounts, role, "desk").context, base)
        for role in dict.fromkeys(visit.role for visit in PAGES)
    }
    yield made
    for visitor in made.values():
        visitor.context.close()


@pytest.mark.usefixtures("arranged")
@pytest.mark.parametrize("half", HALVES)
def test_every_template_is_accessible_and_fits(visitors: dict[str, Visitor], half: int) -> None:
    look(visitors, [visit for visit in PAGES if not visit.again][half::2])


@pytest.mark.heavy
@pytest.mark.usefixtures("arranged")
@pytest.mark.parametrize("half", HALVES)
def test_every_further_page_is_accessible_and_fits(visitors: dict[str, Visitor], half: int) -> None:
    look(visitors, [visit for visit in PAGES if visit.again][half::2])


def look(visitors: dict[str, Visitor], visits: list[PageVisit]) -> None:
    found: dict[tuple[str, str], Any] = {}
    for visit in visits:
        visitor = visitors[visit.role]
        for width, (wide, high) in WIDTHS.items():
            visitor.problems.clear()
            visitor.page.set_viewport_size(ViewportSize(width=wide, height=high))
            if width == "desk" and (lost := cannot_reach(visitor, visit)):
                found[visit.name, width] = lost
                break
            problems = [one for one in visitor.problems if not any(words in one for words in EXPECTED)]
            found[visit.name, width] = (visitor.violations(), max(0, visitor.overflows()), problems)
    assert {name: result for name, result in found.items() if result != ([], 0, [])} == {}


def cannot_reach(visitor: Visitor, visit: PageVisit) -> str:
    """Walk to a page; what was waited for in vain, so that one lost page does not hide the others."""
    try:
        go(visitor.page, visitor.base, visit)
    except PlaywrightError as problem:
        return str(problem)
    return ""
