"""Steps, suggestion and samples: pure."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from supervision.inspections.enums import Conclusion, InspectionState, Stage
from supervision.inspections.issues import Issue, issues_of
from supervision.inspections.transitions import (
    TRANSITIONS,
    ReviewFacts,
    may_amend,
    may_conclude,
    may_go_on,
    may_reconsider,
    may_record,
    may_return,
)
from supervision.reviews.rules import may_batch, sample, suggest

State = InspectionState


def test_only_the_registrar_and_the_record_with_a_number_lead_to_a_conclusion() -> None:
    concluding = {one.name for one in TRANSITIONS if one.target == State.CONCLUDED}
    assert concluding == {"conclude", "record_conclusion", "amend_conclusion"}


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        (ReviewFacts(), True),
        (ReviewFacts(remark_count=0, comment="请补"), True),
        (ReviewFacts(remark_count=1, comment=""), True),
        (ReviewFacts(remark_count=0, comment="  "), False),
    ],
)
def test_return_says_what_to_mend(facts: ReviewFacts, allowed: bool) -> None:
    assert bool(may_return(facts)) == allowed


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        (ReviewFacts(), True),
        (ReviewFacts(remark_count=1), False),
        (ReviewFacts(conclusion=""), False),
        (ReviewFacts(conclusion="passed", reason=""), True),
        (ReviewFacts(conclusion="basic", reason=" "), False),
        (ReviewFacts(conclusion="failed", reason="逾期未换届"), True),
        (ReviewFacts(conclusion="failed"), True),
    ],
)
def test_conclusion_other_than_passed_has_its_reason(facts: ReviewFacts, allowed: bool) -> None:
    assert bool(may_conclude(facts)) == allowed


def test_record_needs_a_number_and_amending_leaves_decisions_alone() -> None:
    assert not may_record(ReviewFacts(conclusion="passed", number=" ", reason=""))
    assert may_record(ReviewFacts(conclusion="passed", number="湘民年检〔2026〕1号", reason=""))
    assert not may_amend(ReviewFacts(conclusion="passed", number="1号", is_by_account=True))
    assert may_amend(ReviewFacts(conclusion="passed", number="1号", is_by_account=False))


def test_reconsidering_needs_what_was_handed_in_and_a_reason() -> None:
    assert not may_reconsider(ReviewFacts(is_submitted=False, reason="有误"))
    assert not may_reconsider(ReviewFacts(is_submitted=True, reason=" "))
    assert may_reconsider(ReviewFacts(is_submitted=True, reason="举报属实"))
    assert may_go_on(ReviewFacts(remark_count=0))


SEVERITIES = {"overdue_election": "minor", "party_not_established": "minor", "illegal_fee": "major"}


def test_issues_are_findings_that_a_list_names() -> None:
    findings = [("R-051", "逾期未换届"), ("R-080", "章程没有党建内容"), ("R-053", "有负责人超龄")]
    assert issues_of(findings, SEVERITIES) == (Issue("overdue_election", "minor", "逾期未换届"),)


@pytest.mark.parametrize(
    ("issues", "expected"),
    [
        ([], Conclusion.PASSED),
        ([Issue("overdue_election", "minor", "逾期未换届")], Conclusion.BASIC),
        (
            [Issue("overdue_election", "minor", "逾期未换届"), Issue("illegal_fee", "major", "违规收费")],
            Conclusion.FAILED,
        ),
    ],
)
def test_suggestion_follows_the_gravest_issue(issues: Sequence[Issue], expected: Conclusion) -> None:
    found = suggest(issues)
    assert found.conclusion == expected
    assert found.reasons


def test_suggestion_gives_the_reasons_of_its_own_level_only() -> None:
    issues = [Issue("a", "minor", "甲"), Issue("b", "major", "乙")]
    assert suggest(issues).reasons == ("乙",)


FIT = {
    "state": State.WITH_SUPERVISOR,
    "stage": Stage.SUPERVISOR,
    "stage_state": State.WITH_SUPERVISOR,
    "flag_count": 0,
    "remark_count": 0,
    "sampled_stage": "",
}


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ({}, True),
        ({"sampled_stage": "committee"}, True),
        ({"state": State.WITH_COMMITTEE}, False),
        ({"flag_count": 1}, False),
        ({"remark_count": 1}, False),
        ({"sampled_stage": "supervisor"}, False),
        ({"issues": [Issue("overdue_election", "minor", "逾期未换届")]}, False),
    ],
)
def test_batch_takes_only_what_nobody_flagged(given: dict[str, object], allowed: bool) -> None:
    assert bool(may_batch(**FIT | given)) == allowed  # type: ignore[arg-type]


def test_sample_is_a_share_rounded_up_and_the_same_each_time() -> None:
    drawn = sample(range(1, 31), seed="1:supervisor", share=Decimal("0.1"))
    assert len(drawn) == 3
    assert drawn == sample(reversed(range(1, 31)), seed="1:supervisor", share=Decimal("0.1"))
    assert drawn != sample(range(1, 31), seed="1:committee", share=Decimal("0.1"))
    assert len(sample([7], seed="x", share=Decimal("0.1"))) == 1
    assert sample([], seed="x", share=Decimal("0.1")) == frozenset()


def test_whoever_was_drawn_is_drawn_again_from_a_smaller_batch() -> None:
    first = sample(range(1, 21), seed="s", share=Decimal("0.05"))
    assert sample({*range(5), *first} - {0}, seed="s", share=Decimal("0.05")) == first
