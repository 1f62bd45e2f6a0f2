"""R-001 and R-002 with the worked examples of the rule book, and against python-stdnum."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from portal.importing import identifiers

VALID = [
    "51430000MJJ0000129",
    "52430100MJK1234524",
    "5344000050001234XT",
    "51110000500000015U",
    "51430000MJ9999999G",
]


@pytest.mark.parametrize("code", VALID)
def test_valid_codes_of_the_rule_book(code):
    assert identifiers.is_valid(code) is True
    assert identifiers.check_character(code) == code[-1]


@pytest.mark.parametrize(
    "code",
    ["51430000MJJ0000128", "51430000MJJ000012", "51430000MJJ00001299", "5143000OMJJ0000129", "51430A00MJJ0000129", ""],
)
def test_wrong_codes(code):
    assert identifiers.is_valid(code) is False


def test_departments_that_the_library_refuses_are_accepted():
    """Legal codes of A, N and Y have a letter first; positions 2 to 8 are digits."""
    assert identifiers.is_valid("N2430102MF1234567H") is True
    assert stdnum_uscc.is_valid("N2430102MF1234567H") is False


@given(
    st.integers(min_value=10_000_000, max_value=99_999_999),
    st.text(identifiers.ALPHABET, min_size=9, max_size=9),
)
def test_check_character_agrees_with_stdnum(leading, organization):
    body = f"{leading}{organization}"
    code = body + identifiers.check_character(body)
    assert identifiers.is_valid(code) is stdnum_uscc.is_valid(code) is True


@given(st.sampled_from(VALID), st.integers(0, 17), st.sampled_from(identifiers.ALPHABET))
def test_one_changed_character_is_always_found(code, place, character):
    changed = code[:place] + character + code[place + 1 :]
    assert identifiers.is_valid(changed) is (changed == code)


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("51100000500000015U", "national"),
        ("51430000MJJ0000129", "province"),
        ("52430100MJK1234524", "city"),
        ("51430104MJJ0000129", "county"),
    ],
)
def test_level_that_the_region_digits_suggest(code, level):
    assert identifiers.level_hint(code) == level


def test_characters_that_never_occur_are_named_once():
    assert identifiers.wrong_characters("51430000MJO00I012O") == ["O", "I"]
