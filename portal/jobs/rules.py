"""When a job's lease ends, who may take it, when its bell rings again. Pure: no database, no clock."""

from datetime import datetime, timedelta

# Why these figures: docs/decisions/0020-background-jobs.md.
LEASE = timedelta(seconds=100)
BEAT_EVERY = timedelta(seconds=20)
SWEEP_EVERY = timedelta(seconds=10)
RING_AGAIN_AFTER = timedelta(seconds=30)
TICK_EVERY = timedelta(seconds=60)
ATTEMPTS = 4

SWEEP_SILENT_AFTER = timedelta(seconds=60)
WORK_SILENT_AFTER = timedelta(seconds=180)


def lease_end(now: datetime) -> datetime:
    """Until when work taken or beaten now belongs to its worker."""
    return now + LEASE


def bell_before(now: datetime) -> datetime:
    """What waits and was last rung before this instant is rung again."""
    return now - RING_AGAIN_AFTER


def is_last_attempt(attempts: int) -> bool:
    """Whether a job that fails in its `attempts`-th run is given up."""
    return attempts >= ATTEMPTS


def is_worn_out(attempts: int) -> bool:
    """Whether every allowed run was cut short without an answer, so that this one must not begin."""
    return attempts > ATTEMPTS


def percent(done: int, total: int) -> int | None:
    """Progress in whole percent, never 100 before the end; None when the total is not known yet."""
    if total <= 0:
        return None
    return 100 if done >= total else min(99, done * 100 // total)


def is_silent(last: datetime | None, now: datetime, limit: timedelta) -> bool:
    """Whether a process that should give a sign of life has not given one within `limit`."""
    return last is None or now - last > limit
