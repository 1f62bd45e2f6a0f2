"""The figures of docs/decisions about jobs, at their edges."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.jobs import rules

NOW = datetime(2026, 6, 30, 1, 0, tzinfo=UTC)


def test_lease_end_and_one_sweep_are_within_two_minutes() -> None:
    assert rules.lease_end(NOW) == NOW + timedelta(seconds=100)
    assert (rules.LEASE + rules.SWEEP_EVERY).total_seconds() < 120


def test_beat_leaves_room_for_missed_beats() -> None:
    assert rules.LEASE >= 4 * rules.BEAT_EVERY


def test_bell_before_is_thirty_seconds_back() -> None:
    assert rules.bell_before(NOW) == NOW - timedelta(seconds=30)


@pytest.mark.parametrize(
    ("attempts", "is_last", "is_worn_out"), [(1, False, False), (3, False, False), (4, True, False), (5, True, True)]
)
def test_attempts_at_the_ceiling(attempts: int, is_last: bool, is_worn_out: bool) -> None:
    assert rules.is_last_attempt(attempts) is is_last
    assert rules.is_worn_out(attempts) is is_worn_out


@pytest.mark.parametrize(
    ("done", "total", "expected"),
    [(0, 0, None), (0, 3, 0), (1, 3, 33), (999, 1000, 99), (1000, 1000, 100), (5, 4, 100)],
)
def test_percent_is_never_full_before_the_end(done: int, total: int, expected: int | None) -> None:
    assert rules.percent(done, total) == expected


def test_is_silent_at_the_limit() -> None:
    limit = timedelta(seconds=60)
    assert rules.is_silent(None, NOW, limit) is True
    assert rules.is_silent(NOW - limit, NOW, limit) is False
    assert rules.is_silent(NOW - limit - timedelta(microseconds=1), NOW, limit) is True
