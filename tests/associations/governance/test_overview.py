"""Officers and member units on an association's page."""

from datetime import date
from typing import Any

import pytest

from tests.people import makers
from tests.personas import Personas, Province

pytestmark = pytest.mark.usefixtures("reference")


def test_member_units_are_counted_against_what_is_registered(
    province: Province, personas: Personas, sign_in: Any
) -> None:
    province.tea.unit_member_count = 5
    province.tea.save()
    makers.make_member_unit(province.tea, "长沙市金井茶厂", uscc="91430100183805678X")
    makers.make_member_unit(province.tea, "古丈县毛尖合作社", ends_on=date(2020, 1, 1))
    page = sign_in(personas.department_admin).get(f"/associations/{province.tea.pk}/?tab=member_units")
    said = page.content.decode()
    assert "名册上有 1 家在会单位。登记的单位会员数是 5 家，两数不同。" in said
    assert "91430100183805678X" in said
    assert [word in said for word in ("在会", "已退会")] == [True, True]


def test_posts_taken_and_left_stand_in_the_history(province: Province, personas: Personas, sign_in: Any) -> None:
    makers.make_officer(
        province.tea,
        makers.make_person("陈建国"),
        post="president",
        starts_on=date(2015, 3, 1),
        ends_on=date(2020, 2, 29),
    )
    client = sign_in(personas.department_admin)
    said = client.get(f"/associations/{province.tea.pk}/?tab=officers").content.decode()
    assert "已终止" in said
    history = client.get(f"/associations/{province.tea.pk}/?tab=timeline").content.decode()
    assert "陈建国" in history
