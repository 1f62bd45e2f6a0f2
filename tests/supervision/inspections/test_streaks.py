"""The years before (R-033): pure."""

import pytest

from supervision.inspections.enums import InspectionState
from supervision.inspections.streaks import Outcome, PastYear, Streaks, outcome_of, prior_flags, streaks

State = InspectionState


@pytest.mark.parametrize(
    ("state", "conclusion", "is_over", "expected"),
    [
        (State.CONCLUDED, "basic", True, Outcome.BASIC),
        (State.EXEMPTED, "", True, Outcome.EXEMPTED),
        (State.WITH_REGISTRAR, "", True, Outcome.OPEN),
        (State.FILED_ELSEWHERE, "", True, Outcome.OPEN),
        (State.RETURNED, "", True, Outcome.MISSED),
        (State.NOT_STARTED, "", True, Outcome.MISSED),
        (State.NOT_STARTED, "", False, Outcome.OPEN),
    ],
)
def test_outcome_of_a_past_year(state: str, conclusion: str, is_over: bool, expected: Outcome) -> None:
    assert outcome_of(state, conclusion, is_over=is_over) == expected


def past(**years: Outcome) -> list[PastYear]:
    return [PastYear(int(name[1:]), outcome) for name, outcome in years.items()]


MISSED, FAILED, BASIC, PASSED = Outcome.MISSED, Outcome.FAILED, Outcome.BASIC, Outcome.PASSED


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], (0, 0, 0, 0)),
        (past(y2024=MISSED, y2025=MISSED), (2, 0, 0, 2)),  # R-033, example
        (past(y2024=MISSED, y2025=FAILED), (0, 1, 0, 2)),
        ([*past(y2025=MISSED), *past(y2025=Outcome.EXEMPTED)], (1, 0, 0, 1)),  # out of one round, missed in the other
        (past(y2023=MISSED, y2024=PASSED, y2025=MISSED), (1, 0, 0, 1)),
        (past(y2023=MISSED, y2025=MISSED), (1, 0, 0, 1)),  # nothing known of 2024
        (past(y2024=BASIC, y2025=BASIC), (0, 0, 2, 0)),
        (past(y2025=PASSED, y2026=MISSED), (0, 0, 0, 0)),  # the year itself does not count
    ],
)
def test_streaks_end_in_the_year_before(found: list[PastYear], expected: tuple[int, int, int, int]) -> None:
    one = streaks(found, 2026)
    assert (one.missed, one.failed, one.basic, one.failed_or_missed) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], ()),
        (past(y2025=PASSED), ()),
        (past(y2025=BASIC), ("2025 年度结论为基本合格，本年度应当提交整改报告。",)),
        (
            past(y2024=MISSED, y2025=MISSED),
            ("连续 2 年未参加年检，登记管理机关可依法处理。", "2025 年度未参加年检，本年度应当提交整改报告。"),
        ),
        (
            past(y2024=MISSED, y2025=FAILED),
            (
                "连续 2 年未参加年检或年检不合格，登记管理机关可依法处理。",
                "2025 年度结论为不合格，本年度应当提交整改报告。",
            ),
        ),
    ],
)
def test_flags_of_the_years_before(found: list[PastYear], expected: tuple[str, ...]) -> None:
    assert prior_flags(streaks(found, 2026), revoke_years=2) == expected


def test_nothing_is_asked_of_whoever_has_no_past() -> None:
    assert not Streaks().needs_rectification_report
