from dataclasses import dataclass
from datetime import date

import pytest

from associations.evaluation.enums import GradeState
from associations.evaluation.rules import announced_on_day, grade_on, state_on, validity


@dataclass
class Announced:
    level: str
    announced_on: date
    starts_on: date | None
    ends_on: date | None


def announced(level: str, on: date, regime: str) -> Announced:
    held = validity(on, regime=regime, years=5)
    return Announced(level, on, held.starts_on, held.ends_on)


def test_validity_of_2026_runs_from_january_to_december_of_the_fifth_year() -> None:
    held = validity(date(2026, 6, 15), regime="2026", years=5)
    assert (held.starts_on, held.ends_on) == (date(2027, 1, 1), date(2031, 12, 31))


def test_validity_of_2010_runs_five_years_from_the_announcement() -> None:
    held = validity(date(2023, 11, 20), regime="2010", years=5)
    assert (held.starts_on, held.ends_on) == (date(2023, 11, 20), date(2028, 11, 19))


def test_validity_of_2010_starts_on_the_day_that_was_fixed() -> None:
    held = validity(date(2023, 11, 20), regime="2010", years=5, effective_on=date(2024, 1, 1))
    assert (held.starts_on, held.ends_on) == (date(2024, 1, 1), date(2028, 12, 31))


def test_validity_from_a_leap_day_ends_on_the_28th() -> None:
    assert validity(date(2024, 2, 29), regime="2010", years=5).ends_on == date(2029, 2, 28)


def test_validity_refuses_an_unknown_regime() -> None:
    with pytest.raises(ValueError, match="1998"):
        validity(date(2026, 6, 15), regime="1998", years=5)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 6, 14), None),
        (date(2026, 6, 15), GradeState.ANNOUNCED),
        (date(2026, 12, 31), GradeState.ANNOUNCED),
        (date(2027, 1, 1), GradeState.VALID),
        (date(2031, 12, 31), GradeState.VALID),
        (date(2032, 1, 1), GradeState.EXPIRED),
    ],
)
def test_state_on_a_day(day: date, state: GradeState | None) -> None:
    assert state_on(announced("4A", date(2026, 6, 15), "2026"), day) == state


def test_grade_on_continues_the_old_one_until_the_new_one_takes_effect() -> None:
    old = announced("3A", date(2022, 5, 10), "2010")
    new = announced("5A", date(2026, 6, 15), "2026")
    assert grade_on([old, new], date(2026, 8, 1)) == old
    assert announced_on_day([old, new], date(2026, 8, 1)) == new
    assert grade_on([old, new], date(2027, 1, 1)) == new
    assert announced_on_day([old, new], date(2027, 1, 1)) is None


def test_grade_on_is_none_between_expiry_and_the_first_day_of_the_next() -> None:
    old = announced("3A", date(2021, 5, 10), "2010")
    new = announced("4A", date(2026, 6, 15), "2026")
    assert old.ends_on == date(2026, 5, 9)
    assert grade_on([old, new], date(2026, 5, 10)) is None


def test_grade_on_takes_the_later_announcement_of_two_valid_ones() -> None:
    first = announced("3A", date(2022, 5, 10), "2010")
    upgraded = announced("4A", date(2024, 9, 1), "2010")
    assert grade_on([upgraded, first], date(2025, 1, 1)) == upgraded


def test_state_with_open_ends_is_valid() -> None:
    assert state_on(Announced("3A", date(2020, 1, 1), None, None), date(2040, 1, 1)) == GradeState.VALID
