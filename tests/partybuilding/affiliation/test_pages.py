"""The orders are entered as a whole; the pages show where an association belongs and why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment, Association
from partybuilding.affiliation.models import AffiliationRule
from partybuilding.affiliation.services import RuleRow, load_rules
from portal.home.management.commands.load_reference import affiliation_rows
from tests import factories
from tests.personas import Persona, Personas
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
PAGE = "/coverage/affiliation/"


@pytest.fixture
def shipped(personas: Personas) -> list[RuleRow]:
    assert personas.province.tea.region
    rows = affiliation_rows(Path(settings.BASE_DIR) / "fixtures" / "reference")
    assert load_rules(rows) == len(rows)
    return rows


def test_the_orders_are_those_of_the_file(shipped: list[RuleRow], personas: Personas) -> None:
    assert personas.province.tea
    assert load_rules(shipped) == 0
    assert load_rules(shipped[:-1]) == len(shipped) - 1
    assert AffiliationRule.objects.count() == len(shipped) - 1
    for wrong, said in (
        (replace(shipped[0], region="999999"), "不存在"),
        (replace(shipped[0], starts_on=date(2026, 1, 1), number=1), "重叠"),
        (replace(shipped[0], number=99, body_words=""), "须填写"),
    ):
        with pytest.raises(ValueError, match=said):
            load_rules([*shipped, wrong])
    assert AffiliationRule.objects.count() == len(shipped) - 1


def test_the_list_marks_what_differs_and_its_filter_says_the_same(
    shipped: list[RuleRow], personas: Personas, sign_in: Callable[[Persona], Client]
) -> None:
    del shipped
    province = personas.province
    tea = province.tea
    Association.objects.filter(pk=tea.pk).update(is_industry_association=True)
    held = {row.role: row for row in Assignment.objects.filter(association=tea).select_related("department")}
    regulator = held[AssignmentRole.INDUSTRY_REGULATOR].department
    body = factories.make_committee("湖南省农业行业党委", hosted_by=regulator, region=tea.region)
    client = sign_in(personas.department_staff)
    page = client.get(PAGE)
    row = next(one for one in page.context["rows"] if one.name == tea.name)
    assert "湖南省农业行业党委" in row.html
    assert "不一致" in row.html
    assert "第5条「行业协会商会」" in row.html
    assert tea.name in {one.name for one in client.get(PAGE, {"standing": "different"}).context["rows"]}
    tab = client.get(reverse("associations:association", args=[tea.pk]) + "?tab=establishment").content.decode()
    assert "应隶属" in tab
    assert "省委社会工作部部长访谈" in tab
    Assignment.objects.filter(pk=held[AssignmentRole.PARTY_COMMITTEE].pk).update(department=body)
    assert tea.name in {one.name for one in client.get(PAGE, {"standing": "same"}).context["rows"]}


def test_query_count_does_not_grow(
    shipped: list[RuleRow], personas: Personas, sign_in: Callable[[Persona], Client]
) -> None:
    del shipped
    assert personas.province.tea
    client = sign_in(personas.department_staff)
    before = query_count(client, PAGE)
    for number in range(5):
        factories.make_association(f"湖南省第{number}协会", region=personas.province.tea.region)
    assert query_count(client, PAGE) == before


def test_without_an_order_the_pages_say_so(personas: Personas, sign_in: Callable[[Persona], Client]) -> None:
    tea = personas.province.tea
    client = sign_in(personas.department_staff)
    assert "登记地没有隶属次序" in client.get(PAGE).content.decode()
    tab = client.get(reverse("associations:association", args=[tea.pk]) + "?tab=establishment").content.decode()
    assert "应隶属" not in tab
