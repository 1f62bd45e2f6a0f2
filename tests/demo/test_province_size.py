"""At the size of a province nothing invented collides: keys are drawn as the loader draws them, without a database."""

from collections import Counter
from datetime import date

import pytest
from django.core.management import call_command

from associations.registry.models import Association
from portal.access.scoping import everything
from portal.home.demonstration.codes import PREFIXES, uscc
from portal.home.demonstration.establishment import FRESH
from portal.home.demonstration.people import Invented
from portal.home.demonstration.world import SCALES, World
from portal.people.models import Person

TODAY = date(2026, 3, 1)
# About 4,000 associations name 27,000 people; the ages are those of leaders, secretaries and members.
PEOPLE = 40_000
AGES = ((76, 45), (60, 30), (68, 35), (65, 28))


def test_no_two_invented_people_have_one_number() -> None:
    made = Invented(World(today=TODAY, scale=SCALES["province"]))
    people = [made.person(*AGES[serial % len(AGES)]) for serial in range(PEOPLE)]
    assert len({one.id_number_index for one in people}) == len({one.pk for one in people}) == PEOPLE
    # Three digits tell the people of one day apart, two of them a sex.
    assert max(made.born_on_day.values()) < 500
    assert max(Counter(one.born_on for one in people).values()) > 1


def test_no_two_invented_organisations_have_one_code() -> None:
    total = SCALES["province"].total
    codes = {uscc(kind, "430100", serial) for kind in PREFIXES for serial in range(2 * total)}
    assert len(codes) == len(PREFIXES) * 2 * total
    assert {len(code) for code in codes} == {18}


@pytest.mark.heavy
@pytest.mark.django_db
def test_the_province_loads() -> None:
    call_command("load_reference", verbosity=0)
    call_command("load_demo", scale="province", today=TODAY.isoformat(), verbosity=0)
    with everything("the test counts"):
        assert Association.objects.count() == SCALES["province"].total + len(FRESH)
        assert Person.objects.count() > 20_000
