from datetime import date
from itertools import product
from typing import Any

import pytest

from associations.registry.enums import AssignmentRole, Clarity
from associations.registry.models import Association
from associations.registry.rules import Responsibility, clarity
from associations.registry.selectors import (
    bodies_called,
    clarity_is,
    home_region,
    own_key,
    region_choices,
    same_day_last_year,
    suggested_bodies,
)
from portal.access.actor import acting_as
from portal.access.scoping import scoped
from tests import factories
from tests.personas import Personas, Province

DAY = date(2026, 6, 30)


def test_clarity_as_a_filter_equals_the_rule(province: Province, personas: Personas) -> None:
    expected: dict[int, Clarity] = {}
    offices = [("", ""), ("行业处", ""), ("", "处长"), ("行业处", "处长")]
    for mode, unit, regulator, (office, officer) in product(
        ["dual", "direct", ""], [True, False], ["now", "ended", "none"], offices
    ):
        association = factories.make_association(region=province.hunan, registration_mode=mode)
        if unit:
            factories.make_assignment(association, province.unit, AssignmentRole.SUPERVISING_UNIT)
        if regulator != "none":
            ends_on = None if regulator == "now" else date(2026, 6, 29)
            role = AssignmentRole.INDUSTRY_REGULATOR
            factories.make_assignment(
                association, province.regulator, role, None, ends_on, office=office, officer=officer
            )
        is_held = regulator == "now"
        facts = Responsibility(mode, unit, is_held, is_held and bool(office), is_held and bool(officer))
        expected[association.pk] = clarity(facts)
    actor = personas.department_staff.actor
    for one in Clarity:
        listed = set(scoped(Association, actor).filter(clarity_is(one, DAY)).values_list("pk", flat=True))
        assert listed == {pk for pk, found in expected.items() if found == one}
        assert listed


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 11, 22), date(2025, 11, 22)),
        (date(2024, 2, 29), date(2023, 2, 28)),
        (date(2025, 2, 28), date(2024, 2, 28)),
    ],
)
def test_same_day_last_year(day: date, before: date) -> None:
    assert same_day_last_year(day) == before


def test_region_choices_of_the_province_and_of_a_city(province: Province, personas: Personas) -> None:
    assert [province.yuelu, province.lusong]
    choices = region_choices(personas.department_staff.actor)
    assert choices.home == province.hunan
    assert choices.groups == (
        ("湖南省", (("430000", "湖南省（全部）"), ("own-430000", "湖南省本级"))),
        ("长沙市", (("430100", "长沙市（全部）"), ("own-430100", "长沙市本级"), ("430104", "岳麓区"))),
        ("株洲市", (("430200", "株洲市（全部）"), ("own-430200", "株洲市本级"), ("430203", "芦淞区"))),
    )
    city = region_choices(personas.regional_office.actor)
    assert city.groups == (
        ("长沙市", (("430100", "长沙市（全部）"), ("own-430100", "长沙市本级"))),
        ("岳麓区", (("430104", "岳麓区"),)),
    )
    assert choices.region(own_key("430100")) == province.changsha
    assert city.region("430203") == province.lusong


def test_home_region_is_the_installations_province(province: Province, personas: Personas, settings: Any) -> None:
    assert province.hunan == home_region(personas.department_staff.actor)
    assert province.changsha == home_region(personas.regional_office.actor)
    settings.PORTAL_PROVINCE = "340000"
    assert home_region(personas.department_staff.actor) is None
    assert region_choices(personas.department_staff.actor).groups == ()


def test_bodies_offered_are_those_that_hold_or_held_the_role(province: Province, personas: Personas) -> None:
    gone = factories.make_department("湖南省经济委员会", ends_on=date(2018, 10, 1))
    before = factories.make_association(region=province.tea.region)
    factories.make_assignment(before, gone, AssignmentRole.INDUSTRY_REGULATOR, date(2010, 1, 1), date(2018, 10, 1))
    actor = personas.department_staff.actor
    with acting_as(actor):
        offered = {role.value: suggested_bodies(actor, role, "", 20) for role in AssignmentRole}
        typed = suggested_bodies(actor, AssignmentRole.INDUSTRY_REGULATOR, "工业", 20)
        few = suggested_bodies(actor, AssignmentRole.INDUSTRY_REGULATOR, "湖南", 1)
    assert offered == {
        "supervising_unit": ["湖南省农业农村厅"],
        "industry_regulator": ["湖南省工业和信息化厅", "湖南省经济委员会"],
        "party_committee": ["湖南省茶叶行业党委"],
    }
    assert typed == ["湖南省工业和信息化厅"]
    assert few == ["湖南省工业和信息化厅"]


def test_bodies_called_by_key_by_exact_name_or_by_a_part_of_it(province: Province, personas: Personas) -> None:
    assert province.tea
    longer = factories.make_department("湖南省工业和信息化厅机关服务中心")
    actor = personas.department_staff.actor

    def called(text: str) -> list[str]:
        with acting_as(actor):
            return [body.name for body in bodies_called(actor, text)]

    assert called(str(longer.pk)) == ["湖南省工业和信息化厅机关服务中心"]
    assert called("湖南省工业和信息化厅") == ["湖南省工业和信息化厅"]
    assert called("工业 信息化厅") == ["湖南省工业和信息化厅", "湖南省工业和信息化厅机关服务中心"]
    assert called("没有这个单位") == []
