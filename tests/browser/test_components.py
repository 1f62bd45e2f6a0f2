"""The base views in a real browser: nothing axe objects to, nothing wider than the window, no script needed."""

from typing import Any

import pytest

from tests import factories
from tests.browser.conftest import WIDTHS, Visit
from tests.personas import Personas, Province

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("site")]
PAGES = ("/list/", "/list/?q=茶业&status=active&as_of=2026-01-01&from=两个覆盖", "/list/?q=没有", "/new/", "/missing/")


@pytest.fixture
def site(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.screens.pages"


@pytest.mark.parametrize("width", WIDTHS)
def test_base_views_are_accessible_and_fit(visit: Visit, personas: Personas, province: Province, width: str) -> None:
    province.fill()
    for number in range(60):
        factories.make_association(f"湖南省第{number:02d}测试协会", unit_member_count=number * 100)
    visitor = visit(personas.department_admin, width)
    found = {}
    for path in (*PAGES, f"/{province.tea.pk}/", f"/{province.tea.pk}/edit/", f"/{province.tea.pk}/close/"):
        visitor.open(path)
        found[path] = (visitor.violations(), max(0, visitor.overflows()))
    assert found == {path: ([], 0) for path in found}
    assert [one for one in visitor.problems if "404" not in one] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_error_summary_takes_the_focus(visit: Visit, personas: Personas, province: Province, width: str) -> None:
    visitor = visit(personas.department_admin, width)
    page = visitor.open(f"/{province.tea.pk}/edit/")
    page.fill("#id_domicile", "")
    page.fill("#id_staff_count", "约12")
    page.click("text=保存登记信息")
    assert page.title().startswith("错误：")
    assert page.evaluate("() => document.activeElement.id") == "error-summary"
    assert visitor.violations() == []
    page.click(".error-summary a >> nth=0")
    assert page.evaluate("() => document.activeElement.id") == "id_domicile"


def test_filters_swap_only_the_results(visit: Visit, personas: Personas, province: Province) -> None:
    province.fill()
    page = visit(personas.department_admin).open("/list/")
    page.evaluate("() => { window.kept = true }")
    page.fill("#id_q", "茶业")
    page.press("#id_q", "Enter")
    page.wait_for_function("() => document.querySelector('.total-count').textContent === '2'")
    assert page.evaluate("() => window.kept") is True
    assert "q=%E8%8C%B6" in page.url
    assert page.inner_text("#status") == "找到 2 家"


def test_list_works_without_scripts(visit: Visit, personas: Personas, province: Province) -> None:
    province.fill()
    page = visit(personas.department_admin, java_script_enabled=False).open("/list/")
    page.fill("#id_q", "茶业")
    page.get_by_role("button", name="查询", exact=True).click()
    assert page.inner_text(".total-count") == "2"
    page.check("tbody input >> nth=0")
    page.click("text=标记所选")
    assert page.inner_text("h1") == "标记所选"
