"""Reading .xls (Excel 97-2003) through xlrd: values, merges, error cells, what is hidden, days of both calendars."""

import datetime as dt
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import xlrd

from portal.importing import limits, refusals
from portal.importing.pages import BUILT_IN_MONTHS, Page, Rows, as_shown, day, error, extend, shown_as

EMPTY, TEXT, NUMBER, DATE, BOOLEAN, ERROR, BLANK = range(7)


def pages(source: Path, name: str) -> Generator[Page]:
    """The sheets in the order of the workbook; raises ``FileRefused``.

    xlrd answers damage with whatever its own code trips over, so every exception of it means the same here.
    """
    with Path(os.devnull).open("w") as nowhere:
        try:
            book = xlrd.open_workbook(
                str(source), logfile=nowhere, formatting_info=True, on_demand=True, ragged_rows=True
            )
        except MemoryError:
            raise
        except Exception as damaged:
            if "encrypted" in str(damaged).casefold():
                raise refusals.encrypted(name) from damaged
            raise refusals.unreadable(name, "已损坏，或不是 Excel 97-2003 工作簿") from damaged
        for number in range(book.nsheets):
            try:
                sheet = book.sheet_by_index(number)
                yield _page(book, sheet)
            except (MemoryError, refusals.FileRefused, GeneratorExit):
                raise
            except Exception as damaged:
                raise refusals.unreadable(name, f"的第 {number + 1} 张工作表已损坏") from damaged
            book.unload_sheet(number)


def _page(book: Any, sheet: Any) -> Page:
    if sheet.ncols > limits.COLUMNS:
        raise refusals.too_large(
            f"工作表「{sheet.name}」有 {sheet.ncols} 列，超过 {limits.COLUMNS} 列上限", "请删除多余的列后重新上传。"
        )
    page = Page(name=sheet.name, rows=_rows(book, sheet), hidden=sheet.visibility != 0, is_1904=book.datemode == 1)
    page.merges = [[top + 1, left + 1, bottom, right] for top, bottom, left, right in sheet.merged_cells]
    for row in sorted(number for number, info in sheet.rowinfo_map.items() if info.hidden):
        if row < sheet.nrows:
            extend(page.hidden_rows, row + 1, row + 1)
    page.hidden_columns = sorted(
        number + 1 for number, info in sheet.colinfo_map.items() if info.hidden and number < sheet.ncols
    )
    return page


def _rows(book: Any, sheet: Any) -> Rows:
    formats = _telling_formats(book)
    for number in range(sheet.nrows):
        cells: list[Any] = []
        kinds, values = sheet.row_types(number), sheet.row_values(number)
        for column, (kind, value) in enumerate(zip(kinds, values, strict=True)):
            if kind in (EMPTY, BLANK):
                cells.append(None)
                continue
            how = formats.get(sheet.cell_xf_index(number, column), "") if formats and kind in (NUMBER, DATE) else ""
            cells.append(_cell(kind, value, how, book.datemode))
        yield cells


def _telling_formats(book: Any) -> dict[int, str]:
    """``{index of a cell style: what its number format does}`` for the few that matter."""
    found = {}
    for index, style in enumerate(book.xf_list):
        how = "month" if style.format_key in BUILT_IN_MONTHS else ""
        kept = book.format_map.get(style.format_key)
        how = shown_as(kept.format_str) if kept is not None and kept.format_str else how
        if how:
            found[index] = how
    return found


def _cell(kind: int, value: Any, how: str, calendar: int) -> Any:
    if kind == TEXT:
        return value if value.strip() else None
    if kind == BOOLEAN:
        return bool(value)
    if kind == ERROR:
        return error(xlrd.error_text_from_code.get(value, "#ERROR"))
    if kind == DATE:
        try:
            moment: dt.datetime = xlrd.xldate_as_datetime(value, calendar)
        except (ValueError, OverflowError, xlrd.xldate.XLDateError):
            return _number(value)
        if value < 1:
            return str(moment.time())
        whole: dt.date = moment if moment.time() != dt.time() else moment.date()
        told = as_shown(whole, how)
        return told if isinstance(told, str) else day(told)
    return as_shown(_number(value), how)


def _number(value: float) -> int | float:
    return int(value) if value.is_integer() and abs(value) < 1e15 else value
