"""The personas reach what `roles.md` gives them, and nothing else."""

import pytest

from associations.registry.models import Association, Department
from partybuilding.organizations.models import PartyOrganization
from portal.access.roles import Role
from portal.access.scoping import scoped
from tests.personas import PERSONAS, Personas, Province

ALL = {"tea", "trade", "city_tea", "city_trade"}
REACH = {
    "department_admin": ALL,
    "department_staff": ALL,
    "regional_office": {"city_tea"},
    "other_regional_office": {"city_trade"},
    "county_office": {"city_tea"},
    "registrar": {"tea", "trade"},
    "city_registrar": {"city_tea"},
    "supervising_unit": {"tea"},
    "other_unit": {"trade"},
    "industry_regulator": {"tea"},
    "other_regulator": {"trade"},
    "party_committee": {"tea"},
    "other_committee": {"trade", "city_trade"},
    "association_filer": {"tea"},
    "other_filer": {"trade"},
    "association_signer": {"tea"},
    "branch_secretary": {"tea"},
    "system_admin": set(),
    "security_admin": set(),
    "auditor": set(),
}


def test_personas_cover_every_role() -> None:
    assert {role for role, _ in PERSONAS.values()} == set(Role.values)


@pytest.mark.parametrize("key", PERSONAS)
def test_association_scope_of_a_persona(key: str, province: Province, personas: Personas) -> None:
    province.fill()
    names = {getattr(province, name).name for name in REACH[key]}
    assert set(scoped(Association, personas[key].actor).values_list("name", flat=True)) == names


@pytest.mark.parametrize("key", ["association_filer", "branch_secretary"])
def test_filing_roles_see_the_bodies_that_answer_for_them(key: str, province: Province, personas: Personas) -> None:
    province.fill()
    found = set(scoped(Department, personas[key].actor).values_list("name", flat=True))
    assert found == {"湖南省农业农村厅", "湖南省工业和信息化厅", "湖南省茶叶行业党委"}


def test_organization_scope_of_a_committee_is_its_subtree(province: Province, personas: Personas) -> None:
    province.fill()
    assert list(scoped(PartyOrganization, personas.party_committee.actor)) == [province.tea_branch]
    assert list(scoped(PartyOrganization, personas.other_committee.actor)) == [province.trade_branch]
