"""Reading .xlsx and .xlsm: values from python-calamine, what it cannot see from the sheets' XML. Macros never run."""

import datetime as dt
import zipfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from portal.importing import limits, refusals, sheetxml
from portal.importing.pages import UNKNOWN_FORMULA, Page, Rows, as_shown, day, error


def pages(source: Path, name: str) -> Generator[Page]:
    """The sheets in the order of the workbook; raises ``FileRefused``."""
    with zipfile.ZipFile(source) as archive:
        parts = {part.name: part for part in sheetxml.sheet_parts(archive, name)}
        sheetxml.check_strings(archive, name)
        is_1904 = sheetxml.counts_from_1904(archive, name)
        formats = sheetxml.telling_formats(archive, name)
        notes = {
            part.name: sheetxml.look_through(archive, part, name, formats)
            for part in parts.values()
            if part.path.startswith("xl/worksheets/")
        }
    try:
        workbook = CalamineWorkbook.from_path(str(source))
        for title in workbook.sheet_names:
            if title not in notes:
                continue
            sheet = workbook.get_sheet_by_name(title)
            seen = notes.pop(title)
            merges = [
                [top + 1, left + 1, bottom + 1, right + 1]
                for (top, left), (bottom, right) in (sheet.merged_cell_ranges or [])
                if left < limits.COLUMNS
            ]
            yield Page(
                name=title,
                rows=_rows(sheet, seen),
                merges=merges,
                hidden=parts[title].hidden,
                hidden_rows=seen.hidden_rows,
                hidden_columns=seen.hidden_columns,
                is_1904=is_1904,
            )
    except PasswordError as refused:
        raise refusals.encrypted(name) from refused
    except (CalamineError, ValueError) as damaged:
        raise refusals.unreadable(name, "已损坏，表格内容读不出来") from damaged


def _rows(sheet: Any, notes: sheetxml.SheetNotes) -> Rows:
    marks: dict[int, dict[int, str]] = {}
    for (row, column), text in notes.errors.items():
        marks.setdefault(row, {})[column] = text
    for row, column in notes.formulas_without_value:
        marks.setdefault(row, {})[column] = UNKNOWN_FORMULA
    formats: dict[int, list[tuple[int, str]]] = {}
    for (row, column), how in notes.formats.items():
        formats.setdefault(row, []).append((column, how))
    number = 0
    # The fast reader keeps empty rows above the data but leaves out empty columns to its left.
    left = [None] * (sheet.start[1] if sheet.start else 0)
    for number, values in enumerate(sheet.iter_rows(), start=1):
        if number in formats:
            for column, how in formats.pop(number):
                if 0 < column - len(left) <= len(values):
                    values[column - len(left) - 1] = as_shown(values[column - len(left) - 1], how)
        cells = left + [_cell(value) for value in values[: limits.COLUMNS]]
        if number in marks:
            _mark(cells, marks.pop(number))
        yield cells
    for late in range(number + 1, max(marks, default=0) + 1):
        cells = []
        _mark(cells, marks.pop(late, {}))
        yield cells


def _mark(cells: list[Any], errors: dict[int, str]) -> None:
    for column, text in errors.items():
        if column <= limits.COLUMNS:
            cells.extend([None] * (column - len(cells)))
            cells[column - 1] = error(text)


def _cell(value: Any) -> Any:
    if value == "":
        return None
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, (dt.datetime, dt.date)):
        return day(value)
    if isinstance(value, (dt.time, dt.timedelta)):
        return str(value)
    return value
