"""Where a row stands in the person's own file: its number, and its sheet when several sheets are read as one. Pure.

A batch numbers its rows by one integer: the row itself on the first sheet, and on the n-th of several sheets the row
behind n steps of ``SHEET_STEP``.
"""

from collections.abc import Sequence

SHEET_STEP = 10_000_000
# As many as fit into the integer column.
MOST_SHEETS = 200


def place(sheet: int, row: int) -> int:
    """The number of ``row`` on the sheet with index ``sheet`` among those read."""
    return sheet * SHEET_STEP + row


def row_of(number: int, sheets: Sequence[str]) -> int:
    """The row as a person counts it."""
    return number % SHEET_STEP if len(sheets) > 1 else number


def sheet_of(number: int, sheets: Sequence[str]) -> str:
    """The name of its sheet, empty when only one was read."""
    return sheets[number // SHEET_STEP] if len(sheets) > 1 and number // SHEET_STEP < len(sheets) else ""


def say(number: int, sheets: Sequence[str]) -> str:
    """``第 5 行``, or ``「长沙」第 5 行`` when several sheets were read."""
    sheet = sheet_of(number, sheets)
    return f"{f'「{sheet}」' if sheet else ''}第 {row_of(number, sheets)} 行"
