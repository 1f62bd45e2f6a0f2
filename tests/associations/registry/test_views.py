from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from associations.evaluation.models import Grade
from associations.registry.enums import AssignmentRole, NameKind
from associations.registry.models import Association
from tests import factories
from tests.personas import Persona, Personas, Province
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
SignIn = Callable[[Persona], Client]
LIST = "/associations/"


def names(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{LIST}?{query}" if query else LIST)
    assert response.status_code == 200, response.content.decode()[:2000]
    return [row.name for row in response.context["rows"]]


@pytest.mark.parametrize(
    ("persona", "seen"),
    [
        ("department_staff", ["株洲市商贸业协会", "湖南省商贸业协会", "湖南省茶业协会", "长沙市茶业协会"]),
        ("regional_office", ["长沙市茶业协会"]),
        ("county_office", ["长沙市茶业协会"]),
        ("registrar", ["湖南省商贸业协会", "湖南省茶业协会"]),
        ("city_registrar", ["长沙市茶业协会"]),
        ("supervising_unit", ["湖南省茶业协会"]),
        ("industry_regulator", ["湖南省茶业协会"]),
        ("party_committee", ["湖南省茶业协会"]),
        ("other_committee", ["株洲市商贸业协会", "湖南省商贸业协会"]),
        ("branch_secretary", ["湖南省茶业协会"]),
    ],
)
def test_list_shows_the_own_scope(
    province: Province, personas: Personas, sign_in: SignIn, persona: str, seen: list[str]
) -> None:
    province.fill()
    assert sorted(names(sign_in(personas[persona]))) == sorted(seen)


def test_filer_goes_straight_to_the_own_association(province: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.association_filer)
    response = client.get(LIST)
    assert response["Location"] == f"/associations/{province.tea.pk}/"
    assert client.get(response["Location"]).status_code == 200
    assert names(client, "q=协会") == ["湖南省茶业协会"]


@pytest.mark.parametrize("persona", ["system_admin", "security_admin", "auditor"])
def test_list_is_closed_to_the_three_administrators(personas: Personas, sign_in: SignIn, persona: str) -> None:
    assert sign_in(personas[persona]).get(LIST).status_code == 403


@pytest.mark.parametrize(
    "persona", ["other_filer", "other_committee", "other_unit", "other_regulator", "regional_office", "city_registrar"]
)
def test_association_outside_the_scope_is_missing(personas: Personas, sign_in: SignIn, persona: str) -> None:
    pk = personas.province.tea.pk
    assert sign_in(personas[persona]).get(f"/associations/{pk}/").status_code == 404


@pytest.fixture
def filled(province: Province) -> Province:
    province.fill()
    factories.make_association_name(province.tea, "省茶协", NameKind.SHORT)
    Association.objects.filter(pk=province.tea.pk).update(
        search_key=f"湖南省茶业协会 省茶协 {province.tea.uscc.casefold()}"
    )
    Grade.objects.create(
        association=province.trade,
        level="4A",
        announced_on=date(2023, 11, 20),
        starts_on=date(2023, 11, 20),
        ends_on=date(2028, 11, 19),
    )
    return province


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("q=省茶协", {"湖南省茶业协会"}),
        ("q=商贸 株洲", {"株洲市商贸业协会"}),
        ("city=430100", {"长沙市茶业协会"}),
        ("city=430203", {"株洲市商贸业协会"}),
        ("city=own-430000", {"湖南省茶业协会", "湖南省商贸业协会"}),
        ("city=430000&level=city", {"长沙市茶业协会", "株洲市商贸业协会"}),
        ("committee=none", {"长沙市茶业协会"}),
        ("regulator={regulator}", {"湖南省茶业协会"}),
        ("unit={other_unit}", {"湖南省商贸业协会"}),
        ("committee={other_committee}", {"湖南省商贸业协会", "株洲市商贸业协会"}),
        ("grade=4A&as_of=2026-06-30", {"湖南省商贸业协会"}),
        ("grade=4A&as_of=2029-06-30", set()),
        ("status=suspended", set()),
        ("kind=foundation", set()),
        ("industry=true&q=长沙", {"长沙市茶业协会"}),
    ],
)
def test_list_filters(filled: Province, personas: Personas, sign_in: SignIn, query: str, seen: set[str]) -> None:
    keys = {name: getattr(filled, name).pk for name in ("regulator", "other_unit", "other_committee")}
    assert set(names(sign_in(personas.department_staff), query.format(**keys))) == seen


def test_list_finds_by_code_and_by_whom_it_answered_to_on_a_day(
    filled: Province, personas: Personas, sign_in: SignIn
) -> None:
    client = sign_in(personas.department_staff)
    assert names(client, f"q={filled.trade.uscc[-8:].lower()}") == ["湖南省商贸业协会"]
    row = filled.tea.assignments.get(role=AssignmentRole.INDUSTRY_REGULATOR)
    row.ends_on = date(2026, 5, 31)
    row.save()
    factories.make_assignment(filled.tea, filled.other_regulator, row.role, date(2026, 6, 1))
    query = f"regulator={filled.regulator.pk}"
    assert names(client, f"{query}&as_of=2026-05-31") == ["湖南省茶业协会"]
    assert names(client, f"{query}&as_of=2026-06-01") == []


def test_a_filter_that_cannot_be_read_shows_nothing(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_staff)
    for query in ("city=999999", "committee=abc", "grade=9A", "as_of=2026-13-01"):
        assert names(client, query) == []


def test_list_query_count_does_not_grow(province: Province, personas: Personas, sign_in: SignIn) -> None:
    client, counted = sign_in(personas.department_staff), []
    for rows in (1, 29):
        for _ in range(rows):
            association = factories.make_association(
                region=province.yuelu, industry_regulator=province.regulator, party_committee=province.committee
            )
            factories.make_organization("", association)
            factories.make_member_count(association, date(2026, 1, 1), 3)
        counted.append(query_count(client, "/associations/"))
    assert counted[0] == counted[1] <= 15


def test_list_offers_the_export_of_what_is_filtered(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    response = sign_in(personas.department_staff).get(f"{LIST}?city=430100&export=csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert sum("协会" in line for line in lines) == 1


def test_detail_shows_who_answers_today_and_last_year(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    row = filled.tea.assignments.get(role=AssignmentRole.INDUSTRY_REGULATOR)
    row.ends_on = date(2026, 5, 31)
    row.save()
    factories.make_assignment(
        filled.tea, filled.other_regulator, row.role, date(2026, 6, 1), office="行业发展处", officer="处长"
    )
    client = sign_in(personas.department_staff)
    response = client.get(f"/associations/{filled.tea.pk}/?as_of=2026-06-30")
    page = response.content.decode()
    assert "湖南省市场监督管理局 · 行业发展处 · 处长" in page
    assert "上年同日 2025-06-30" in page
    assert "有变化" in page


@pytest.mark.parametrize("tab", ["overview", "responsibility", "timeline"])
def test_detail_tabs_have_their_own_address(
    filled: Province, personas: Personas, sign_in: SignIn, django_assert_max_num_queries: Any, tab: str
) -> None:
    client = sign_in(personas.department_staff)
    client.get("/departments/")
    for association in (filled.tea, filled.trade):
        with django_assert_max_num_queries(15):
            assert client.get(f"/associations/{association.pk}/?tab={tab}").status_code == 200


def test_filer_sees_no_button_of_the_department(personas: Personas, sign_in: SignIn) -> None:
    page = sign_in(personas.association_filer).get(f"/associations/{personas.province.tea.pk}/").content.decode()
    assert "修改登记事项" not in page
    assert "shell-filing" in page


def form_values(**changes: str) -> dict[str, str]:
    return {
        "name": "湖南省油茶产业协会",
        "uscc": factories.uscc(),
        "kind": "social_group",
        "is_industry_association": "true",
        "registration_level": "province",
        "region": "430000",
        "status": "active",
        "established_on": "2011年5月6日",
        "registered_fund": "300,000",
    } | changes


def test_register_by_hand(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_admin)
    assert client.get("/associations/new/").status_code == 200
    response = client.post("/associations/new/", form_values(short_name="省油茶协会"))
    made = Association.objects.get(name="湖南省油茶产业协会")
    assert response["Location"] == f"/associations/{made.pk}/"
    assert (made.established_on, made.is_industry_association) == (date(2011, 5, 6), True)
    assert names(client, "q=省油茶协会") == ["湖南省油茶产业协会"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"uscc": "51430000MJJ0000128"}, "第 18 位校验不符，现在是「51430000MJJ0000128」"),
        ({"uscc": "51430000"}, "应为 18 位，现在是 8 位"),
        ({"uscc": "51430000MJO0000129"}, "不使用字符「O」"),
        ({"uscc": "52430100MJK1234524"}, "与所选类型「社会团体」不一致"),
        ({"status": "deregistered"}, "须填写状态日期"),
        ({"charter_party_clause_on": "2020-01-01"}, "党建入章应选「是」"),
        ({"established_on": "2999-01-01"}, "晚于今天"),
    ],
)
def test_register_by_hand_names_the_value_and_the_remedy(
    filled: Province, personas: Personas, sign_in: SignIn, changes: dict[str, str], text: str
) -> None:
    response = sign_in(personas.department_admin).post("/associations/new/", form_values(**changes))
    assert response.status_code == 422
    assert text in response.content.decode()


def test_edit_saves_once_and_the_second_person_sees_both_versions(
    filled: Province, personas: Personas, sign_in: SignIn
) -> None:
    client, url = sign_in(personas.department_staff), f"/associations/{filled.tea.pk}/edit/"
    page = client.get(url)
    assert page.context["version"] == 1
    values = form_values(name="湖南省茶业协会", uscc=filled.tea.uscc, version="1")
    assert client.post(url, values | {"domicile": "长沙市芙蓉区"}).status_code == 302
    response = client.post(url, values | {"domicile": "长沙市天心区"})
    assert response.status_code == 409
    assert "长沙市芙蓉区" in response.content.decode()
    assert "长沙市天心区" in response.content.decode()


def test_assign_a_department_and_end_it(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    client, pk = sign_in(personas.department_staff), filled.tea.pk
    url = reverse("associations:assignment_new", args=[pk])
    assert client.get(f"{url}?role=industry_regulator").status_code == 200
    values = {"role": "industry_regulator", "department": filled.other_regulator.pk, "starts_on": "2026-06-01"}
    response = client.post(url, values | {"office": "行业处", "officer": "", "version": "1"})
    assert response["Location"] == f"/associations/{pk}/?tab=responsibility"
    again = client.post(url, values | {"starts_on": "2026-05-01", "version": "2"})
    assert again.status_code == 422
    assert "晚于您填写的2026-05-01" in again.content.decode()
    row = filled.tea.assignments.get(role="industry_regulator", ends_on=None)
    end = reverse("associations:assignment_end", args=[pk, row.pk])
    assert client.get(end).status_code == 200
    assert client.post(end, {"ends_on": "2026-06-30", "version": "2"}).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == date(2026, 6, 30)


def test_ids_in_the_address_belong_together(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_staff)
    foreign = filled.trade.assignments.first()
    assert client.get(reverse("associations:assignment_end", args=[filled.tea.pk, foreign.pk])).status_code == 404


def test_counts_by_the_committee(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    client, url = sign_in(personas.party_committee), f"/associations/{filled.tea.pk}/counts/new/"
    assert client.get(url).status_code == 200
    empty = client.post(url, {"counted_on": "2026-06-30", "version": "1"})
    assert (empty.status_code, "没有党员的填 0" in empty.content.decode()) == (422, True)
    assert client.post(url, {"counted_on": "2026-06-30", "relation_count": "0", "version": "1"}).status_code == 302
    assert filled.tea.party_member_counts.get().relation_count == 0
    assert client.get(f"/associations/{filled.trade.pk}/counts/new/").status_code == 404


def test_record_a_grade(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    client, url = sign_in(personas.registrar), f"/associations/{filled.tea.pk}/grades/new/"
    assert client.get(url).status_code == 200
    values = {"level": "4A", "announced_on": "2026-06-15", "document_number": "湘民发〔2026〕12号", "version": "1"}
    assert client.post(url, values).status_code == 302
    page = client.get(f"/associations/{filled.tea.pk}/?as_of=2026-08-01").content.decode()
    assert "4A 已于 2026-06-15 公告，自 2027-01-01 起生效；此前仍按原等级。" in page


def test_add_and_remove_a_name(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    client, pk = sign_in(personas.department_staff), filled.trade.pk
    assert client.get(f"/associations/{pk}/names/new/").status_code == 200
    client.post(f"/associations/{pk}/names/new/", {"name": "省商协", "kind": "short", "version": "1"})
    assert names(client, "q=省商协") == ["湖南省商贸业协会"]
    remove = reverse("associations:name_remove", args=[pk, filled.trade.names.get().pk])
    assert client.get(remove).status_code == 200
    client.post(remove, {"version": "2"})
    assert names(client, "q=省商协") == []


def test_timeline_holds_dated_facts_and_changes_by_hand(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    client, tea = sign_in(personas.department_staff), filled.tea
    values = form_values(name=tea.name, uscc=tea.uscc, version="1", established_on="2001-02-03", domicile="长沙市")
    assert client.post(f"/associations/{tea.pk}/edit/", values).status_code == 302
    assignment = {"role": "industry_regulator", "department": filled.other_regulator.pk, "starts_on": "2026-06-01"}
    assert client.post(f"/associations/{tea.pk}/assignments/new/", assignment | {"version": "2"}).status_code == 302
    entries = client.get(f"/associations/{tea.pk}/?tab=timeline").context["timeline"]
    texts = [(entry.kind, entry.text) for entry in entries]
    assert ("登记", "成立") in texts
    assert ("责任", "行业管理部门「湖南省市场监督管理局」开始负责") in texts
    assert ("责任", "行业管理部门「湖南省工业和信息化厅」负责到这一天为止") in texts
    changed = next(text for kind, text in texts if kind == "修改")
    assert changed.startswith("修改")
    assert "住所" in changed
    filer = sign_in(personas.association_filer).get(f"/associations/{tea.pk}/?tab=timeline").context["timeline"]
    assert "修改" not in {entry.kind for entry in filer}
    assert ("登记", "成立") in {(entry.kind, entry.text) for entry in filer}


def test_attention_names_what_is_missing(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_staff)
    partly = client.get(f"/associations/{filled.tea.pk}/").content.decode()
    assert "行业管理部门未明确责任处室和责任人。" in partly
    unclear = client.get(f"/associations/{filled.city_tea.pk}/").content.decode()
    assert "责任单位未明确：缺行业管理部门或业务主管单位。" in unclear
    expired = client.get(f"/associations/{filled.trade.pk}/?as_of=2029-01-01").content.decode()
    assert "评估等级 4A 已于 2028-11-19 过期，统计中按无等级计。" in expired
    Association.objects.filter(pk=filled.city_tea.pk).update(status="deregistered", status_on=date(2020, 1, 1))
    assert "需要关注" not in client.get(f"/associations/{filled.city_tea.pk}/").content.decode()


@pytest.mark.parametrize(("clarity", "seen"), [("clear", 0), ("partly", 2), ("unclear", 2)])
def test_list_filters_by_who_is_named(
    filled: Province, personas: Personas, sign_in: SignIn, clarity: str, seen: int
) -> None:
    assert len(names(sign_in(personas.department_staff), f"clarity={clarity}")) == seen
