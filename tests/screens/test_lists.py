"""A list: counts, filters, chips, sorting, pages, partial, bulk, scope, queries."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.access.roles import Role
from portal.screens.lists import ListScreen, page_numbers
from portal.screens.screen import drilldown_url
from tests import factories
from tests.personas import Persona, Personas, Province

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]

SignIn = Callable[[Persona], Client]


@pytest.fixture
def admin(sign_in: SignIn, personas: Personas) -> Client:
    return sign_in(personas.department_admin)


def names(response: Any) -> list[str]:
    return re.findall(r'data-label="名称"><a href="[^"]*">([^<]+)</a>', response.content.decode())


def results_of(response: Any) -> str:
    found = re.search(r'<section id="results".*?</section>', response.content.decode(), re.S)
    assert found is not None
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", found.group(0))


def total_of(response: Any) -> int:
    found = re.search(r'class="total-count">([\d,]+)<', response.content.decode())
    assert found is not None
    return int(found.group(1).replace(",", ""))


def test_list_shows_every_row_in_scope_in_default_order(admin: Client, province: Province) -> None:
    province.fill()
    response = admin.get("/list/")
    assert response.status_code == 200
    assert names(response) == sorted(names(response))
    assert set(names(response)) == {"湖南省茶业协会", "湖南省商贸业协会", "长沙市茶业协会", "株洲市商贸业协会"}
    assert total_of(response) == 4


def test_list_shows_a_filer_only_the_own_association(sign_in: SignIn, personas: Personas, province: Province) -> None:
    province.fill()
    response = sign_in(personas.association_filer).get("/list/")
    assert names(response) == ["湖南省茶业协会"]
    assert total_of(response) == 1


def test_list_filters_and_shows_a_chip_that_removes_the_filter(admin: Client, province: Province) -> None:
    province.fill()
    response = admin.get("/list/", {"q": "茶业", "region": str(province.hunan.pk), "sort": "-name"})
    assert names(response) == ["湖南省茶业协会"]
    page = response.content.decode()
    assert "<span>名称或代码：茶业</span>" in page
    assert f'href="/list/?region={province.hunan.pk}&amp;sort=-name"' in page
    assert "<span>登记地：湖南省</span>" in page


def test_list_with_unreadable_filter_shows_the_error_and_no_rows(admin: Client, province: Province) -> None:
    province.fill()
    response = admin.get("/list/", {"status": "gone"})
    assert names(response) == []
    assert "有 1 处需要修改" in response.content.decode()


def test_list_with_a_date_that_does_not_exist_shows_no_rows(admin: Client, province: Province) -> None:
    province.fill()
    response = admin.get("/list/", {"as_of": "2026-02-30"})
    assert names(response) == []
    assert "日期「2026-02-30」不存在。请按 年-月-日 填写，例如 2024-03-01" in response.content.decode()


def test_list_sorts_by_declared_columns_only(admin: Client, province: Province) -> None:
    province.fill()
    ascending = names(admin.get("/list/", {"sort": "name"}))
    assert names(admin.get("/list/", {"sort": "-name"})) == ascending[::-1]
    assert names(admin.get("/list/", {"sort": "uscc"})) == ascending
    assert 'aria-sort="descending"' in admin.get("/list/", {"sort": "-name"}).content.decode()


def test_list_pages_by_fifty_and_stays_within_the_last_page(admin: Client) -> None:
    for number in range(120):
        factories.make_association(f"湖南省第{number:03d}测试协会")
    first = admin.get("/list/")
    assert (len(names(first)), total_of(first)) == (50, 120)
    assert len(names(admin.get("/list/", {"page": "3"}))) == 20
    assert names(admin.get("/list/", {"page": "99"})) == names(admin.get("/list/", {"page": "3"}))
    assert len(names(admin.get("/list/", {"size": "200"}))) == 120
    assert len(names(admin.get("/list/", {"size": "7"}))) == 50
    everything = [name for page in "123" for name in names(admin.get("/list/", {"page": page}))]
    assert len(set(everything)) == 120


def test_partial_equals_the_results_of_a_full_reload(admin: Client, province: Province) -> None:
    province.fill()
    query = {"q": "协会", "sort": "-name"}
    full = admin.get("/list/", query)
    partial = admin.get("/list/", query, headers={"HX-Request": "true", "HX-Target": "results"})
    assert results_of(partial) == results_of(full)
    assert "<html" not in partial.content.decode()
    assert "HX-Request" in partial["Vary"]


def test_list_costs_the_same_number_of_queries_for_one_row_and_thirty(admin: Client) -> None:
    factories.make_association()

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert admin.get("/list/").status_code == 200
        return len(queries)

    admin.get("/list/")
    one = cost()
    for _number in range(29):
        factories.make_association()
    assert cost() == one
    assert one <= 15


def test_empty_list_says_why_and_offers_the_next_step(admin: Client, sign_in: SignIn, personas: Personas) -> None:
    page = admin.get("/list/").content.decode()
    assert "还没有社会组织。" in page
    assert 'href="/new/">新增社会组织' in page
    other = sign_in(personas.auditor).get("/list/")
    assert other.status_code == 403


def test_empty_result_offers_to_drop_each_filter(admin: Client, province: Province) -> None:
    province.fill()
    page = admin.get("/list/", {"q": "茶业", "status": "revoked"}).content.decode()
    assert "去掉“状态：已撤销”再看" in page
    assert 'href="/list/?q=%E8%8C%B6%E4%B8%9A"' in page


def test_drilldown_link_repeats_where_it_came_from(admin: Client, province: Province) -> None:
    province.fill()
    url = drilldown_url("两个覆盖·长沙·未组建", "list", {"region": province.yuelu.pk})
    response = admin.get(url)
    assert total_of(response) == 1
    assert "来自：两个覆盖·长沙·未组建" in response.content.decode()


def test_source_label_is_escaped_and_cut(admin: Client, province: Province) -> None:
    page = admin.get("/list/", {"from": "<b>" + "长" * 100}).content.decode()
    assert "来自：&lt;b&gt;" + "长" * 57 + "<" in page


def test_zero_and_unknown_are_shown_apart(admin: Client) -> None:
    factories.make_association("甲协会", unit_member_count=0)
    factories.make_association("乙协会", unit_member_count=None)
    page = admin.get("/list/").content.decode()
    cells = re.findall(r'data-label="单位会员（家）">(.*?)</td>', page)
    assert sorted(cells) == ["0", '<span class="missing">—</span>']


def test_filter_form_carries_sort_and_size_along(admin: Client, province: Province) -> None:
    page = admin.get("/list/", {"sort": "-name", "size": "100", "page": "2"}).content.decode()
    assert '<input type="hidden" name="sort" value="-name" form="filters">' in page
    assert '<input type="hidden" name="size" value="100" form="filters">' in page
    assert 'name="page" value="2"' not in page


def test_undeclared_method_is_answered_with_a_page(admin: Client) -> None:
    response = admin.post("/list/")
    assert response.status_code == 405
    assert "GET" in response["Allow"]


def test_bulk_action_names_every_chosen_row_before_it_acts(admin: Client, province: Province) -> None:
    province.fill()
    chosen = [province.tea.pk, province.trade.pk]
    confirm = admin.post("/bulk/", {"pk": chosen})
    assert confirm.status_code == 200
    page = confirm.content.decode()
    assert "<li>湖南省茶业协会</li><li>湖南省商贸业协会</li>" in page
    done = admin.post("/bulk/", {"pk": chosen, "confirmed": "1", "reason": "核对"}, follow=True)
    assert "湖南省茶业协会、湖南省商贸业协会" in done.content.decode()


def test_bulk_action_on_all_matching_takes_the_filter_not_the_page(admin: Client, province: Province) -> None:
    province.fill()
    page = admin.post(f"/bulk/?{urlencode({'q': '茶业'})}", {"all": "1"}).content.decode()
    assert page.count('name="pk"') == 2


def test_bulk_action_leaves_out_what_is_out_of_scope_and_refuses_nothing(admin: Client) -> None:
    response = admin.post("/bulk/", {"pk": ["999999", "x"]})
    assert response.status_code == 400
    assert "还没有选择记录" in response.content.decode()
    assert admin.get("/bulk/").status_code == 302


def test_page_numbers_leave_gaps_only_where_they_save_room() -> None:
    assert page_numbers(1, 1) == [1]
    assert page_numbers(1, 5) == [1, 2, 3, 4, 5]
    assert page_numbers(10, 21) == [1, None, 8, 9, 10, 11, 12, None, 21]


def test_default_order_without_key_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured):
        type("Wrong", (ListScreen,), {"default_order": ("name",)})


def test_actions_of_the_page_follow_the_role(admin: Client, sign_in: SignIn, personas: Personas) -> None:
    assert f'href="{reverse("new")}"' in admin.get("/list/").content.decode()
    assert personas.association_filer.membership.role == Role.ASSOCIATION_FILER
    assert "新增社会组织" not in sign_in(personas.association_filer).get("/list/").content.decode()


def test_export_is_what_is_filtered_with_the_filters_it_was_made_by(admin: Client, province: Province) -> None:
    province.fill()
    answer = admin.get("/list/", {"q": "茶业", "export": "json"})
    assert answer["Content-Type"] == "application/json"
    content = answer.content.decode()
    assert "湖南省茶业协会" in content
    assert "湖南省商贸业协会" not in content
    assert "名称或代码：茶业" in content


def test_list_too_long_for_one_answer_is_offered_as_background_work(
    admin: Client, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    province.fill()
    monkeypatch.setattr("portal.screens.lists.AT_ONCE", 3)
    answer = admin.get("/list/", {"export": "xlsx", "q": "业"})
    assert answer.status_code == 302
    page = admin.get(answer["Location"]).content.decode()
    assert "共 4 家导出为 Excel 工作簿（.xlsx）。" in page
    assert "/list/?" in page
