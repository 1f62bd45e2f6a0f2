"""Masks: enough to tell two people apart, too little to rebuild a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.privacy.masks import has_number, mask_for, mask_id_number, mask_phone, mask_text


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("99000019560101001X", "99**************1X"),
        ("990000560101001", "99***********01"),
        ("E12345678", "E********"),
        ("", ""),
    ],
)
def test_id_number_is_masked(number: str, shown: str) -> None:
    assert mask_id_number(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800138000", "138****8000"),
        ("+86 138 0013 8000", "+86 138 **** 8000"),
        ("0731-84567890", "0731-****7890"),
        ("84567890", "****7890"),
        ("12345", "***45"),
        ("", ""),
    ],
)
def test_phone_is_masked(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


def test_numbers_inside_text_are_masked() -> None:
    assert (
        mask_text("会长99000019560101001X，电话13800138000；代码 51430000MJ0123456X，文号〔2026〕12号")
        == "会长99**************1X，电话138****8000；代码 51430000MJ0123456X，文号〔2026〕12号"
    )


@given(st.from_regex(r"\A\d{17}[\dX]\Z"))
def test_masked_id_number_keeps_four_characters(number: str) -> None:
    shown = mask_id_number(number)
    assert len(shown) == len(number)
    assert sum(character != "*" for character in shown) == 4
    assert mask_text(f"号{number}。") == f"号{shown}。"


def test_unknown_personal_column_shows_nothing() -> None:
    assert mask_for("bank_account")("6222000011112222") == "***"
    assert mask_for("phone")("13800138000") == "138****8000"


@pytest.mark.parametrize(
    ("text", "is_personal"),
    [
        ("43000019560101001X", True),
        ("430000560101001", True),
        ("老王138 1234 5678", True),
        ("514300005000000018", False),
        ("91430000MA4L0ABC1A", False),
        ("2026-01-01", False),
        ("0731-84567890", False),
        ("茶业协会", False),
    ],
)
def test_a_number_that_must_not_stay_is_told_from_a_credit_code(text: str, is_personal: bool) -> None:
    assert has_number(text) is is_personal
