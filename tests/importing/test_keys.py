"""Keys taken before a record is written: nobody else gets them."""

import pytest

from associations.registry.models import Association
from portal.importing.keys import take
from portal.people.models import Person
from tests import factories

pytestmark = pytest.mark.django_db


def test_numbers_are_new_and_follow_each_other() -> None:
    before = factories.make_association().pk
    first, second = list(take(Association, 3)), list(take(Association, 2))
    assert first == [before + 1, before + 2, before + 3]
    assert second == [before + 4, before + 5]
    assert factories.make_association().pk == before + 6


def test_people_are_named_by_uuids_made_in_python() -> None:
    taken = take(Person, 2)
    assert len(set(taken)) == 2
    assert {one.version for one in taken} == {4}


def test_no_record_needs_no_key() -> None:
    assert list(take(Association, 0)) == []
