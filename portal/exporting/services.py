"""One writer for every list that leaves the portal. No database, no clock: the caller brings rows and notes."""

import csv
import datetime as dt
import io
import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from portal.access.decisions import Refused
from portal.exporting.cells import for_csv, for_json, typed

AT_ONCE = 5_000
MEASURED_ROWS = 200
WIDEST, NARROWEST = 48, 6
SHEET_NAME_LIMIT = 31
SHEET_NAME_BANNED = str.maketrans("", "", "[]:*?/\\'")


class Labelled(Protocol):
    """All the writer needs of a column."""

    @property
    def label(self) -> str: ...


def export_rows(
    columns: Sequence[Labelled | str],
    rows: Iterable[Sequence[Any]],
    format_: str,
    *,
    title: str,
    notes: Sequence[str] = (),
    limit: int | None = AT_ONCE,
) -> bytes:
    """The rows as ``xlsx``, ``csv`` or ``json``.

    XLSX: typed cells, frozen header, a 说明 sheet. CSV: UTF-8 with mark. Raises ``Refused`` beyond ``limit`` rows
    (``None``: no limit) and ``ValueError`` for another format.
    """
    labels = [column if isinstance(column, str) else column.label for column in columns]
    kept = list(rows)
    if limit is not None and len(kept) > limit:
        raise Refused(
            "export.too_many",
            f"这份名单有 {len(kept):,} 行，一次最多导出 {limit:,} 行。请用筛选条件缩小范围，分几次导出。",
        )
    writers = {"xlsx": _xlsx, "csv": _csv, "json": _json}
    if format_ not in writers:
        raise ValueError(f"no export format {format_!r}")
    return writers[format_](labels, kept, title, list(notes))


def _csv(labels: list[str], rows: list[Sequence[Any]], title: str, notes: list[str]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([for_csv(label) for label in labels])
    writer.writerows([for_csv(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _json(labels: list[str], rows: list[Sequence[Any]], title: str, notes: list[str]) -> bytes:
    found = [{label: for_json(value) for label, value in zip(labels, row, strict=True)} for row in rows]
    document = {"title": title, "notes": notes, "count": len(found), "rows": found}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _xlsx(labels: list[str], rows: list[Sequence[Any]], title: str, notes: list[str]) -> bytes:
    stream = io.BytesIO()
    book = open_book(stream)
    formats = Formats(book)
    sheet = book.add_worksheet(sheet_name(title))
    write_table(sheet, labels, rows, formats)
    write_notes(book.add_worksheet("说明"), title, [*notes, f"共 {len(rows):,} 行"], formats)
    book.close()
    return stream.getvalue()


# Pieces that the blank template and the error workbook are made of too --------------------------------------------


def open_book(stream: io.BytesIO) -> xlsxwriter.Workbook:
    """A workbook in which nothing written as text ever becomes a formula, a link or a number."""
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    return xlsxwriter.Workbook(stream, options)


class Formats:
    """The few looks of our workbooks."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        add = book.add_format
        border = {"border": 1, "border_color": "#8a94a3", "valign": "vcenter"}
        self.head: Format = add({**border, "bold": True, "bg_color": "#eaf1fb", "align": "center", "text_wrap": True})
        self.text: Format = add({**border, "num_format": "@"})
        self.number: Format = add(border)
        self.day: Format = add({**border, "num_format": "yyyy-mm-dd"})
        self.instant: Format = add({**border, "num_format": "yyyy-mm-dd hh:mm"})
        self.wrong: Format = add({**border, "num_format": "@", "bg_color": "#fff3a6"})
        self.title: Format = add({"bold": True, "font_size": 14})
        self.wrap: Format = add({"text_wrap": True, "valign": "top"})


def write_table(sheet: Worksheet, labels: Sequence[str], rows: Sequence[Sequence[Any]], formats: Formats) -> None:
    """Header in row 1, frozen, filterable; columns as wide as their first rows need."""
    for column, label in enumerate(labels):
        sheet.write_string(0, column, label, formats.head)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            write_cell(sheet, number, column, value, formats)
    for column, label in enumerate(labels):
        sample = [width_of(label) + 2, *(width_of(row[column]) + 1 for row in rows[:MEASURED_ROWS])]
        sheet.set_column(column, column, max(NARROWEST, min(WIDEST, max(sample))))
    sheet.freeze_panes(1, 0)
    if rows and labels:
        sheet.autofilter(0, 0, len(rows), len(labels) - 1)


def write_cell(
    sheet: Worksheet, row: int, column: int, value: Any, formats: Formats, look: Format | None = None
) -> None:
    """One cell with its own type."""
    cell = typed(value)
    if cell is None:
        sheet.write_blank(row, column, None, look or formats.number)
    elif isinstance(cell, dt.datetime):
        sheet.write_datetime(row, column, cell, look or formats.instant)
    elif isinstance(cell, dt.date):
        sheet.write_datetime(row, column, dt.datetime(cell.year, cell.month, cell.day), look or formats.day)  # noqa: DTZ001 (a day)
    elif isinstance(cell, (int, float)):
        sheet.write_number(row, column, cell, look or formats.number)
    else:
        sheet.write_string(row, column, cell, look or formats.text)


def write_notes(sheet: Worksheet, title: str, notes: Sequence[str], formats: Formats) -> None:
    """The 说明 sheet: what this is, by which filters, as of when."""
    sheet.set_column(0, 0, 90)
    sheet.write_string(0, 0, title, formats.title)
    for number, note in enumerate(notes, start=1):
        sheet.write_string(number, 0, note, formats.wrap)


def sheet_name(title: str) -> str:
    return title.translate(SHEET_NAME_BANNED)[:SHEET_NAME_LIMIT] or "数据"


def width_of(value: Any) -> int:
    """Columns of a fixed-width font: Chinese characters take two."""
    cell = typed(value)
    if isinstance(cell, dt.date):
        return 11
    return sum(2 if unicodedata.east_asian_width(character) in "FW" else 1 for character in str(cell or "")[:100])
