from datetime import date

import pytest

from associations.registry.rules import (
    Responsibility,
    are_departments_set,
    clarity,
    is_active_on,
    is_responsibility_clear,
    newest_counted,
)

DAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("status", "status_on", "established_on", "is_active"),
    [
        ("active", None, None, True),
        ("active", None, date(2026, 6, 30), True),
        ("active", None, date(2026, 7, 1), False),
        ("preparing", None, None, False),
        ("preparing", date(2026, 7, 1), None, False),
        ("suspended", date(2026, 6, 30), None, False),
        ("suspended", date(2026, 7, 1), None, True),
        ("deregistered", date(2026, 6, 30), date(2001, 1, 1), False),
        ("deregistered", date(2026, 7, 1), date(2001, 1, 1), True),
        ("revoked", date(2026, 7, 1), None, True),
        ("revoked", None, None, False),
        ("deregistered", date(2026, 8, 1), date(2026, 7, 1), False),
    ],
)
def test_is_active_on_excludes_from_the_date_of_the_status(
    status: str, status_on: date | None, established_on: date | None, is_active: bool
) -> None:
    assert is_active_on(status, status_on, established_on, DAY) is is_active


@pytest.mark.parametrize(
    ("day", "months", "newest"),
    [
        (date(2026, 6, 30), 6, date(2025, 12, 31)),
        (date(2026, 6, 29), 6, date(2025, 12, 29)),
        (date(2027, 2, 28), 6, date(2026, 8, 31)),
        (date(2026, 6, 30), 0, date(2026, 6, 30)),
    ],
)
def test_newest_counted_is_the_last_day_that_is_old_enough(day: date, months: int, newest: date) -> None:
    assert newest_counted(day, months) == newest


def responsibility(mode: str = "decoupled", **facts: bool) -> Responsibility:
    given = {"has_supervising_unit": False, "has_regulator": True, "has_office": True, "has_officer": True} | facts
    return Responsibility(mode, **given)


@pytest.mark.parametrize(
    ("facts", "is_set", "is_clear"),
    [
        (responsibility(), True, True),
        (responsibility(has_regulator=False), False, False),
        (responsibility("dual"), False, False),
        (responsibility("dual", has_supervising_unit=True), True, True),
        (responsibility(has_office=False), True, False),
        (responsibility(has_officer=False), True, False),
    ],
)
def test_responsibility_is_clear_with_departments_office_and_officer(
    facts: Responsibility, is_set: bool, is_clear: bool
) -> None:
    assert are_departments_set(facts) is is_set
    assert is_responsibility_clear(facts) is is_clear
    assert clarity(facts) == ("clear" if is_clear else "partly" if is_set else "unclear")
