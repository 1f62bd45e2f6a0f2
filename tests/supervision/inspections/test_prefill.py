"""What the register knows, by the names that form files use."""

from datetime import date

import pytest

from associations.evaluation.models import Grade
from supervision.inspections.prefill import facts_of
from tests import factories
from tests.people import makers
from tests.personas import Province

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def test_facts_are_each_associations_own_on_its_day(province: Province) -> None:
    """The statement is put together once: what differs from one question to the next must reach it each time."""
    registrars = province.registrar, province.city_registrar
    province.tea.assignments.filter(role="party_committee", ends_on=None).update(starts_on=date(2026, 2, 1))
    factories.make_assignment(province.tea, province.other_committee, "party_committee", ends_on=date(2026, 1, 31))
    tea, city = province.tea, province.city_tea
    bodies = [
        (facts["association.name"], facts["bodies.registrar"], facts["bodies.party_committee"])
        for facts in (facts_of(tea, date(2026, 1, 31)), facts_of(tea, date(2026, 2, 1)), facts_of(city, DAY))
    ]
    assert bodies == [
        (tea.name, registrars[0].name, province.other_committee.name),
        (tea.name, registrars[0].name, province.branch_committee.name),
        (city.name, registrars[1].name, None),
    ]


def test_facts_of_the_evaluation_and_the_contact_are_values_not_text(province: Province) -> None:
    Grade.objects.create(
        association=province.tea, level="4A", announced_on=date(2024, 1, 1), ends_on=date(2028, 12, 31)
    )
    makers.make_contact(province.tea, phone=makers.make_phone("13900001234"))
    facts = facts_of(province.tea, DAY)
    assert (facts["evaluation.grade"], facts["evaluation.valid_until"]) == ("4A", date(2028, 12, 31))
    assert facts["contacts.phone"] == "13900001234"
