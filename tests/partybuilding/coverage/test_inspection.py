"""What Party building says at the inspection (R-084): it informs and never blocks."""

from datetime import date

import pytest

from associations.registry.models import Association
from partybuilding.coverage.inspection import charter, findings
from portal.gates import Level
from tests import factories
from tests.personas import Province

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("clause", "level", "words"),
    [(True, Level.OK, "已写入"), (None, Level.WARN, "没有登记"), (False, Level.WARN, "没有写入")],
)
def test_charter_clause(clause: bool | None, level: Level, words: str) -> None:
    found = charter(Association(charter_has_party_clause=clause))
    assert (found.level, found.rule, words in found.text) == (level, "R-080", True)


def test_association_without_organisation_and_instructor_is_told(province: Province, reference: None) -> None:
    city = province.city_tea
    assert {(one.level, one.rule) for one in findings(city, DAY)} == {
        (Level.WARN, "R-035"),
        (Level.WARN, "R-077"),
        (Level.WARN, "R-080"),
    }
    factories.make_member_count(city, date(2026, 1, 1), 3)
    assert "R-078" in {one.rule for one in findings(city, DAY) if one.level == Level.WARN}


def test_covered_association_with_its_clause_has_nothing_against_it(province: Province, reference: None) -> None:
    assert province.tea_branch
    tea = province.tea
    tea.charter_has_party_clause = True
    factories.make_member_count(tea, date(2026, 1, 1), 1)
    assert [one.rule for one in findings(tea, DAY) if one.level != Level.OK] == []
