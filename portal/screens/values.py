"""How a value is written on a screen: one function per kind, the same text in lists, pages and printouts.

0, 未填报, 不适用 and 已脱敏 are four different things: a zero is a number, the other three are members of `Missing`,
and `None` (nothing is known, and nothing more can be said) is the dash.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Any, Protocol

from django.utils import timezone

from portal.importing.partial import PartialDate

DASH = "—"


class Missing(Enum):
    """Why there is no value."""

    NOT_REPORTED = "未填报"
    NOT_APPLICABLE = "不适用"
    MASKED = "已脱敏"

    @property
    def label(self) -> str:
        return self.value


class RateLike(Protocol):
    """What portal.regulations.rules.Rate offers; any exact fraction with its own display."""

    @property
    def numerator(self) -> int: ...

    @property
    def denominator(self) -> int: ...

    def display(self) -> str: ...


def number_text(value: int | Decimal | Missing | None, places: int | None = None) -> str:
    """1024 → 1,024; `places` fixes the decimals (half up); None → —; a Missing says why."""
    if value is None:
        return DASH
    if isinstance(value, Missing):
        return value.label
    if places is not None:
        value = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{value:,}"


def money_text(value: Decimal | int | Missing | None, unit: str = "元") -> str:
    """An amount kept in 元, written in 元 or 万元 with two decimals (half up), without the unit."""
    if value is None or isinstance(value, Missing):
        return number_text(value)
    if unit not in ("元", "万元"):
        raise ValueError(f"unit must be 元 or 万元, not {unit}")
    amount = Decimal(value) / 10000 if unit == "万元" else Decimal(value)
    return number_text(amount, 2)


def rate_text(value: RateLike | Missing | None, *, with_parts: bool = True) -> str:
    """91.9%（137/149）; a rate over nothing is —（0/0）."""
    if value is None or isinstance(value, Missing):
        return number_text(value)
    shown = value.display()
    if not with_parts:
        return shown
    return f"{shown}（{value.numerator:,}/{value.denominator:,}）"


def points_text(value: Decimal | Missing | None) -> str:
    """The change of a rate: Decimal("1.25") percentage points → 上升1.3个百分点; 0 → 持平."""
    if value is None or isinstance(value, Missing):
        return number_text(value)
    rounded = Decimal(value).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    if rounded == 0:
        return "持平"
    return f"{'上升' if rounded > 0 else '下降'}{abs(rounded)}个百分点"


def date_text(value: dt.date | Missing | None) -> str:
    """2025-11-22; 2025-11 or 2025 where no more is known."""
    if value is None or isinstance(value, Missing):
        return number_text(value)
    if isinstance(value, PartialDate):
        return value.text
    return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"


def start_text(starts_on: dt.date | None) -> str:
    """2025-01-01; an open start, since before our records, is 起始不详."""
    return date_text(starts_on) if starts_on else "起始不详"


def period_text(starts_on: dt.date | None, ends_on: dt.date | None) -> str:
    """2025-01-01 ～ 2025-12-31; an open end is 至今."""
    return f"{start_text(starts_on)} ～ {date_text(ends_on) if ends_on else '至今'}"


def datetime_text(value: dt.datetime | None, *, seconds: bool = False) -> str:
    """2025-11-22 15:02, in the portal's time zone; logs show seconds."""
    if value is None:
        return DASH
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return local.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def deadline_text(due_on: dt.date | None, today: dt.date) -> tuple[str, str]:
    """The words and the tone of a due date: 还有 12 天（06-30）, 今天到期, 已逾期 2 天."""
    if due_on is None:
        return "未定期限", "grey"
    days = (due_on - today).days
    if days < 0:
        return f"已逾期 {-days} 天", "red"
    if days == 0:
        return "今天到期", "amber"
    shown = f"{due_on.month:02d}-{due_on.day:02d}" if due_on.year == today.year else date_text(due_on)
    return f"还有 {days} 天（{shown}）", "amber" if days <= 7 else "grey"


def size_text(size: int) -> str:
    """A file size: 812 B, 12 KB, 1.2 MB."""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{Decimal(size) / 1024:.0f} KB"
    return f"{Decimal(size) / (1024 * 1024):.1f} MB"


def plain_value(value: Any) -> Any:
    """The typed value an export writes: numbers and dates stay what they are, words for what is missing."""
    if isinstance(value, Missing):
        return value.label
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        return datetime_text(value)
    if value is None or isinstance(value, int | Decimal | dt.date):
        return value
    if hasattr(value, "display") and hasattr(value, "numerator"):
        return rate_text(value)
    if hasattr(value, "label"):
        return str(value.label)
    return str(value)
