"""Workbooks in the formats openpyxl does not write: .ods by hand, .xls by xlwt. Small, and exact about what is odd."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlwt

from tests import workbooks

SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
STYLES = (
    '<style:style style:name="hidden" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>'
    '<number:date-style style:name="N1"><number:year/><number:text>-</number:text><number:month/></number:date-style>'
    '<style:style style:name="month" style:family="table-cell" style:data-style-name="N1"/>'
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def cell(value: Any = None, **more: str) -> str:
    """One cell; ``more`` are attributes by their local names, such as ``spanned="2,1"`` or ``repeated="3"``."""
    attributes, text = "", ""
    if isinstance(value, bool):
        attributes = f' office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, (int, float)):
        attributes, text = f' office:value-type="float" office:value="{value}"', str(value)
    elif hasattr(value, "isoformat"):
        attributes, text = f' office:value-type="date" office:date-value="{value.isoformat()}"', "x"
    elif value is not None:
        attributes, text = ' office:value-type="string"', str(value)
    if "repeated" in more:
        attributes += f' table:number-columns-repeated="{more["repeated"]}"'
    if "spanned" in more:
        wide, high = more["spanned"].split(",")
        attributes += f' table:number-columns-spanned="{wide}" table:number-rows-spanned="{high}"'
    if "style" in more:
        attributes += f' table:style-name="{more["style"]}"'
    if "formula" in more:
        attributes += f" table:formula={quoteattr(more['formula'])}"
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n")) if text else ""
    return f"<table:table-cell{attributes}>{paragraphs}{more.get('inside', '')}</table:table-cell>"


def row(*cells: str, **more: str) -> str:
    attributes = f' table:number-rows-repeated="{more["repeated"]}"' if "repeated" in more else ""
    attributes += f' table:visibility="{more["visibility"]}"' if "visibility" in more else ""
    return f"<table:table-row{attributes}>{''.join(cells)}</table:table-row>"


def ods(tables: Mapping[str, str], *, hidden: Sequence[str] = (), more: Mapping[str, bytes] | None = None) -> bytes:
    """An .ods of tables given as the XML inside them."""
    body = "".join(
        f"<table:table table:name={quoteattr(name)}"
        f"{' table:style-name=' + quoteattr('hidden') if name in hidden else ''}>{inside}</table:table>"
        for name, inside in tables.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {SPACES}>'
        f"<office:automatic-styles>{STYLES}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    return ods_of(content.encode(), more=more)


def ods_of(content: bytes, *, kind: str = ODS_TYPE, more: Mapping[str, bytes] | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        for name, part in (more or {}).items():
            archive.writestr(name, part)
    return stream.getvalue()


def ods_table(rows: Sequence[Sequence[Any]], name: str = "Sheet1") -> bytes:
    return ods({name: "".join(row(*(cell(value) for value in cells)) for cells in rows)})


def xls_table(rows: Sequence[Sequence[Any]], name: str = "Sheet1") -> bytes:
    book, page = xls(name)
    for number, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if value is not None:
                page.write(number, column, value)
    return workbooks.to_bytes(book)


def xls(name: str = "Sheet1") -> tuple[xlwt.Workbook, xlwt.Worksheet]:
    book = xlwt.Workbook(encoding="utf-8")
    return book, book.add_sheet(name, cell_overwrite_ok=True)


def party_statistics(codes: Sequence[str]) -> bytes:
    """As an old form on Party building comes, in .xls: two title rows, three header rows with merges that end early, a
    code row, vertical merges, a bad row, a totals row and numbered rows that nobody filled in.

    | row | what |
    |---|---|
    | 1–2 | title, 填报单位 |
    | 3–5 | header: 党员情况 over 正式党员 over 组织关系在本组织(人), 在本组织工作(人) |
    | 6 | codes A, B, C, D1 … |
    | 7–10 | four associations, the type and the level merged over 7–8; row 10 has a wrong check character |
    | 11 | 合计 |
    | 12–14 | numbered, empty |
    """
    book, page = xls("党建统计")
    page.write_merge(0, 0, 0, 8, "全省行业协会商会党建工作统计表")
    page.write(1, 0, "填报单位：省委社会工作部        填报日期：2026年6月30日")
    single = ("序号", "社会组织名称*", "统一社会信用代码", "社会组织类型", "登记级别", "登记地")
    for column, text in enumerate(single):
        page.write_merge(2, 4, column, column, text)
    page.write_merge(2, 2, 6, 8, "党员情况")
    page.write_merge(3, 3, 6, 7, "正式党员")
    page.write(4, 6, "组织关系在本组织\n(人)")
    page.write(4, 7, "在本组织工作(人)")
    page.write_merge(3, 4, 8, 8, "统计日期")
    for column, text in enumerate(("甲", "A", "B", "C", "D1", "D2", "E1", "E2", "F")):
        page.write(5, column, text)
    names = ("竹艺协会", "陶瓷协会", "湘绣协会", "油茶协会")
    shown = [*codes[:3], codes[3][:-1] + ("A" if codes[3][-1] != "A" else "B")]
    for index, (name, code) in enumerate(zip(names, shown, strict=True)):
        row = 6 + index
        for column, value in ((0, index + 1), (1, f"湖南省{name}"), (2, code), (5, "湖南省")):
            page.write(row, column, value)
        for column, value in ((6, 5.0 * index), (7, 5.0 * index + 1), (8, "2026.6.30")):
            page.write(row, column, value)
    page.write_merge(6, 7, 3, 3, "社会团体")
    page.write_merge(6, 7, 4, 4, "省级")
    for row in (8, 9):
        page.write(row, 3, "社会团体")
        page.write(row, 4, "省级")
    page.write(10, 0, "合计")
    page.write(10, 6, 30.0)
    page.write(10, 7, 34.0)
    for row in range(11, 14):
        page.write(row, 0, float(row - 6))
    return workbooks.to_bytes(book)
