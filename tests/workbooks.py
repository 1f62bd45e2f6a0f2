"""Workbooks as offices send them, made with openpyxl; each function returns bytes."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.factories import uscc

PLAIN_HEADER = ("名称", "统一社会信用代码", "社会组织类型", "登记级别", "登记地")


def to_bytes(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet(rows: Iterable[Sequence[Any]], title: str = "Sheet1") -> tuple[Workbook, Worksheet]:
    book = Workbook()
    page = book.active
    page.title = title
    for row in rows:
        page.append(list(row))
    return book, page


def table(rows: Iterable[Sequence[Any]], header: Sequence[str] = PLAIN_HEADER, title: str = "Sheet1") -> bytes:
    """A plain table: one header row, data below."""
    book, _ = sheet([header, *rows], title)
    return to_bytes(book)


def association_row(name: str, code: str = "", **more: Any) -> tuple[Any, ...]:
    """A row under ``PLAIN_HEADER``."""
    return (
        name,
        code or uscc(),
        more.get("kind", "社会团体"),
        more.get("level", "省级"),
        more.get("region", "湖南省"),
    )


def as_csv(rows: Iterable[Sequence[Any]], encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    lines = [delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def city_office(codes: Sequence[str]) -> bytes:
    """As a city office sends it (the journey of issue 2): two title lines, a two-row merged header, a numbering column,
    an alias of a department, a totals row and three bad rows among eight.

    | row | what | |
    |---|---|---|
    | 1–2 | titles | |
    | 3–4 | header | 责任分工 over 主管部门, 责任处室, 责任人; 会员数 over 单位, 个人 |
    | 5–9 | good | |
    | 10 | bad | check character of the credit code |
    | 11 | bad | 约50 members |
    | 12 | bad | unknown department |
    | 13 | 合计 | |
    | 14 | 填表人 | |
    """
    book = Workbook()
    page = book.active
    page.title = "2026名录"
    page["A1"] = "长沙市行业协会商会名录"
    page.merge_cells("A1:M1")
    page["A2"] = "填报单位：长沙市委社会工作部      填报日期：2026年6月30日"
    page.merge_cells("A2:M2")
    top = {"A3": "序号", "B3": "协会名称*", "C3": "信用代码", "D3": "类型", "E3": "登记级别", "F3": "所属地区"}
    top |= {"G3": "责任分工", "J3": "会员数（家、人）", "L3": "成立时间", "M3": "联系电话"}
    for place, text in top.items():
        page[place] = text
    for letter in "ABCDEFLM":
        page.merge_cells(f"{letter}3:{letter}4")
    page.merge_cells("G3:I3")
    page.merge_cells("J3:K3")
    for place, text in {"G4": "主管部门", "H4": "责任处室", "I4": "责任人", "J4": "单位", "K4": "个人"}.items():
        page[place] = text
    names = ["茶叶商会", "咖啡行业协会", "物流协会", "家具商会", "餐饮协会", "印刷协会", "旅游协会", "钟表商会"]
    for index, name in enumerate(names):
        row = 5 + index
        cells = [index + 1, f"长沙市{name}", codes[index], "社会团体", "市级", "长沙市", "省工信厅"]
        cells += ["行业处", "行业处处长", 10 + index, index, "2019.3.5", 13800000000 + index]
        for column, value in enumerate(cells, start=1):
            page.cell(row, column, value)
    last = codes[5][-1]
    page["C10"] = codes[5][:-1] + ("A" if last != "A" else "B")
    page["J11"] = "约50"
    page["G12"] = "省茶叶局"
    page["A13"] = "合计"
    page["J13"] = sum(10 + index for index in range(8) if index != 6)
    page["K13"] = sum(range(8))
    page["A14"] = "填表人：周秀英      审核人：王建国"
    return to_bytes(book)


def encrypted() -> bytes:
    """The container of a password-protected workbook: OLE with an EncryptedPackage stream."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 500


def old_format() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500 + "Workbook".encode("utf-16-le") + b"\x00" * 500


def web_page() -> bytes:
    return "<html><table><tr><td>名称</td></tr></table></html>".encode()


def archive(entries: dict[str, bytes], *, compressed: bool = True) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return stream.getvalue()


def bomb() -> bytes:
    """64 MB of blanks in a few kilobytes."""
    return archive({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * (64 * 1024 * 1024)})


def damaged() -> bytes:
    content = table([association_row("湖南省茶叶商会")])
    return content[: len(content) // 2]


def serial_date(day: dt.date) -> int:
    """The number Excel keeps for a day."""
    return (day - dt.date(1899, 12, 30)).days
