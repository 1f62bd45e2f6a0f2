"""Forms: error texts in summary and field, two people at one record, refusals, decisions, steps."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client

from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from portal.screens.errors import conflict, refused
from portal.screens.fields import TEXTS, ScreenForm
from portal.screens.panels import (
    AttentionItem,
    PanelContent,
    TimelineEntry,
    attention,
    register_panel,
    timeline,
)
from portal.screens.wizards import Step, shown_steps
from tests.personas import Persona, Personas, Province
from tests.screens import pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]

SignIn = Callable[[Persona], Client]


@pytest.fixture
def admin(sign_in: SignIn, personas: Personas) -> Client:
    return sign_in(personas.department_admin)


def filled(province: Province, **changes: str) -> dict[str, str]:
    return {
        "domicile": "长沙市岳麓区",
        "established_on": "2020年1月2日",
        "staff_count": "1,024 人",
        "registered_fund": "３０，０００元",
        "region": str(province.hunan.pk),
        "version": "1",
    } | changes


def errors_of(response: Any) -> tuple[list[str], list[str]]:
    """The texts of the summary and those under the fields."""
    page = response.content.decode()
    summary = re.search(r'<div class="error-summary".*?</div>', page, re.S)
    assert summary is not None
    above = re.findall(r"<li>(?:<a [^>]*>)?([^<]+)", summary.group(0))
    below = re.findall(r'<p class="field-error".*?错误：</span>([^<]+)</p>', page)
    return above, below


def test_form_reads_what_people_type(admin: Client, province: Province) -> None:
    response = admin.post(f"/{province.tea.pk}/edit/", filled(province), follow=True)
    assert "登记信息已保存。" in response.content.decode()
    province.tea.refresh_from_db()
    shown = (str(province.tea.established_on), province.tea.staff_count, str(province.tea.registered_fund))
    assert shown == ("2020-01-02", 1024, "30000.00")
    assert province.tea.version == 2


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"domicile": ""}, "填写住所"),
        ({"domicile": "长" * 21}, "住所最多 20 个字，现在是 21 个。请缩短后再提交"),
        ({"established_on": ""}, "填写成立日期"),
        (
            {"established_on": "2024-13-01"},
            "成立日期现在填的是「2024-13-01」，不是一个存在的日期。请按 年-月-日 填写，例如 2024-03-01",
        ),
        ({"staff_count": "约12"}, "从业人员数应为整数，现在填的是「约12」。请只填数字，例如 12"),
        ({"staff_count": "10000"}, "从业人员数应不大于 9999，现在填的是「10000」。请核对后重新填写"),
        ({"registered_fund": "3万"}, "注册资金（元）应为数字，现在填的是「3万」。请只填数字，例如 120.5"),
        ({"registered_fund": "-1"}, "注册资金（元）应不小于 0，现在填的是「-1」。请核对后重新填写"),
        ({"registered_fund": "1.234"}, "注册资金（元）最多 2 位小数，现在填的是「1.234」。请四舍五入后填写"),
        ({"region": ""}, "选择登记地"),
        ({"region": "99999"}, "登记地没有「99999」这一项，可能已被停用。请从列表中重新选择"),
    ],
)
def test_error_names_the_value_and_the_remedy(
    admin: Client, province: Province, changes: dict[str, str], text: str
) -> None:
    response = admin.post(f"/{province.tea.pk}/edit/", filled(province, **changes))
    assert response.status_code == 422
    assert errors_of(response) == ([text], [text])
    assert "<title>错误：修改登记信息" in response.content.decode()


def test_every_text_says_how_to_mend_it() -> None:
    asks = ("填写", "选择", "请")
    assert [code for code, text in TEXTS.items() if not any(word in text for word in asks)] == []


def test_second_writer_sees_both_versions_and_can_keep_either(
    admin: Client, sign_in: SignIn, personas: Personas, province: Province
) -> None:
    path = f"/{province.tea.pk}/edit/"
    assert admin.post(path, filled(province, domicile="甲地")).status_code == 302
    late = sign_in(personas.department_staff).post(path, filled(province, domicile="乙地"))
    page = late.content.decode()
    assert late.status_code == 409
    assert '<th scope="row">住所</th><td>甲地</td><td>乙地' in page
    assert '<input type="hidden" name="version" value="2">' in page
    assert "保留现在的内容" in page
    assert (
        sign_in(personas.department_staff).post(path, filled(province, domicile="乙地", version="2")).status_code == 302
    )
    province.tea.refresh_from_db()
    assert (province.tea.domicile, province.tea.version) == ("乙地", 3)


def test_double_submit_of_one_version_writes_once(admin: Client, province: Province) -> None:
    path = f"/{province.tea.pk}/edit/"
    answers = [admin.post(path, filled(province)).status_code for _time in range(2)]
    assert answers == [302, 409]
    province.tea.refresh_from_db()
    assert province.tea.version == 2


def test_refusal_of_the_service_is_a_form_error(
    admin: Client, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(screen: Any, form: Any) -> None:
        raise Refused("association.closed", "该社会组织已注销，不能修改。请核对名称。")

    monkeypatch.setattr(pages.RegisterEdit, "save", refuse)
    response = admin.post(f"/{province.tea.pk}/edit/", filled(province))
    assert response.status_code == 422
    assert errors_of(response)[0] == ["该社会组织已注销，不能修改。请核对名称。"]
    assert 'value="长沙市岳麓区"' in response.content.decode()


def test_object_outside_the_scope_is_not_found(sign_in: SignIn, personas: Personas, province: Province) -> None:
    client = sign_in(personas.association_filer)
    assert client.get(f"/{province.tea.pk}/").status_code == 200
    assert client.get(f"/{province.trade.pk}/").status_code == 404


def test_action_shows_consequences_and_asks_once(admin: Client, province: Province) -> None:
    path = f"/{province.tea.pk}/close/"
    assert "名录中不再显示。" in admin.get(path).content.decode()
    assert errors_of(admin.post(path, {"version": "1"})) == (["填写原因"], ["填写原因"])
    assert "已停用：重复" in admin.post(path, {"version": "1", "reason": "重复"}, follow=True).content.decode()


def test_action_that_is_not_allowed_says_why_and_has_no_button(
    sign_in: SignIn, personas: Personas, province: Province
) -> None:
    province.fill()
    page = sign_in(personas.party_committee).get(f"/{province.tea.pk}/close/").content.decode()
    assert "只有社会工作部可以停用登记。请联系社会工作部。" in page
    assert "<textarea" not in page


def test_wizard_says_which_step_this_is(admin: Client) -> None:
    page = admin.get("/new/").content.decode()
    assert '<li class="step step-current" aria-current="step">' in page
    assert "DR-20261122-03" in page
    states = [one.state for one in shown_steps([Step("a", "甲", "/a/"), Step("b", "乙", "/b/"), Step("c", "丙")], "b")]
    assert states == ["done", "current", "later"]


def test_detail_shows_panels_attention_and_timeline(
    admin: Client, sign_in: SignIn, personas: Personas, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.screens import panels

    monkeypatch.setattr(panels, "_panels", {})
    monkeypatch.setattr(panels, "_attention", {})
    monkeypatch.setattr(panels, "_timeline", {})
    subject = "tests.Association"
    register_panel(
        subject=subject,
        key="facts",
        label="登记",
        order=1,
        roles={"department_admin"},
        render=lambda actor, obj, as_of: PanelContent(
            "components/empty.html", {"text": f"{obj.name} {as_of}", "action_url": "", "action_label": ""}
        ),
    )
    attention(subject, lambda actor, obj, as_of: [AttentionItem("整改未完成", "red", "/list/")])
    timeline(subject, lambda actor, obj, as_of: [TimelineEntry(as_of, "党建", "成立党支部", "张三")])
    path = f"/{province.tea.pk}/"
    overview = admin.get(path).content.decode()
    assert '<a href="/list/">整改未完成</a>' in overview
    assert re.findall(r'<a href="\?tab=(\w+)"', overview) == ["overview", "facts", "timeline"]
    assert "成立党支部" in admin.get(path, {"tab": "timeline", "as_of": "2026-01-02"}).content.decode()
    assert admin.get(path, {"tab": "facts"}).status_code == 200
    assert admin.get(path, {"tab": "nothing"}).status_code == 404
    assert sign_in(personas.association_filer).get(path, {"tab": "facts"}).status_code == 404


def test_error_pages_name_cause_remedy_and_reference(admin: Client) -> None:
    response = admin.get("/missing/")
    page = response.content.decode()
    assert response.status_code == 404
    assert "没有找到这个页面" in page
    assert f"编号 <code>{response['X-Request-ID']}</code>" in page


def test_conflict_page_compares_both_versions(rf: Any) -> None:
    request: HttpRequest = rf.get("/")
    page = conflict(request, Conflict("已被张三修改。", ours={"住所": "乙"}, theirs={"住所": "甲", "备注": ""}))
    assert page.status_code == 409
    assert '<th scope="row">住所</th><td>甲</td><td>乙</td>' in page.content.decode()
    assert '<th scope="row">备注</th><td>（未填写）</td><td>（未填写）</td>' in page.content.decode()
    assert refused(request, Refused("x", "原因在此。")).status_code == 403


def test_form_without_actor_cannot_be_made() -> None:
    with pytest.raises(TypeError), everything("no actor here"):
        ScreenForm({})  # type: ignore[call-arg]
