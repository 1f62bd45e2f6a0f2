"""The XLSX of a report: real number types, a 「说明」 sheet, and the lists behind the figures.

Text is always written as text, so a name that begins with 「=」 stays a name.
"""

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from portal.reporting.charts import table_of
from portal.reporting.data import Align, Cell, CellKind, ReportData, Roster, Table

Link = Callable[[str | None], str]

# A sheet takes at most this many links; figures beyond it stay plain numbers.
LINK_LIMIT = 60_000
NOT_REPORTED = "未填报"
SHEET_NAME_LIMIT = 31
SHEET_NAME_BANNED = str.maketrans("", "", "[]:*?/\\'")


class _Book:
    """One workbook being written; holds the cell formats and the sheet names already taken."""

    def __init__(self, target: io.BytesIO, link: Link) -> None:
        self.book = xlsxwriter.Workbook(
            target,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "remove_timezone": True,
            },
        )
        self.link = link
        self.links_left = LINK_LIMIT
        self.names: set[str] = set()
        border: dict[str, Any] = {"border": 1, "border_color": "#8a94a3", "valign": "vcenter", "font_size": 11}
        add = self.book.add_format
        self.title = add({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter", "text_wrap": True})
        self.quiet = add({"font_color": "#566272", "font_size": 10})
        self.head = add({**border, "bold": True, "bg_color": "#eaf1fb", "align": "center", "text_wrap": True})
        self.label = add({"bold": True, "valign": "top", "font_size": 11})
        self.wrap = add({"text_wrap": True, "valign": "top", "font_size": 11})
        self.heading = add({"bold": True, "font_size": 13})
        self.formats: dict[tuple[str, bool, bool], Format] = {}
        for is_total in (False, True):
            for is_link in (False, True):
                style = {**border, "bold": is_total}
                if is_link:
                    style |= {"font_color": "#1a4f9c", "underline": 1}
                self.formats["count", is_total, is_link] = add({**style, "num_format": "#,##0", "align": "right"})
                self.formats["rate", is_total, is_link] = add({**style, "num_format": "0.0%", "align": "right"})
                self.formats["left", is_total, is_link] = add({**style, "align": "left", "text_wrap": True})
                self.formats["center", is_total, is_link] = add({**style, "align": "center"})
                self.formats["right", is_total, is_link] = add({**style, "align": "right"})
        self.date = add({**border, "num_format": "yyyy-mm-dd", "align": "center"})

    def sheet(self, name: str) -> Worksheet:
        """A sheet whose name Excel accepts and no other sheet has."""
        base = name.translate(SHEET_NAME_BANNED)[:SHEET_NAME_LIMIT] or "表"
        chosen, number = base, 2
        while chosen.lower() in self.names:
            suffix = f"（{number}）"
            chosen, number = base[: SHEET_NAME_LIMIT - len(suffix)] + suffix, number + 1
        self.names.add(chosen.lower())
        return self.book.add_worksheet(chosen)

    def put(self, sheet: Worksheet, row: int, column: int, cell: Cell, align: Align, *, is_total: bool) -> None:
        """One cell with its real type; a figure that has a list carries the list's address."""
        url = self.link(cell.drill) if self.links_left else ""
        if url:
            self.links_left -= 1
        kind = str(align) if cell.kind is CellKind.TEXT or _is_blank(cell) else str(cell.kind)
        style = self.formats[kind, is_total, bool(url)]
        if url:
            sheet.write_url(row, column, url, style, cell.display(), "打开这个数字的名单")
        if _is_blank(cell) or cell.kind is CellKind.TEXT:
            sheet.write_string(row, column, cell.display(), style)
        elif cell.kind is CellKind.RATE:
            sheet.write_number(row, column, (cell.numerator or 0) / (cell.denominator or 1), style)
        else:
            sheet.write_number(row, column, int(cell.value or 0), style)


def _is_blank(cell: Cell) -> bool:
    """A rate without denominator and a missing value have no number: they are shown as 「—」 (R-008)."""
    return not cell.denominator if cell.kind is CellKind.RATE else cell.value is None


def workbook(
    report: ReportData, *, number: str, state_label: str, made_at: datetime, made_by: str, page_url: str, link: Link
) -> bytes:
    """The report as XLSX bytes. `link` gives the full address of a drill-down, or "" for none."""
    target = io.BytesIO()
    book = _Book(target, link)
    _notes(book, report, number, state_label, made_at, made_by, page_url)
    for table in (*report.tables, *(table_of(chart) for chart in report.charts), *report.annexes):
        _table(book, report, table)
    for roster in report.rosters.values():
        _roster(book, report, roster)
    book.book.set_properties(
        {"title": report.title, "author": report.issuer, "comments": f"编号{number}，数据截至{report.as_of}"}
    )
    book.book.close()
    return target.getvalue()


def _notes(
    book: _Book, report: ReportData, number: str, state_label: str, made_at: datetime, made_by: str, page_url: str
) -> None:
    """The 「说明」 sheet: what it is, of when, for whom, and what every indicator means."""
    sheet = book.sheet("说明")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 92)
    sheet.merge_range(0, 0, 0, 1, "", book.title)
    sheet.write_string(0, 0, report.title, book.title)
    sheet.set_row(0, 32)
    facts = [
        ("编号", number),
        ("状态", state_label),
        ("数据截至", report.as_of.isoformat()),
        ("统计范围", report.scope_label),
        ("编制单位", report.issuer),
        ("生成时间", made_at.strftime("%Y-%m-%d %H:%M:%S")),
        ("生成人", made_by),
    ]
    row = 1
    for label, value in facts:
        sheet.write_string(row, 0, label, book.label)
        sheet.write_string(row, 1, value, book.wrap)
        row += 1
    if page_url:
        sheet.write_string(row, 0, "网页", book.label)
        sheet.write_url(row, 1, page_url)
        row += 1
    row += 1
    for heading, lines in (
        ("情况", [("", paragraph.plain()) for paragraph in report.narrative]),
        ("指标口径", [(definition.term, definition.text) for definition in report.definitions]),
    ):
        if not lines:
            continue
        sheet.write_string(row, 0, heading, book.heading)
        row += 1
        for term, line in lines:
            sheet.write_string(row, 0, term, book.wrap)
            sheet.write_string(row, 1, line, book.wrap)
            row += 1
        row += 1
    sheet.write_string(row, 0, "“—”表示没有分母，不能计算；“未填报”不等于 0。", book.quiet)


def _table(book: _Book, report: ReportData, table: Table) -> None:
    sheet = book.sheet(table.title)
    last = len(table.columns) - 1
    sheet.merge_range(0, 0, 0, last, "", book.title)
    sheet.write_string(0, 0, table.title, book.title)
    sheet.set_row(0, 28)
    unit = f"计量单位：{table.unit}　" if table.unit else ""
    sheet.write_string(1, 0, f"{unit}数据截至 {report.as_of}　范围：{report.scope_label}", book.quiet)
    sheet.set_row(2, 32)
    for number, column in enumerate(table.columns):
        sheet.write_string(2, number, column.label, book.head)
        sheet.set_column(number, number, max(10, column.width * 2.2))
    for row_number, row in enumerate(table.rows, start=3):
        for number, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
            book.put(sheet, row_number, number, cell, column.align, is_total=row.is_total)
    if table.note:
        sheet.write_string(len(table.rows) + 3, 0, table.note, book.quiet)
    sheet.freeze_panes(3, 1)
    _print_setup(sheet, landscape=len(table.columns) > 8)


def _roster(book: _Book, report: ReportData, roster: Roster) -> None:
    """The subjects the report counted, one row each, with a filter on every column: any figure can be recounted."""
    sheet = book.sheet(roster.label)
    for number, column in enumerate(roster.columns):
        sheet.write_string(0, number, column.label, book.head)
        sheet.set_column(number, number, column.width * 2.2)
    for row_number, row in enumerate(roster.rows, start=1):
        for number, (column, value) in enumerate(zip(roster.columns, row.cells, strict=True)):
            if value is None and column.kind is CellKind.COUNT:
                sheet.write_string(row_number, number, NOT_REPORTED, book.formats["right", False, False])
            elif isinstance(value, int):
                sheet.write_number(row_number, number, value, book.formats["count", False, False])
            elif (day := _as_date(value)) is not None:
                sheet.write_datetime(row_number, number, datetime(day.year, day.month, day.day), book.date)  # noqa: DTZ001
            else:
                sheet.write_string(row_number, number, value or "—", book.formats["left", False, False])
    if roster.rows:
        sheet.autofilter(0, 0, len(roster.rows), len(roster.columns) - 1)
    sheet.freeze_panes(1, 1)
    _print_setup(sheet, landscape=True, head_row=0)


def _as_date(value: str | None) -> date | None:
    """ISO dates become real dates; a code of ten characters stays text."""
    if value is None or len(value) != 10 or value[4] != "-" or value[7] != "-":
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _print_setup(sheet: Worksheet, *, landscape: bool, head_row: int = 2) -> None:
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, head_row)
    sheet.set_footer("&C第 &P 页，共 &N 页")
