"""The associations that a name in a spreadsheet may mean: inside the actor's reach, likeliest first."""

from associations.registry.enums import NameKind
from associations.registry.models import AssociationName
from associations.registry.references import ASSOCIATIONS
from portal.access.scoping import everything
from tests.personas import Personas, Province


def test_a_shortened_name_finds_the_full_one(province: Province, personas: Personas) -> None:
    assert [province.tea, province.trade]
    found = ASSOCIATIONS.suggest("省茶业协会", personas.department_staff.actor, 3)
    assert [one.pk for one in found][:1] == [province.tea.pk]
    assert found[0].label == f"湖南省茶业协会({province.tea.uscc})"
    assert ASSOCIATIONS.suggest("火星探测学会", personas.department_staff.actor, 3) == []


def test_exact_names_former_names_and_codes_are_found(province: Province, personas: Personas) -> None:
    with everything("a former name for the test"):
        AssociationName.objects.create(association=province.tea, name="湖南省茶叶学会", kind=NameKind.FORMER)
    actor = personas.department_staff.actor
    for text in ("湖南省茶业协会", "湖南省茶叶学会", province.tea.uscc.lower()):
        assert [one.pk for one in ASSOCIATIONS.find(text, actor)] == [province.tea.pk], text
    assert ASSOCIATIONS.find("没有这个协会", actor) == []


def test_nothing_outside_the_reach_is_named(province: Province, personas: Personas) -> None:
    assert province.tea
    city = personas.regional_office.actor
    assert ASSOCIATIONS.find("湖南省茶业协会", city) == []
    assert "湖南省茶业协会" not in ASSOCIATIONS.names(city, 50)
    assert ASSOCIATIONS.names(personas.department_staff.actor, 1) == ["湖南省茶业协会"]
