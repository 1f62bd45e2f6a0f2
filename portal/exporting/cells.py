"""A value as a cell: typed as text, number, date or yes/no, never as a formula. Pure."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django.utils import timezone

from portal.importing.partial import PartialDate

CELL_LIMIT = 32_767
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def typed(value: Any) -> str | int | float | dt.date | dt.datetime | None:
    """What a spreadsheet cell holds: numbers stay numbers, days stay days, everything else is text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return value if abs(value) < 10**15 else str(value)
    if isinstance(value, (float, Decimal)):
        return float(value)
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if isinstance(value, dt.date):
        return value.text if isinstance(value, PartialDate) else value
    return CONTROL.sub("", str(value))[:CELL_LIMIT]


def as_text(value: Any) -> str:
    """The cell as plain text: days in ISO form, decimals without an exponent."""
    cell = typed(value)
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, float):
        return f"{cell:.10f}".rstrip("0").rstrip(".")
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def for_csv(value: Any) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe; numbers keep their sign."""
    text = as_text(value)
    return f"'{text}" if isinstance(typed(value), str) and text.startswith(DANGEROUS) else text


def for_json(value: Any) -> Any:
    """Numbers and yes/no keep their type, days are ISO text, nothing is null."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, (float, Decimal)):
        return float(value)
    return as_text(value) or None
