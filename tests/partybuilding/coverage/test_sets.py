"""On PostgreSQL a large scope is counted by sets; it must count what the look-ups count, fact by fact."""

from datetime import date

import pytest
from django.db import connection

from associations.registry.models import Association
from partybuilding.coverage.facts import FLAGS
from partybuilding.coverage.selectors import coverage_rules, looked_up_lines
from partybuilding.coverage.sets import counted_lines, suits
from portal.access.actor import acting_as
from portal.access.scoping import scoped
from portal.regulations.models import Parameter
from tests.partybuilding.coverage.scattered import scatter
from tests.personas import Personas, Province

pytestmark = pytest.mark.usefixtures("parameters")
COLUMNS = ["region__path", "fact_committee", "kind", "fact_grade"]


@pytest.mark.parametrize(("seed", "basis"), [(1, "employed"), (7, "relation_only")])
def test_sets_and_look_ups_give_the_same_lines(province: Province, personas: Personas, seed: int, basis: str) -> None:
    if connection.vendor != "postgresql":
        return
    scatter(province, seed=seed, number=60)
    Parameter.objects.filter(code="coverage.member_count_basis").update(text=basis)
    for key in ("department_staff", "regional_office"):
        actor = personas[key].actor
        with acting_as(actor):
            for day in (date(2024, 3, 1), date(2025, 6, 30), date(2026, 9, 1)):
                rules, rows = coverage_rules(day), scoped(Association, actor)
                quick = sorted(map(str, counted_lines(rows, day, rules, COLUMNS)))
                assert quick == sorted(map(str, looked_up_lines(rows, day, rules, COLUMNS)))
                assert quick
    assert len(FLAGS) == 4


def test_small_scopes_are_looked_up(personas: Personas) -> None:
    assert not suits(personas.party_committee.actor)
    assert suits(personas.department_staff.actor) == (connection.vendor == "postgresql")
