"""The blank template of a kind: headings, lists to choose from, a dictionary sheet, an instruction sheet, its mark."""

import hashlib
import io
from collections.abc import Sequence
from typing import Any

from portal.access.actor import Actor
from portal.exporting.services import Formats, open_book, sheet_name, width_of
from portal.importing.marks import DICTIONARY, INSTRUCTIONS, PROPERTY
from portal.importing.parsers import ChoiceParser, IdNumberParser, PhoneParser, UsccParser, UsccsParser, YesNoParser
from portal.importing.resources import Column, ImportResource

ROWS = 3_000
NAMES_LISTED = 5_000
CODES = (UsccParser, UsccsParser, IdNumberParser, PhoneParser)
RULES = (
    "标 * 的列在新增一行时必填；已有的记录可以只填要改的列。列的先后可以调整，也可以增减，系统按列名识别，不按位置。",
    "空着的格、「/」和「—」不会清空已有内容。合计行、填表人等可以保留，系统不会当作数据。",
    "日期按 年-月-日 填写，例如 2024-03-05。代码和号码列请保持文本格式，否则末几位会变成 0。",
    "带下拉箭头的格可以从列表中选；「可选值」工作表列出全部可选的内容，单位名称是您管理范围内的目录。",
)


def template_mark(resource_class: type[ImportResource]) -> str:
    """``kind:version``: another version has other columns, or asks for others."""
    declared = [
        (column.code, column.label, column.required, column.key, *choices_of(column))
        for column in resource_class.columns()
    ]
    return f"{resource_class.kind}:{hashlib.sha256(repr(declared).encode()).hexdigest()[:8]}"


def template(resource_class: type[ImportResource], actor: Actor) -> bytes:
    """An empty workbook of a kind, with the names that ``actor`` may refer to."""
    stream = io.BytesIO()
    book = open_book(stream)
    formats = Formats(book)
    columns = [column for column in resource_class.columns() if column.is_kept]
    sheet = book.add_worksheet(sheet_name(resource_class.label))
    lists = _dictionary(book.add_worksheet(DICTIONARY), _listed(resource_class, columns, actor), formats)
    for number, column in enumerate(columns):
        heading = heading_of(column)
        sheet.write_string(0, number, heading, formats.must if column.required else formats.head)
        sheet.write_comment(0, number, _how(column), {"x_scale": 2.2, "y_scale": 1.2})
        wide = 22 if isinstance(column.parser, CODES) else 10
        sheet.set_column(number, number, max(width_of(heading) + 2, wide), formats.text)
        if column.code in lists:
            rule = {"validate": "list", "source": lists[column.code], "error_type": "warning"}
            rule |= {
                "error_title": "不在列表中",
                "error_message": "列表中没有这一项，导入时可能读不懂。仍要这样填写吗？",
            }
            sheet.data_validation(1, number, ROWS, number, rule)
    sheet.freeze_panes(1, 0)
    _instructions(book.add_worksheet(INSTRUCTIONS), resource_class, columns, formats)
    book.set_custom_property(PROPERTY, template_mark(resource_class), "text")
    book.close()
    return stream.getvalue()


def heading_of(column: Column) -> str:
    return f"{column.label}*" if column.required else column.label


def choices_of(column: Column) -> list[str]:
    """What may be chosen in a column; empty for free columns."""
    if isinstance(column.parser, ChoiceParser):
        return list(column.parser.labels.values())
    return ["是", "否"] if isinstance(column.parser, YesNoParser) else []


# Heading, codes of the columns, values.
Listed = tuple[str, tuple[str, ...], list[str]]


def _listed(resource_class: type[ImportResource], columns: Sequence[Column], actor: Actor) -> list[Listed]:
    """``(heading, codes of the columns, values)`` of each list, the choices first, then the names in scope."""
    found: list[Listed] = [
        (column.label, (column.code,), choices) for column in columns if (choices := choices_of(column))
    ]
    domains: dict[str, tuple[Any, list[str]]] = {}
    for code, domain in resource_class.references.items():
        domains.setdefault(domain.code, (domain, []))[1].append(code)
    for domain, codes in domains.values():
        found.append((f"{domain.label}（范围内的目录）", tuple(codes), domain.names(actor, NAMES_LISTED)))
    return found


def _dictionary(sheet: Any, listed: Sequence[Listed], formats: Formats) -> dict[str, str]:
    """Write the lists side by side; gives the range of each column's list."""
    ranges: dict[str, str] = {}
    for number, (heading, codes, found) in enumerate(listed):
        sheet.write_string(0, number, heading, formats.head)
        width = max([width_of(heading) + 2, *(width_of(value) + 1 for value in found[:200])])
        sheet.set_column(number, number, min(48, width))
        for row, value in enumerate(found, start=1):
            sheet.write_string(row, number, value, formats.text)
        if found:
            letter = _letter(number)
            ranges |= dict.fromkeys(codes, f"='{DICTIONARY}'!${letter}$2:${letter}${len(found) + 1}")
    sheet.freeze_panes(1, 0)
    return ranges


def _letter(number: int) -> str:
    first, last = divmod(number, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)


def _instructions(
    sheet: Any, resource_class: type[ImportResource], columns: Sequence[Column], formats: Formats
) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 10)
    sheet.set_column(2, 3, 48)
    sheet.write_string(0, 0, f"{resource_class.label}导入模板", formats.title)
    for row, rule in enumerate(RULES, start=1):
        sheet.merge_range(row, 0, row, 3, rule, formats.wrap)
        sheet.set_row(row, 32)
    start = len(RULES) + 2
    for number, heading in enumerate(("列名", "是否必填", "怎么填", "例子")):
        sheet.write_string(start, number, heading, formats.head)
    for row, column in enumerate(columns, start=start + 1):
        sheet.write_string(row, 0, column.label, formats.text)
        sheet.write_string(row, 1, "必填" if column.required else "选填", formats.text)
        sheet.write_string(row, 2, _how(column), formats.wrap)
        sheet.write_string(row, 3, "" if column.personal else column.parser.example, formats.text)


def _how(column: Column) -> str:
    parts = ["新增时必填" if column.required else "选填"]
    if column.key:
        parts.append("按这一列查找已有的记录")
    if choices := choices_of(column):
        parts.append("可选：" + "、".join(choices))
    if column.hint:
        parts.append(column.hint)
    if column.personal:
        parts.append("个人信息，加密保存，页面上只显示首尾几位")
    return "；".join(parts) + "。"
