"""What a reader of one file format hands to the child process: a page (sheet) with its rows, and how cells are
written between the processes. Standard library only.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

DATE_MARK = "d"
ERROR_MARK = "e"
UNKNOWN_FORMULA = "#FORMULA"

QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
ZEROS = re.compile(r"^0{2,15}$")
# Format numbers that need no format text, as Chinese office software shows them: year and month only.
BUILT_IN_MONTHS = frozenset({17, 27, 36, 50, 52, 57})

Rows = Iterator[list[Any]]


@dataclass
class Page:
    """One sheet. ``rows`` is read once, from the first row of the sheet on, blank rows as empty lists; what is found
    on the way (merges, hidden rows) is complete when it has been read to its end. Rows and columns count from 1.
    """

    name: str
    rows: Iterable[list[Any]]
    merges: list[list[int]] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    encoding: str = ""
    is_1904: bool = False


def extend(ranges: list[tuple[int, int]], first: int, last: int) -> None:
    """Add rows ``first`` to ``last`` to ascending ranges."""
    if ranges and ranges[-1][1] >= first - 1:
        ranges[-1] = (ranges[-1][0], max(last, ranges[-1][1]))
    else:
        ranges.append((first, last))


def error(text: str) -> dict[str, str]:
    """A cell that shows an error."""
    return {ERROR_MARK: text}


def day(value: dt.date | dt.datetime) -> dict[str, str]:
    return {DATE_MARK: value.isoformat()}


def shown_as(code: str) -> str:
    """What a number format does to the sense of a value: ``month`` or ``year`` when it shows no more of a date,
    ``0…0`` when it pads a number with zeros, else nothing.
    """
    first = QUOTED.sub("", code).partition(";")[0].strip().casefold()
    if ZEROS.match(first):
        return first
    letters = set(first) & set("ymdhs")
    if "y" not in letters or letters & set("dhs"):
        return ""
    return "month" if "m" in letters else "year"


def as_shown(value: Any, how: str) -> Any:
    """``value`` as a person sees it under ``how`` of ``shown_as``; more than is seen is never dropped."""
    if isinstance(value, (dt.date, dt.datetime)):
        if value.day == 1 and how == "month":
            return value.strftime("%Y-%m")
        if value.day == value.month == 1 and how == "year":
            return value.strftime("%Y")
    elif how.startswith("0") and type(value) in (int, float) and 0 <= value < 1e15 and value == int(value):
        return str(int(value)).zfill(len(how))
    return value
