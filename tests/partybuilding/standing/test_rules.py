"""Probation by R-091, and the other standings: every refusal, the worked example, the filter as the rule says."""

from datetime import date, timedelta

import pytest

from partybuilding.standing.enums import ProbationState
from partybuilding.standing.rules import (
    ProbationRules,
    contact_problem,
    conversion_problem,
    extension_problem,
    joined_by,
    may_decide,
    probation_end,
    probation_state,
    regular_end,
    restoring_problem,
)

RULES = ProbationRules(months=12, extension_least=6, extension_most=12, due_days=60)
JOINED, END = date(2026, 5, 20), date(2027, 5, 20)


def test_probation_is_a_year_from_the_congress() -> None:
    assert regular_end(JOINED, RULES) == END
    assert regular_end(date(2024, 2, 29), RULES) == date(2025, 2, 28)
    assert probation_end(None, None, RULES) is None
    assert probation_end(JOINED, date(2027, 11, 20), RULES) == date(2027, 11, 20)


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2027, 3, 20), ProbationState.RUNNING),
        (date(2027, 3, 21), ProbationState.DUE),
        (END, ProbationState.DUE),
        (date(2027, 5, 21), ProbationState.OVERDUE),
    ],
)
def test_states_around_the_end(on: date, state: ProbationState) -> None:
    assert probation_state(JOINED, None, on, RULES) == state
    assert probation_state(JOINED, date(2028, 5, 20), on, RULES) == ProbationState.RUNNING
    assert probation_state(None, None, on, RULES) == ProbationState.UNREPORTED


def test_joined_by_is_the_end_backwards_on_every_day() -> None:
    for number in range(1500):
        end = date(2024, 1, 1) + timedelta(days=number)
        last = joined_by(end, RULES)
        assert regular_end(last, RULES) <= end < regular_end(last + timedelta(days=1), RULES)


@pytest.mark.parametrize(
    ("decided", "approved", "full", "told"),
    [
        (date(2027, 5, 19), date(2027, 6, 1), END, "讨论转正早了"),
        (date(2027, 6, 1), date(2027, 5, 31), END, "审批日期2027-05-31早于支部大会日期2027-06-01"),
        (date(2027, 6, 1), date(2027, 6, 20), date(2027, 5, 19), "转正日期2027-05-19应在"),
        (date(2027, 6, 1), date(2027, 6, 20), date(2027, 6, 21), "转正日期2027-06-21应在"),
        (END, END, END, ""),
    ],
)
def test_conversion_only_after_the_probation(decided: date, approved: date, full: date, told: str) -> None:
    problem = conversion_problem(END, decided, approved, full)
    assert (told in problem, bool(problem)) == (True, bool(told))


@pytest.mark.parametrize(
    ("before", "until", "approved", "told"),
    [
        (date(2027, 11, 20), date(2028, 5, 20), END, "只能延长一次"),
        (None, date(2027, 11, 19), END, "2027-11-20至2028-05-20，现在填的是2027-11-19"),
        (None, date(2028, 5, 21), END, "现在填的是2028-05-21"),
        (None, date(2028, 5, 20), date(2027, 5, 9), "审批日期2027-05-09早于支部大会日期2027-05-10"),
        (None, date(2028, 5, 20), END, ""),
    ],
)
def test_extension_once_and_by_half_a_year_to_a_year(
    before: date | None, until: date, approved: date, told: str
) -> None:
    problem = extension_problem(JOINED, before, until, date(2027, 5, 10), approved, RULES)
    assert (told in problem, bool(problem)) == (True, bool(told))


def test_a_temporary_branch_decides_nothing_about_members() -> None:
    assert may_decide("branch", "某支部")
    assert "不发展党员" in may_decide("temporary_branch", "某临时支部").reason


@pytest.mark.parametrize(
    ("suspended", "ended", "on", "told"),
    [
        (False, date(2026, 1, 1), JOINED, "没有停止党籍的记录"),
        (True, None, JOINED, "没有停止党籍的记录"),
        (True, date(2026, 6, 1), JOINED, "早于停止党籍的日期2026-06-02"),
        (True, date(2026, 1, 1), JOINED, ""),
    ],
)
def test_only_a_suspended_membership_is_restored(suspended: bool, ended: date | None, on: date, told: str) -> None:
    problem = restoring_problem(suspended, ended, on)
    assert (told in problem, bool(problem)) == (True, bool(told))


@pytest.mark.parametrize(
    ("is_lost", "wants", "starts", "told"),
    [
        (True, True, None, "不必重复登记"),
        (False, False, None, "没有登记失去联系"),
        (False, True, date(2026, 5, 21), "早于编入名册的日期2026-05-21"),
        (True, False, JOINED, ""),
        (False, True, None, ""),
    ],
)
def test_who_is_lost_once_is_found_once(is_lost: bool, wants: bool, starts: date | None, told: str) -> None:
    problem = contact_problem(is_lost, wants, starts, JOINED)
    assert (told in problem, bool(problem)) == (True, bool(told))
