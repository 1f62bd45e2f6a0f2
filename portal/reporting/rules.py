"""Pure decisions of report runs: numbers, periods, due dates of schedules. No database, no clock."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal.access.decisions import ALLOWED, Decision

FIRST_DAY, LAST_DAY = 1, 28


@dataclass(frozen=True, slots=True)
class DuePeriod:
    """A month whose report is due: 「2026-11」, and the last day of that month."""

    period: str
    as_of: date


@dataclass(frozen=True, slots=True)
class LockFacts:
    """What decides whether a draft may be sent for review or signed; `blocks` are the report's own objections."""

    has_successor: bool
    needs_review: bool = False
    is_in_review: bool = False
    blocks: tuple[str, ...] = ()


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def run_number(month: str, series: int, edition: int) -> str:
    """BG-2026-11-003-v1: the third report of data of November 2026, first edition."""
    return f"BG-{month}-{series:03d}-v{edition}"


def fingerprint(key: str, params: Mapping[str, Any], as_of: date, role: str, scope: str, purpose: str = "") -> str:
    """The same for two requests that would give the same report, so that a double click builds it once."""
    text = json.dumps([key, params, as_of.isoformat(), role, scope, purpose], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def digest(stored: Mapping[str, Any]) -> str:
    """A report's stored figures as one number: a signed report whose figures were touched no longer fits it."""
    return hashlib.sha256(json.dumps(stored, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def due_periods(created_at: datetime, now: datetime, *, day: int, hour: int) -> list[DuePeriod]:
    """The months that a monthly schedule owes between its creation and `now`, oldest first.

    A schedule falls due on `day` at `hour` of each month (local times, same time zone) and then reports the month
    before. Falls missed during an outage are owed as well. Days beyond 28 do not exist in every month: ValueError.
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"day {day} does not exist in every month")
    owed = []
    year, month = created_at.year, created_at.month
    while (year, month) <= (now.year, now.month):
        due_at = now.replace(year=year, month=month, day=day, hour=hour, minute=0, second=0, microsecond=0)
        if created_at < due_at <= now:
            last = date(year, month, 1) - timedelta(days=1)
            owed.append(DuePeriod(month_of(last), last))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return owed


def next_due_at(now: datetime, *, day: int, hour: int) -> datetime:
    """When a monthly schedule falls due next, after `now` (local)."""
    due_at = now.replace(day=day, hour=hour, minute=0, second=0, microsecond=0)
    if due_at > now:
        return due_at
    year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)
    return due_at.replace(year=year, month=month)


def may_lock(facts: LockFacts) -> Decision:
    """Only the newest edition is signed: an older one has been corrected."""
    if facts.has_successor:
        return Decision(False, "这一版已有更新的版本，不能再签发。请打开最新一版，核对后签发。")
    if facts.needs_review and not facts.is_in_review:
        return Decision(False, "这种报告先送审，后签发。请核对后按「送审」。")
    if facts.blocks:
        return Decision(False, "".join(facts.blocks))
    return ALLOWED


def may_send(facts: LockFacts) -> Decision:
    """The newest edition of a report that is reviewed goes to review; objections are shown there, not here."""
    if not facts.needs_review:
        return Decision(False, "这种报告不需要送审，核对后可以直接签发。")
    if facts.has_successor:
        return Decision(False, "这一版已有更新的版本，不能再送审。请打开最新一版。")
    return ALLOWED
