"""One writer for every list that leaves the portal. No database, no clock: the caller brings rows and notes."""

import csv
import datetime as dt
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any, Protocol

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from portal.access.decisions import Refused
from portal.exporting.cells import for_csv, for_json, typed
from portal.exporting.sheetdata import LAST_ROW, Styles, rows_xml

AT_ONCE = 5_000
MEASURED_ROWS = 200
WIDEST, NARROWEST = 48, 6
SHEET_NAME_LIMIT = 31
A4 = 9
# Level 1 packs three times faster than the default and makes a file a fifth larger.
DEFLATE_LEVEL = 1
FIRST_SHEET = "xl/worksheets/sheet1.xml"
DIMENSION = re.compile(rb"<dimension [^>]*/>")
STYLE = re.compile(r'<c r="[A-Z]+2" s="(\d+)"')
SHEET_NAME_BANNED = str.maketrans("", "", "[]:*?/\\'")


class Labelled(Protocol):
    """All the writer needs of a column: what it is called by people, and by programs."""

    @property
    def code(self) -> str: ...

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
    """The rows as ``xlsx``, ``csv`` or ``json``, in memory: for what one request answers.

    Raises ``Refused`` beyond ``limit`` rows (``None``: no limit), and what ``write_rows`` raises.
    """
    kept = list(rows)
    if limit is not None and len(kept) > limit:
        raise Refused(
            "export.too_many",
            f"这份名单有 {len(kept):,} 行，一次最多导出 {limit:,} 行。请用筛选条件缩小范围，分几次导出。",
        )
    stream = io.BytesIO()
    write_rows(stream, columns, kept, format_, title=title, notes=notes)
    return stream.getvalue()


def write_rows(
    stream: IO[bytes],
    columns: Sequence[Labelled | str],
    rows: Iterable[Sequence[Any]],
    format_: str,
    *,
    title: str,
    notes: Sequence[str] = (),
    watermark: str = "",
) -> int:
    """Write the rows to ``stream`` (no seeking needed) as they come, and return how many there were.

    XLSX: typed cells, frozen header, a 说明 sheet, the watermark in head and foot of every printed page. CSV: UTF-8
    with mark. Raises ``ValueError`` for another format, ``Refused`` for more rows than a sheet holds.
    """
    labels = [column if isinstance(column, str) else column.label for column in columns]
    writers = {"xlsx": _xlsx, "csv": _csv, "json": _json}
    if format_ not in writers:
        raise ValueError(f"no export format {format_!r}")
    codes = [column if isinstance(column, str) else column.code for column in columns]
    return writers[format_](stream, Table(labels, codes, rows, title, list(notes), watermark))


@dataclass(frozen=True)
class Table:
    """What is to be written."""

    labels: list[str]
    codes: list[str]
    rows: Iterable[Sequence[Any]]
    title: str
    notes: list[str]
    watermark: str = ""


def _csv(stream: IO[bytes], table: Table) -> int:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([for_csv(label) for label in table.labels])
    count = 0
    for row in table.rows:
        writer.writerow([for_csv(value) for value in row])
        count += 1
    if table.watermark:
        writer.writerow([for_csv(table.watermark)])
    text.flush()
    text.detach()
    return count


def _json(stream: IO[bytes], table: Table) -> int:
    columns = [{"code": code, "label": label} for code, label in zip(table.codes, table.labels, strict=True)]
    head: dict[str, Any] = {"title": table.title, "notes": table.notes, "columns": columns}
    if table.watermark:
        head["watermark"] = table.watermark
    text = json.dumps(head, ensure_ascii=False, indent=1)
    stream.write(text.removesuffix("\n}").encode() + b',\n "rows": [')
    count = 0
    for row in table.rows:
        one = {code: for_json(value) for code, value in zip(table.codes, row, strict=True)}
        stream.write((",\n  " if count else "\n  ").encode() + json.dumps(one, ensure_ascii=False).encode())
        count += 1
    stream.write(f'\n ],\n "count": {count}\n}}\n'.encode())
    return count


def _xlsx(stream: IO[bytes], table: Table) -> int:
    """The frame of the workbook is XlsxWriter's, the rows of its first sheet are spliced in as they come."""
    rows = iter(table.rows)
    sample = list(islice(rows, MEASURED_ROWS))
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=DEFLATE_LEVEL) as packed:
        frame = _frame(table, sample, 0)
        head, tail = frame.pop(FIRST_SHEET).split(b"</sheetData>")
        head, _, looks = head.rpartition(b'<row r="2"')
        count = 0
        with packed.open(FIRST_SHEET, "w") as sheet:
            sheet.write(DIMENSION.sub(b"", head))
            for size, xml in rows_xml(chain(sample, rows), Styles(*STYLE.findall(looks.decode()))):
                count += size
                if count >= LAST_ROW:
                    raise Refused(
                        "export.too_many",
                        f"一张工作表最多 {LAST_ROW - 1:,} 行，这份名单更长。请改为导出 CSV，或用筛选条件分几次导出。",
                    )
                sheet.write(xml)
            frame = _frame(table, sample, count)
            tail = frame.pop(FIRST_SHEET).partition(b"</sheetData>")[2]
            sheet.write(b"</sheetData>" + tail)
        for name, content in frame.items():
            packed.writestr(name, content)
    return count


def _frame(table: Table, sample: Sequence[Sequence[Any]], count: int) -> dict[str, bytes]:
    """Every part of the workbook with the header alone in the first sheet, and one row of the looks of cells."""
    stream = io.BytesIO()
    book = open_book(stream)
    formats = Formats(book)
    sheet = book.add_worksheet(sheet_name(table.title))
    write_head(sheet, table.labels, sample, formats)
    for column, look in enumerate((formats.text, formats.number, formats.day, formats.instant)):
        sheet.write_number(1, column, 0, look)
    if count and table.labels:
        sheet.autofilter(0, 0, count, len(table.labels) - 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C第 &P 页，共 &N 页" + (f"&R{_printed(table.watermark)}" if table.watermark else ""))
    if table.watermark:
        sheet.set_header(f"&C{_printed(table.watermark)}")
    write_notes(book.add_worksheet("说明"), table.title, [*table.notes, f"共 {count:,} 行"], formats)
    book.close()
    with zipfile.ZipFile(stream) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def _printed(text: str) -> str:
    """Text of a page's head or foot: an ampersand there begins a code, and 255 characters are all there is room for."""
    return text.replace("&", "&&")[:110]


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
        self.must: Format = add({**border, "bold": True, "bg_color": "#fde9e7", "align": "center", "text_wrap": True})
        self.text: Format = add({**border, "num_format": "@"})
        self.number: Format = add(border)
        self.day: Format = add({**border, "num_format": "yyyy-mm-dd"})
        self.instant: Format = add({**border, "num_format": "yyyy-mm-dd hh:mm"})
        self.wrong: Format = add({**border, "num_format": "@", "bg_color": "#fff3a6"})
        self.title: Format = add({"bold": True, "font_size": 14})
        self.wrap: Format = add({"text_wrap": True, "valign": "top"})


def write_table(sheet: Worksheet, labels: Sequence[str], rows: Sequence[Sequence[Any]], formats: Formats) -> None:
    """A short table: header in row 1, frozen, filterable; columns as wide as their first rows need."""
    write_head(sheet, labels, rows[:MEASURED_ROWS], formats)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            write_cell(sheet, number, column, value, formats)
    if rows and labels:
        sheet.autofilter(0, 0, len(rows), len(labels) - 1)


def write_head(sheet: Worksheet, labels: Sequence[str], sample: Sequence[Sequence[Any]], formats: Formats) -> None:
    for column, label in enumerate(labels):
        sheet.write_string(0, column, label, formats.head)
        widths = [width_of(label) + 2, *(width_of(row[column]) + 1 for row in sample)]
        sheet.set_column(column, column, max(NARROWEST, min(WIDEST, max(widths))))
    sheet.freeze_panes(1, 0)


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
