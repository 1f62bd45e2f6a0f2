from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from partybuilding.organizations.models import PartyOrganization
from tests import factories
from tests.personas import Persona, Personas, Province
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
SignIn = Callable[[Persona], Client]
LIST = "/party-organizations/"


def names(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 200
    return [row.name for row in response.context["rows"]]


@pytest.fixture
def filled(province: Province) -> Province:
    province.fill()
    factories.make_organization(
        "中共湖南省茶业联合支部委员会",
        province.tea,
        province.city_tea,
        kind="joint_branch",
        establishment_mode="joint",
        committee=province.committee,
        established_on=date(2020, 1, 1),
    )
    return province


TEA, TRADE, JOINT = (
    "中共湖南省茶业协会支部委员会",
    "中共湖南省商贸业协会支部委员会",
    "中共湖南省茶业联合支部委员会",
)


@pytest.mark.parametrize(
    ("persona", "seen"),
    [
        ("department_staff", {TEA, TRADE, JOINT}),
        ("party_committee", {TEA, JOINT}),
        ("other_committee", {TRADE}),
        ("regional_office", {JOINT}),
        ("supervising_unit", {TEA, JOINT}),
    ],
)
def test_list_shows_the_own_scope(
    filled: Province, personas: Personas, sign_in: SignIn, persona: str, seen: set[str]
) -> None:
    assert set(names(sign_in(personas[persona]))) == seen


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("q=联合", {JOINT}),
        ("q=长沙市茶业", {JOINT}),
        ("kind=joint_branch", {JOINT}),
        ("mode=individual", {TEA, TRADE}),
        ("cover=shared", {JOINT}),
        ("state=existing&as_of=2019-12-31", {TEA, TRADE}),
        ("state=dissolved", set()),
    ],
)
def test_list_filters(filled: Province, personas: Personas, sign_in: SignIn, query: str, seen: set[str]) -> None:
    assert set(names(sign_in(personas.department_staff), query)) == seen


def test_list_query_count_does_not_grow(province: Province, personas: Personas, sign_in: SignIn) -> None:
    client, counted = sign_in(personas.department_staff), []
    for rows in (1, 29):
        for _ in range(rows):
            factories.make_organization(
                "", factories.make_association(region=province.hunan), committee=province.committee
            )
        counted.append(query_count(client, "/party-organizations/"))
    assert counted[0] == counted[1] <= 15


@pytest.mark.parametrize("persona", ["other_committee", "other_filer", "other_unit", "regional_office"])
def test_organization_outside_the_scope_is_missing(
    province: Province, personas: Personas, sign_in: SignIn, persona: str
) -> None:
    assert sign_in(personas[persona]).get(f"{LIST}{province.tea_branch.pk}/").status_code == 404


@pytest.mark.parametrize("persona", ["department_staff", "party_committee", "association_filer", "branch_secretary"])
def test_organization_is_read_by_its_people(
    filled: Province, personas: Personas, sign_in: SignIn, persona: str
) -> None:
    page = sign_in(personas[persona]).get(f"{LIST}{filled.tea_branch.pk}/").content.decode()
    assert "湖南省茶叶行业党委" in page
    assert ("登记撤销" in page) == (persona in {"department_staff", "party_committee"})


def values(**changes: Any) -> dict[str, Any]:
    return {
        "associations": "长沙市茶业协会",
        "name": "中共长沙市茶业协会支部委员会",
        "kind": "branch",
        "establishment_mode": "individual",
        "approval_number": "长茶党发〔2026〕1号",
        "established_on": "2026-06-01",
        "full_member_count": "5",
    } | changes


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"associations": "无此协会"}, "没有找到社会组织「无此协会」"),
        ({"associations": "株洲市商贸业协会；长沙市茶业协会"}, "单独组建的党组织只覆盖一家社会组织，现在选了2家"),
        ({"approval_number": ""}, "填写批复文号"),
        ({"established_on": "2999-01-01"}, "晚于今天"),
        ({"establishment_mode": "temporary"}, "组建方式应为"),
        ({"parent": "没有这个组织"}, "没有找到党组织「没有这个组织」"),
    ],
)
def test_new_names_the_value_and_the_remedy(
    filled: Province, personas: Personas, sign_in: SignIn, changes: dict[str, Any], text: str
) -> None:
    client = sign_in(personas.department_staff)
    response = client.post(f"{LIST}new/", values(committee=filled.committee.pk, **changes))
    assert response.status_code == 422
    assert text in response.content.decode()
    assert PartyOrganization.objects.count() == 3


def test_new_by_code_below_a_parent(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_staff)
    PartyOrganization.objects.filter(pk=filled.tea_branch.pk).update(kind="general_branch")
    response = client.post(
        f"{LIST}new/",
        values(
            committee=filled.branch_committee.pk,
            associations=filled.tea.uscc.lower(),
            name="中共湖南省茶业协会第二支部委员会",
            parent="中共湖南省茶业协会支部委员会",
            full_member_count="60",
        ),
        follow=True,
    )
    made = PartyOrganization.objects.get(name="中共湖南省茶业协会第二支部委员会")
    assert made.parent == filled.tea_branch
    assert "正式党员60名，按规定一般设党总支" in response.content.decode()


def test_a_committee_cannot_name_an_association_of_another(
    filled: Province, personas: Personas, sign_in: SignIn
) -> None:
    client = sign_in(personas.party_committee)
    response = client.post(f"{LIST}new/", values(committee=filled.committee.pk, associations="湖南省商贸业协会"))
    assert "没有找到社会组织「湖南省商贸业协会」" in response.content.decode()
    other = client.post(f"{LIST}new/", values(committee=filled.other_committee.pk, associations="湖南省茶业协会"))
    assert other.status_code == 422
    assert client.get(f"{LIST}new/?association={filled.trade.pk}").status_code == 404


def test_edit_cover_and_dissolve(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_staff)
    joint = PartyOrganization.objects.get(name=JOINT)
    url = f"{LIST}{joint.pk}/"
    assert client.get(f"{url}edit/").status_code == 200
    changed = {
        "name": JOINT,
        "kind": "joint_branch",
        "establishment_mode": "attached",
        "committee": filled.committee.pk,
        "version": "1",
    }
    assert client.post(f"{url}edit/", changed).status_code == 302
    assert client.post(f"{url}edit/", changed | {"remark": "改"}).status_code == 409
    assert client.get(f"{url}covered/new/").status_code == 200
    cover = {"association": "株洲市商贸业协会", "starts_on": "2026-06-01", "version": "2"}
    assert client.post(f"{url}covered/new/", cover).status_code == 302
    row = joint.covered.get(association=filled.city_trade)
    end = f"{url}covered/{row.pk}/end/"
    assert client.get(end).status_code == 200
    assert client.post(end, {"ends_on": "2026-06-20", "version": "3"}).status_code == 302
    assert client.get(f"{url}dissolve/").status_code == 200
    values = {"dissolved_on": "2026-06-30", "approval_number": "湘茶党发〔2026〕9号", "reason": "分别单独组建"}
    assert client.post(f"{url}dissolve/", values | {"version": "4"}).status_code == 302
    assert "2026-06-30 撤销" in client.get(url).content.decode()
    assert names(client, "state=dissolved") == [JOINT]


def test_ids_in_the_address_belong_together(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    foreign = filled.trade_branch.covered.get()
    client = sign_in(personas.department_staff)
    assert client.get(f"{LIST}{filled.tea_branch.pk}/covered/{foreign.pk}/end/").status_code == 404
