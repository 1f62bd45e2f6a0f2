"""Every template (with `--all` every page), once per width, as the role that sees most of it: axe finds nothing,
nothing is wider than the window, nothing fails in the browser, nothing is asked of another host."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from scripts.parts.browser import WIDTHS
from scripts.parts.pages import PAGES, PageVisit, arrange, go, signed_in
from tests.browser.conftest import Visitor
from tests.browser.portal import RunningPortal

# What the browser itself says about an answer that is meant to be an error page.
EXPECTED = ("status of 404", "status of 409", "status of 422")
# The longest test of all: each width on a worker of its own.
EACH_APART = [pytest.param(width, marks=pytest.mark.xdist_group(f"looks-{width}")) for width in WIDTHS]


@pytest.fixture(scope="module")
def arranged(portal: RunningPortal, browser: Browser) -> None:
    arrange(browser, portal.url.rstrip("/"), portal.accounts)


@pytest.fixture
def visitors(portal: RunningPortal, browser: Browser, width: str) -> Iterator[dict[str, Visitor]]:
    """One visitor a role."""
    base = portal.url.rstrip("/")
    made = {
        role: Visitor(signed_in(browser, base, portal.accounts, role, width).context, base)
        for role in dict.fromkeys(visit.role for visit in PAGES)
    }
    yield made
    for visitor in made.values():
        visitor.context.close()


@pytest.mark.usefixtures("arranged")
@pytest.mark.parametrize("width", EACH_APART)
def test_every_template_is_accessible_and_fits(visitors: dict[str, Visitor], width: str) -> None:
    look(visitors, [visit for visit in PAGES if not visit.again])


@pytest.mark.heavy
@pytest.mark.usefixtures("arranged")
@pytest.mark.parametrize("width", EACH_APART)
def test_every_further_page_is_accessible_and_fits(visitors: dict[str, Visitor], width: str) -> None:
    look(visitors, [visit for visit in PAGES if visit.again])


def look(visitors: dict[str, Visitor], visits: list[PageVisit]) -> None:
    found = {}
    for visit in visits:
        visitor = visitors[visit.role]
        visitor.problems.clear()
        go(visitor.page, visitor.base, visit)
        problems = [one for one in visitor.problems if not any(words in one for words in EXPECTED)]
        found[visit.name] = (visitor.violations(), max(0, visitor.overflows()), problems)
    assert {name: result for name, result in found.items() if result != ([], 0, [])} == {}
