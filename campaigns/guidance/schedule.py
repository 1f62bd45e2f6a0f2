"""The schedule of a campaign (T-15): phases, steps and methods against the calendar. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

YEAR_MONTHS = 12
# More months than this are shown as quarters.
MOST_MONTHS = 18
QUARTER = 3


class SpanState(StrEnum):
    """Where a stretch of days lies on a day."""

    AHEAD = "未开始"
    RUNNING = "进行中"
    OVER = "已结束"


SPAN_TONES = {SpanState.AHEAD: "grey", SpanState.RUNNING: "blue", SpanState.OVER: "green"}


@dataclass(frozen=True, slots=True)
class Bucket:
    """A column of the schedule: a month or a quarter."""

    label: str
    first: date
    last: date

    def touches(self, starts_on: date, ends_on: date | None) -> bool:
        """Whether a stretch of days, open at its end, shares a day with the column."""
        return starts_on <= self.last and (ends_on is None or ends_on >= self.first)


def span_state(starts_on: date, ends_on: date | None, day: date) -> SpanState:
    """Where a stretch of days lies on a day; both ends are inclusive, an open end never passes."""
    if day < starts_on:
        return SpanState.AHEAD
    return SpanState.OVER if ends_on is not None and ends_on < day else SpanState.RUNNING


def last_shown(starts_on: date, ends_on: date | None, known: Iterable[date | None], day: date) -> date:
    """The last day the schedule shows: the campaign's, or of an open one a year past the last known day and today."""
    if ends_on is not None:
        return ends_on
    latest = max([starts_on, day, *(one for one in known if one is not None)])
    return date(latest.year, YEAR_MONTHS, 31)


def buckets(first: date, last: date) -> list[Bucket]:
    """Months from one day to another; quarters when there were too many months."""
    months = (last.year - first.year) * YEAR_MONTHS + last.month - first.month + 1
    width = 1 if months <= MOST_MONTHS else QUARTER
    year, month = first.year, first.month - (first.month - 1) % width
    found = []
    while date(year, month, 1) <= last:
        after = month + width
        following = date(year + (after > YEAR_MONTHS), after - YEAR_MONTHS if after > YEAR_MONTHS else after, 1)
        label = f"{year}年{month}月" if width == 1 else f"{year}年{(month - 1) // QUARTER + 1}季度"
        found.append(Bucket(label, date(year, month, 1), following - timedelta(days=1)))
        year, month = following.year, following.month
    return found
