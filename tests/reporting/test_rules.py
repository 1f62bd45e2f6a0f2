"""Numbers, periods and due dates."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.reporting.rules import (
    DuePeriod,
    LockFacts,
    due_periods,
    fingerprint,
    may_lock,
    month_of,
    next_due_at,
    run_number,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def test_run_number_reads_as_people_say_it() -> None:
    assert run_number("2026-11", 3, 1) == "BG-2026-11-003-v1"
    assert month_of(date(2026, 1, 31)) == "2026-01"


@pytest.mark.parametrize(
    ("created", "now", "expected"),
    [
        (at(2026, 10, 20), at(2026, 11, 1, 7, 59), []),
        (at(2026, 10, 20), at(2026, 11, 1, 8), ["2026-10"]),
        (at(2026, 10, 20), at(2026, 11, 22), ["2026-10"]),
        (at(2026, 11, 1, 8), at(2026, 11, 22), []),
        (at(2026, 11, 1, 7), at(2026, 11, 22), ["2026-10"]),
        (at(2026, 11, 20), at(2027, 2, 3), ["2026-11", "2026-12", "2027-01"]),
    ],
)
def test_due_periods_are_the_months_before_each_due_day(created: datetime, now: datetime, expected: list[str]) -> None:
    assert [period.period for period in due_periods(created, now, day=1, hour=8)] == expected


def test_due_period_ends_on_the_last_day_of_its_month() -> None:
    assert due_periods(at(2028, 2, 20), at(2028, 3, 5), day=5, hour=0) == [DuePeriod("2028-02", date(2028, 2, 29))]


@pytest.mark.parametrize("day", [0, 29, 31])
def test_due_periods_refuse_a_day_that_not_every_month_has(day: int) -> None:
    with pytest.raises(ValueError, match="every month"):
        due_periods(at(2026, 1, 1), at(2026, 2, 1), day=day, hour=0)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(2026, 11, 22), at(2026, 12, 1, 8)),
        (at(2026, 12, 1, 7, 59), at(2026, 12, 1, 8)),
        (at(2026, 12, 1, 8), at(2027, 1, 1, 8)),
    ],
)
def test_next_due_at_is_after_now(now: datetime, expected: datetime) -> None:
    assert next_due_at(now, day=1, hour=8) == expected


def test_fingerprint_is_the_same_for_the_same_question_only() -> None:
    first = fingerprint("coverage", {"a": 1, "b": 2}, date(2026, 11, 22), "department_admin", "province:None")
    assert first == fingerprint("coverage", {"b": 2, "a": 1}, date(2026, 11, 22), "department_admin", "province:None")
    assert first != fingerprint("coverage", {"a": 1, "b": 2}, date(2026, 11, 21), "department_admin", "province:None")


def test_only_the_newest_edition_is_signed() -> None:
    assert may_lock(LockFacts(has_successor=False)).allowed
    refused = may_lock(LockFacts(has_successor=True))
    assert (refused.allowed, refused.reason[:9]) == (False, "这一版已有更新的版")
