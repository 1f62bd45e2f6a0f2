from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.regulations.rules import (
    ConfigurationError,
    Deadline,
    PointChange,
    Rate,
    WorkCalendar,
    add_months,
    age,
    period_end_legal,
    rounded_half_up,
    term_end,
)

# The parts of the 2026 notice that the examples touch; 2027 stands for a year that is not yet published.
CALENDAR = WorkCalendar(
    exceptions={
        date(2026, 2, 28): True,
        date(2026, 5, 9): True,
        **{date(2026, 10, day): False for day in range(1, 8)},
        date(2027, 1, 1): False,
    },
    years={2026: False, 2027: True},
)
dates = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))
counts = st.integers(min_value=0, max_value=10**6)


def test_add_working_days_counts_from_the_next_day() -> None:
    assert CALENDAR.add_working_days(date(2026, 6, 1), 5) == Deadline(date(2026, 6, 8))


def test_add_working_days_counts_a_worked_saturday() -> None:
    assert CALENDAR.add_working_days(date(2026, 5, 8), 1) == Deadline(date(2026, 5, 9))


def test_add_working_days_over_a_holiday_skips_it() -> None:
    assert CALENDAR.add_working_days(date(2026, 9, 30), 1) == Deadline(date(2026, 10, 8))


def test_add_working_days_into_a_provisional_year_says_so() -> None:
    deadline = CALENDAR.add_working_days(date(2026, 12, 31), 1)
    assert deadline == Deadline(date(2027, 1, 4), is_provisional=True)
    assert deadline.display() == "2027-01-04（暂定）"


def test_add_working_days_in_a_missing_year_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="工作日历中没有2028年"):
        CALENDAR.add_working_days(date(2027, 12, 31), 1)


def test_add_working_days_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one working day"):
        CALENDAR.add_working_days(date(2026, 6, 1), 0)


def test_deadline_of_a_published_year_shows_the_date_alone() -> None:
    assert Deadline(date(2026, 6, 8)).display() == "2026-06-08"


@pytest.mark.parametrize(("on", "years"), [(date(2026, 3, 14), 69), (date(2026, 3, 15), 70), (date(2026, 12, 31), 70)])
def test_age_changes_on_the_birthday(on: date, years: int) -> None:
    assert age(date(1956, 3, 15), on) == years


@pytest.mark.parametrize(("on", "years"), [(date(2026, 2, 28), 69), (date(2026, 3, 1), 70), (date(2028, 2, 29), 72)])
def test_age_of_one_born_on_leap_day_changes_on_the_first_of_march(on: date, years: int) -> None:
    assert age(date(1956, 2, 29), on) == years


@given(born=dates, days=st.integers(0, 30000))
def test_age_never_falls_from_one_day_to_the_next(born: date, days: int) -> None:
    on = born + timedelta(days=days)
    assert age(born, on + timedelta(days=1)) - age(born, on) in (0, 1)


@pytest.mark.parametrize(
    ("start", "unit", "end"),
    [
        (date(2026, 5, 20), {"months": 3}, date(2026, 8, 20)),
        (date(2026, 1, 31), {"months": 1}, date(2026, 2, 28)),
        (date(2026, 4, 10), {"days": 30}, date(2026, 5, 11)),
        (date(2026, 9, 1), {"days": 30}, date(2026, 10, 8)),
        (date(2025, 6, 1), {"years": 1}, date(2026, 6, 1)),
    ],
)
def test_period_end_legal_follows_the_civil_code(start: date, unit: dict[str, int], end: date) -> None:
    assert period_end_legal(start, calendar=CALENDAR, **unit) == Deadline(end)


def test_period_end_legal_in_a_provisional_year_says_so() -> None:
    assert period_end_legal(date(2026, 12, 1), calendar=CALENDAR, months=1) == Deadline(date(2027, 1, 4), True)


@pytest.mark.parametrize("unit", [{}, {"days": 1, "months": 1}, {"days": -1}, {"months": -1, "days": 3}])
def test_period_end_legal_with_other_than_one_unit_is_refused(unit: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        period_end_legal(date(2026, 1, 1), calendar=CALENDAR, **unit)


@given(start=st.dates(date(2026, 1, 1), date(2026, 12, 31)), days=st.integers(1, 300))
def test_period_end_legal_is_worked_and_never_early(start: date, days: int) -> None:
    end = period_end_legal(start, calendar=CALENDAR, days=days)
    assert CALENDAR.is_working_day(end.on)
    assert end.on >= start + timedelta(days=days)


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        (date(2021, 5, 20), 5, date(2026, 5, 19)),
        (date(2020, 2, 29), 5, date(2025, 2, 28)),
        (date(2020, 2, 29), 4, date(2024, 2, 28)),
        (date(2023, 7, 1), 3, date(2026, 6, 30)),
        (date(2023, 11, 20), 5, date(2028, 11, 19)),
        (date(2021, 3, 1), 3, date(2024, 2, 29)),
    ],
)
def test_term_end_is_the_day_before_the_anniversary(start: date, years: int, end: date) -> None:
    assert term_end(start, years) == end


def test_term_end_of_no_years_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one year"):
        term_end(date(2026, 1, 1), 0)


@given(start=dates, years=st.integers(1, 10))
def test_two_terms_in_a_row_leave_no_gap(start: date, years: int) -> None:
    following = term_end(start, years) + timedelta(days=1)
    assert following.year == start.year + years
    assert (following.month, following.day) in ((start.month, start.day), (2, 29), (3, 1))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [(date(2026, 12, 31), 2, date(2027, 2, 28)), (date(2026, 3, 31), -1, date(2026, 2, 28))],
)
def test_add_months_without_a_corresponding_day_ends_the_month(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown", "reached"),
    [(9079, 10100, "89.9%", False), (9089, 10100, "90.0%", False), (9090, 10100, "90.0%", True)],
)
def test_rate_is_rounded_for_show_and_compared_exactly(
    numerator: int, denominator: int, shown: str, reached: bool
) -> None:
    rate = Rate(numerator, denominator)
    assert (rate.display(), rate.reaches(Decimal("0.9"))) == (shown, reached)


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (137, 149, "91.9%"),
        (147, 149, "98.7%"),
        (100, 149, "67.1%"),
        (100, 104, "96.2%"),
        (14, 22, "63.6%"),
        (1, 2000, "0.1%"),
        (1020, 1000, "102.0%"),
        (0, 5, "0.0%"),
        (5, 5, "100.0%"),
    ],
)
def test_rate_display_has_one_decimal_half_up(numerator: int, denominator: int, shown: str) -> None:
    assert Rate(numerator, denominator).display() == shown


def test_rate_display_without_decimals_rounds_the_fraction_once() -> None:
    assert Rate(137, 149).display(0) == "92%"


def test_rate_without_a_denominator_is_a_dash() -> None:
    rate = Rate(0, 0)
    assert (rate.value, rate.display(), rate.reaches(Decimal("0.9")), rate.missing(1)) == (None, "—", None, 0)


def test_rate_of_negative_counts_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        Rate(-1, 3)


def test_rate_target_as_float_is_refused() -> None:
    with pytest.raises(TypeError, match="exact number"):
        Rate(9, 10).reaches(0.9)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("numerator", "denominator", "target", "missing"),
    [(6, 6, Decimal(1), 0), (15, 20, Decimal("0.8"), 1), (31, 50, Decimal("0.6"), 0), (137, 149, Fraction(23, 25), 1)],
)
def test_rate_missing_says_how_many_more(numerator: int, denominator: int, target: Decimal, missing: int) -> None:
    assert Rate(numerator, denominator).missing(target) == missing


@given(numerator=counts, denominator=counts, target=st.fractions(0, 1))
def test_rate_reaches_exactly_when_nothing_is_missing(numerator: int, denominator: int, target: Fraction) -> None:
    rate = Rate(numerator, denominator)
    if denominator:
        assert rate.reaches(target) is (rate.missing(target) == 0)


@given(value=st.fractions(-1000, 1000), places=st.integers(0, 4))
def test_rounded_half_up_is_within_half_a_unit(value: Fraction, places: int) -> None:
    assert abs(Fraction(rounded_half_up(value, places)) - value) <= Fraction(1, 2 * 10**places)


@pytest.mark.parametrize(("value", "shown"), [("0.05", "0.1"), ("-0.05", "-0.1"), ("2.25", "2.3"), ("2.35", "2.4")])
def test_rounded_half_up_takes_halves_away_from_zero(value: str, shown: str) -> None:
    assert str(rounded_half_up(Fraction(value), 1)) == shown


@pytest.mark.parametrize(
    ("now", "then", "shown", "words"),
    [
        (Rate(147, 149), Rate(137, 149), "+6.7个百分点", "上升6.7个百分点"),
        (Rate(137, 149), Rate(147, 149), "-6.7个百分点", "下降6.7个百分点"),
        (Rate(1, 2), Rate(2, 4), "持平", "持平"),
        (Rate(5001, 10000), Rate(1, 2), "+0.0个百分点", "上升不足0.1个百分点"),
        (Rate(1, 2), Rate(0, 0), "—", "—"),
        (Rate(0, 0), Rate(1, 2), "—", "—"),
    ],
)
def test_rate_change_is_in_percentage_points(now: Rate, then: Rate, shown: str, words: str) -> None:
    change = now.change_from(then)
    assert (change.display(), change.words()) == (shown, words)


def test_point_change_is_computed_before_rounding() -> None:
    assert Rate(147, 149).change_from(Rate(137, 149)) == PointChange(Fraction(1000, 149))
