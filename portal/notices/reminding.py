"""On which days people are reminded, and how far a due date is away. Pure: no database, no clock."""

from collections.abc import Iterable
from datetime import date, timedelta


def days_from(text: str) -> tuple[int, ...]:
    """「-30,-7,0,7」 as numbers, in order. Raises ValueError for anything else: a configuration error."""
    return tuple(sorted({int(part) for part in text.split(",")}))


def reminding_dates(today: date, days: Iterable[int]) -> dict[date, int]:
    """Due dates whose reminder falls on today, with the distance in days (negative: before the due date)."""
    return {today - timedelta(days=distance): distance for distance in days}


def distance_text(distance: int, due: date) -> str:
    """还有 7 天（2026-03-31 截止）, 今天截止, 已逾期 7 天."""
    if distance < 0:
        return f"还有 {-distance} 天（{due.isoformat()} 截止）"
    return f"今天（{due.isoformat()}）截止" if not distance else f"已逾期 {distance} 天（{due.isoformat()} 截止）"
