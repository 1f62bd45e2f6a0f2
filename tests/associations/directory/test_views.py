from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from associations.registry.enums import AssignmentRole
from associations.registry.models import Department
from tests import factories
from tests.personas import Persona, Personas, Province
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
SignIn = Callable[[Persona], Client]


def names(client: Client, query: str = "") -> list[str]:
    response = client.get(f"/departments/?{query}")
    assert response.status_code == 200
    return [row.name for row in response.context["rows"]]


@pytest.fixture
def filled(province: Province) -> Province:
    province.fill()
    factories.make_department_name(province.unit, "省农业厅")
    factories.make_department("湖南省经济委员会", ends_on=date(2018, 10, 1))
    return province


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("q=省农业厅", ["湖南省农业农村厅"]),
        ("q=商务", ["株洲市商务局", "湖南省商务厅"]),
        ("kind=party_committee", ["湖南省商贸行业党委", "湖南省综合行业党委", "湖南省茶叶行业党委"]),
        ("level=city&kind=registrar", ["长沙市民政局"]),
        ("ended=true", ["湖南省经济委员会"]),
    ],
)
def test_directory_filters(filled: Province, personas: Personas, sign_in: SignIn, query: str, seen: list[str]) -> None:
    assert sorted(names(sign_in(personas.department_staff), query)) == sorted(seen)


def test_directory_query_count_does_not_grow(province: Province, personas: Personas, sign_in: SignIn) -> None:
    client, counted = sign_in(personas.department_staff), []
    association = province.city_tea
    for rows in (1, 29):
        for day in range(rows, 2 * rows):
            department = factories.make_department(region=province.changsha)
            factories.make_department_name(department, "别名")
            past = date(2001, 1, 1) + timedelta(days=day)
            factories.make_assignment(association, department, "industry_regulator", past, past)
        counted.append(query_count(client, "/departments/"))
    assert counted[0] == counted[1] <= 15


def test_figures_of_a_body_equal_their_lists_in_the_scope(
    filled: Province, personas: Personas, sign_in: SignIn
) -> None:
    factories.make_assignment(filled.city_tea, filled.other_committee, AssignmentRole.PARTY_COMMITTEE)
    for persona in ("department_staff", "other_regional_office", "other_committee", "regional_office"):
        client = sign_in(personas[persona])
        answering = client.get(f"/departments/{filled.other_committee.pk}/").context["answering"]
        for figure in answering:
            listed = client.get(figure["url"]).context["page"].total
            assert figure["number"] == listed, (persona, figure)


def test_directory_is_closed_to_associations(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.association_filer)
    assert client.get("/departments/").status_code == 403
    assert client.get(f"/departments/{filled.unit.pk}/").status_code == 403


def test_register_rename_alias_and_close(filled: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_admin)
    assert client.get("/departments/new/").status_code == 200
    values = {"name": "湖南省林业局", "kind": "government", "level": "province", "aliases": "省林业厅\n\n林业局"}
    response = client.post("/departments/new/", values)
    made = Department.objects.get(name="湖南省林业局")
    assert response["Location"] == f"/departments/{made.pk}/"
    assert sorted(made.names.values_list("name", flat=True)) == ["林业局", "省林业厅"]
    edit = f"/departments/{made.pk}/edit/"
    assert client.get(edit).status_code == 200
    changed = {"name": "湖南省林业和草原局", "kind": "government", "level": "province", "version": "1"}
    assert client.post(edit, changed).status_code == 302
    assert client.post(edit, changed | {"name": "湖南省草原局"}).status_code == 409
    assert names(client, "q=湖南省林业局") == ["湖南省林业和草原局"]
    alias = f"/departments/{made.pk}/names/new/"
    assert client.get(alias).status_code == 200
    assert client.post(alias, {"name": "省林草局", "kind": "short", "version": "2"}).status_code == 302
    row = made.names.get(name="省林草局")
    remove = reverse("associations:alias_remove", args=[made.pk, row.pk])
    assert client.get(remove).status_code == 200
    assert client.post(remove, {"version": "3"}).status_code == 302
    close = f"/departments/{made.pk}/close/"
    assert client.get(close).status_code == 200
    assert client.post(close, {"ends_on": "2026-06-30", "version": "4"}).status_code == 302
    assert client.get(f"/departments/{made.pk}/").status_code == 200


def test_close_of_a_body_in_use_is_refused_with_the_remedy(
    filled: Province, personas: Personas, sign_in: SignIn
) -> None:
    response = sign_in(personas.department_staff).post(
        f"/departments/{filled.unit.pk}/close/", {"ends_on": "2026-06-30", "version": "1"}
    )
    assert response.status_code == 422
    assert "还负责1家社会组织" in response.content.decode()
