"""Members and branches by supervising unit: the numbers of the seed, each a list (P-05, R-171)."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from tests import factories
from tests.personas import Persona, Personas, Province

SignIn = Callable[[Persona], Client]


@pytest.fixture
def reported(province: Province, parameters: None) -> Province:
    """Tea has five members and its branch; one more association of the same unit reported nothing."""
    province.fill()
    factories.make_member_count(province.tea, date(2026, 1, 1), 5, 6)
    factories.make_association("湖南省苗木协会", region=province.hunan, supervising_unit=province.unit)
    return province


def line_of(client: Client, name: str) -> list[str]:
    rows = client.get("/coverage/units/?as_of=2026-06-30&export=csv").content.decode("utf-8-sig").splitlines()
    return next(row.split(",") for row in rows if row.startswith(name))


def test_line_of_a_unit_counts_what_its_links_list(reported: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_staff)
    page = client.get("/coverage/units/?as_of=2026-06-30")
    assert page.status_code == 200
    assert line_of(client, reported.unit.name)[2:8] == ["2", "1", "1", "5", "6", "1"]
    for measure, number in (("in_scope", 2), ("unreported", 1), ("should_not_built", 0)):
        listed = client.get(f"/associations/?unit={reported.unit.pk}&coverage={measure}&as_of=2026-06-30")
        assert listed.context["page"].total == number, measure


def test_unit_sees_its_own_line_only(reported: Province, personas: Personas, sign_in: SignIn) -> None:
    page = sign_in(personas.supervising_unit).get("/coverage/units/?as_of=2026-06-30")
    assert [row.name for row in page.context["rows"]] == [personas.supervising_unit.actor.scope.label]
