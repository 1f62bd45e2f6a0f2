"""R-094: hours and gaps; what a session and an attendance may be; pasted lists."""

from datetime import date
from decimal import Decimal

import pytest

from partybuilding.training.enums import HoursState
from partybuilding.training.rules import (
    HoursRules,
    Line,
    attendance_problem,
    gap,
    hours_state,
    parse_line,
    required_hours,
    session_problem,
)

RULES = HoursRules(Decimal(32), Decimal(56), 1)
TODAY = date(2026, 6, 30)


def test_worked_example_of_the_gap() -> None:
    assert gap(Decimal(30), required_hours(False, RULES)) == 2
    assert gap(Decimal("32.5"), required_hours(False, RULES)) == 0
    assert required_hours(True, RULES) == 56


@pytest.mark.parametrize(
    ("hours", "central", "is_team", "state"),
    [
        ("31.9", 0, False, HoursState.SHORT),
        ("32", 0, False, HoursState.MET),
        ("55.9", 2, True, HoursState.SHORT),
        ("56", 0, True, HoursState.CENTRAL),
        ("56", 1, True, HoursState.MET),
    ],
)
def test_states_of_a_year(hours: str, central: int, is_team: bool, state: HoursState) -> None:
    assert hours_state(Decimal(hours), central, is_team, RULES) == state


@pytest.mark.parametrize(
    ("starts", "ends", "hours", "told"),
    [
        (date(2026, 6, 2), date(2026, 6, 1), "8", "早于开始日期"),
        (date(2026, 6, 29), date(2026, 7, 1), "8", "还没有办完"),
        (date(2026, 6, 1), date(2026, 6, 2), "24.5", "不超过24"),
        (date(2026, 6, 1), date(2026, 6, 1), "0", "应大于0"),
        (date(2026, 6, 29), TODAY, "24", ""),
    ],
)
def test_sessions(starts: date, ends: date, hours: str, told: str) -> None:
    problem = session_problem(starts, ends, Decimal(hours), TODAY)
    assert (told in problem, bool(problem)) == (True, bool(told))


@pytest.mark.parametrize(("hours", "told"), [("8.5", "超过本次培训的8学时"), ("0", "应大于0"), ("8", ""), ("0.5", "")])
def test_nobody_attends_longer_than_the_training(hours: str, told: str) -> None:
    problem = attendance_problem("王明", Decimal(hours), Decimal(8))
    assert (told in problem, bool(problem)) == (True, bool(told))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("王明", Line("王明", "", None)),
        ("王明\t8", Line("王明", "", Decimal(8))),
        ("王明，茶业协会支部，7.5", Line("王明", "茶业协会支部", Decimal("7.5"))),
        ("王明 茶业协会支部", Line("王明", "茶业协会支部", None)),
        ("  ", None),
    ],
)
def test_lines_as_pasted(text: str, line: Line | None) -> None:
    assert parse_line(text) == line
