"""Yearly reviews and reports: the worked examples of R-088 and R-096."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from partybuilding.appraisal.enums import ReviewState
from partybuilding.appraisal.rules import (
    RaterFacts,
    ReviewFacts,
    ReviewRules,
    day_after_year,
    grading_problem,
    may_rate,
    most_excellent,
    owes_year,
    review_problem,
    review_remarks,
    review_state,
    sections_problem,
    share_text,
    year_problem,
)

RULES = ReviewRules(Fraction(1, 3), Fraction(95, 100), "01-31")
TEN: dict[str, int] = {
    "member_count": 11,
    "probationary_count": 1,
    "participant_count": 11,
    "excellent_count": 3,
    "competent_count": 7,
    "basic_count": 0,
    "failing_count": 0,
}


@pytest.mark.parametrize(("graded", "most"), [(0, 0), (2, 0), (3, 1), (10, 3), (11, 3), (12, 4)])
def test_a_third_may_be_excellent(graded: int, most: int) -> None:
    assert most_excellent(graded, RULES.excellent_share) == most


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("", {}),
        ("review.excellent", {"excellent_count": 4, "competent_count": 6}),
        ("review.probationary", {"competent_count": 8}),
        ("review.counts", {"participant_count": 12}),
        ("review.counts", {"probationary_count": 12}),
        ("review.counts", {"member_count": 0, "probationary_count": 0, "participant_count": 0}),
        ("review.none", {"excellent_count": 0, "competent_count": 0}),
    ],
)
def test_what_a_review_is_held_to(code: str, changes: dict[str, int]) -> None:
    """R-088: ten graded, three 优秀 at most; a fourth is refused; probationary members get no grade."""
    found = review_problem(ReviewFacts(**TEN | changes), RULES)
    assert (found.code if found else "") == code


def test_the_refusal_names_the_present_number_and_the_limit() -> None:
    found = review_problem(ReviewFacts(**TEN | {"excellent_count": 4, "competent_count": 6}), RULES)
    assert found is not None
    assert found.text == "评定等次10人，优秀4人，超过评定人数的 1/3。优秀最多3人，请重新核定。"


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({}, 0),
        ({"participant_count": 10}, 1),
        ({"competent_count": 6}, 1),
        ({"member_count": 20, "participant_count": 19}, 1),
    ],
)
def test_what_is_remarked_on_a_review(changes: dict[str, int], number: int) -> None:
    """Nineteen of twenty are exactly 95 %."""
    assert len(review_remarks(ReviewFacts(**TEN | changes), RULES)) == number


def test_a_probationary_member_graded_by_name_is_refused() -> None:
    names = {"1": "甲", "2": "乙"}
    states = {"1": "full", "2": "probationary"}
    assert grading_problem({"1": "excellent", "2": ""}, states, names) is None
    found = grading_problem({"1": "competent", "2": "competent"}, states, names)
    assert found is not None
    assert "乙是预备党员" in found.text


@pytest.mark.parametrize(
    ("year", "day", "first", "code"),
    [
        (2025, date(2025, 12, 20), None, ""),
        (2025, date(2026, 1, 20), date(2020, 1, 1), ""),
        (2025, date(2024, 12, 31), None, "appraisal.year"),
        (2025, date(2027, 1, 1), None, "appraisal.year"),
        (2025, date(2025, 5, 1), date(2025, 6, 1), "appraisal.before"),
        (2025, date(2026, 5, 1), date(2026, 2, 1), "appraisal.before"),
    ],
)
def test_the_day_belongs_to_the_year(year: int, day: date, first: date | None, code: str) -> None:
    found = year_problem(year, day, first, "民主评议")
    assert (found.code if found else "") == code


@pytest.mark.parametrize(
    ("done", "day", "expected"),
    [
        (True, date(2027, 3, 1), ReviewState.DONE),
        (False, date(2026, 1, 31), ReviewState.COMING),
        (False, date(2026, 2, 1), ReviewState.OVERDUE),
    ],
)
def test_a_review_is_overdue_after_its_last_day(done: bool, day: date, expected: ReviewState) -> None:
    assert review_state(done, 2025, day, "01-31") == expected
    assert day_after_year(2025, "01-31") == date(2026, 1, 31)


def test_only_a_whole_year_is_owed() -> None:
    assert owes_year(None, 2025)
    assert owes_year(date(2025, 1, 1), 2025)
    assert not owes_year(date(2025, 1, 2), 2025)


@pytest.mark.parametrize(
    ("facts", "is_allowed", "words"),
    [
        (RaterFacts("organization", "行业党委", True), True, ""),
        (RaterFacts("organization", "行业党委", False), False, "上一级综合（行业）党委「行业党委」"),
        (RaterFacts("committee", "两新工委", False), False, "上一级“两新”工委「两新工委」"),
        (RaterFacts("organization", "", False), False, "还没有明确上一级党委"),
    ],
)
def test_who_rates_a_report(facts: RaterFacts, is_allowed: bool, words: str) -> None:
    """R-096: the level above, nobody else."""
    found = may_rate(facts)
    assert bool(found) == is_allowed
    assert words in found.reason


def test_every_section_is_written() -> None:
    """P-28: 党建引领改革发展 is one of them."""
    sections: list[tuple[str, Any]] = [("履职情况", "已履职"), ("党建引领改革发展情况", " ")]
    found = sections_problem(sections)
    assert found is not None
    assert found.text.startswith("「党建引领改革发展情况」没有填写")
    assert sections_problem(sections[:1]) is None


def test_a_share_in_words() -> None:
    assert (share_text(Fraction(1, 3)), share_text(Fraction(19, 20))) == ("评定人数的 1/3", "95%")
