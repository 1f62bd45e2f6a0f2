"""What a number may be: the kind of document must fit its form (R-003, R-004)."""

import pytest

from portal.people.enums import IdType
from portal.people.rules import kind_of, says_birthday
from tests.people.makers import id_number


@pytest.mark.parametrize(
    ("number", "given", "kind", "said"),
    [
        (id_number(1), "", IdType.RESIDENT, ""),
        (id_number(1), IdType.RESIDENT, IdType.RESIDENT, ""),
        ("E12345678", IdType.PASSPORT, IdType.PASSPORT, ""),
        ("E12345678", "", "", "不是居民身份证号码，须写明证件类型，例如「护照」"),
        ("E12345678", IdType.RESIDENT, "", "的形式不是居民身份证的号码，请核对号码或证件类型"),
        (id_number(1), IdType.PASSPORT, "", "的形式是居民身份证的号码，请核对证件类型"),
    ],
)
def test_kind_of_a_number(number: str, given: str, kind: str, said: str) -> None:
    assert kind_of(number, given) == (kind, said)


def test_only_a_residents_number_says_the_birthday() -> None:
    assert says_birthday(id_number(1))
    assert not says_birthday("E12345678")
