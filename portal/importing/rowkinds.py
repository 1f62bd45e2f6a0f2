"""What a row under the header is: data, or something that must not be taken for data. Pure."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from portal.importing.header import Header, code_texts
from portal.importing.normalise import is_blank

TOTAL = re.compile(r"^.{0,12}?(?:合计|小计|总计|共计|汇总|总合计)[:：]?$")
FOOTER = re.compile(
    r"^(?:填表人|填报人|制表人?|审核人?|复核人?|负责人签|单位负责人|主管领导|联系人|联系电话|填报日期|填表日期|填报单位|备注|说明|注|附注|填表说明)\s*[:：]|^注\d*[:：.、]|^说明\d*[:：]|^第\d+页(?:[,，]?共\d+页)?$|^[(（]?(?:续表|接上页|以下空白|此行以下空白)[)）]?$"
)

EXAMPLE = re.compile(r"^(?:填写|填表)?(?:示例|样例|范例|例)\d{0,2}[:：]?$")
LONGEST_TOTAL = 16
LONGEST_EXAMPLE = 7
LONG_KEY = 15
LONGEST_CODE = 5
SECTION = re.compile(r"^(?:[一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十]{1,3}[)）])")


class RowKind(StrEnum):
    DATA = "data"
    BLANK = "blank"
    TOTAL = "total"
    FOOTER = "footer"
    REPEATED_HEADER = "repeated_header"
    TITLE = "title"
    EXAMPLE = "example"
    OTHER_TABLE = "other_table"
    SECTION = "section"


LABELS = {
    RowKind.FOOTER: "填表说明",
    RowKind.REPEATED_HEADER: "重复的表头",
    RowKind.SECTION: "分组标题",
    RowKind.TITLE: "重复的标题",
    RowKind.EXAMPLE: "填写示例",
}


def classify(
    cells: Sequence[Any], header: Header, *, serial_columns: frozenset[int], key_columns: frozenset[int]
) -> RowKind:
    """Decide what ``cells`` are. Column numbers count from 1; ``serial_columns`` only number the rows,
    ``key_columns`` hold codes and names by which a row is found.
    """
    first = next(
        (index for index, cell in enumerate(cells) if cell is not None and index + 1 not in serial_columns), None
    )
    if first is None:
        return _of_serial(cells, serial_columns)
    cell = cells[first]
    text = "".join(cell.split()) if isinstance(cell, str) else ""
    if text and len(text) <= LONGEST_TOTAL and TOTAL.match(text):
        keys = [cells[number - 1] for number in key_columns if first + 1 < number <= len(cells)]
        if not any(isinstance(key, str) and len(key.strip()) >= LONG_KEY for key in keys):
            return RowKind.TOTAL
    if _of_serial(cells, serial_columns) is RowKind.TOTAL:
        return RowKind.TOTAL
    if text and FOOTER.match(text):
        return RowKind.FOOTER
    if _is_example(text) or any(_is_example(cells[number - 1]) for number in serial_columns if number <= len(cells)):
        return RowKind.EXAMPLE
    if text and SECTION.match(text) and _stands_alone(cells, first, serial_columns):
        return RowKind.SECTION
    if text and text in header.titles and _stands_alone(cells, first, serial_columns):
        return RowKind.TITLE
    if text and text in header.texts.get(first, ()) and _repeats(cells, header):
        return RowKind.REPEATED_HEADER
    if header.code_texts and len(text) <= LONGEST_CODE and code_texts(cells) in header.code_texts:
        return RowKind.REPEATED_HEADER
    if text and is_blank(text) and all(cell is None or (isinstance(cell, str) and is_blank(cell)) for cell in cells):
        return RowKind.BLANK
    return RowKind.DATA


def _is_example(cell: Any) -> bool:
    return isinstance(cell, str) and len(cell) <= LONGEST_EXAMPLE and EXAMPLE.match(cell.strip()) is not None


def _stands_alone(cells: Sequence[Any], first: int, serial_columns: frozenset[int]) -> bool:
    return all(cell is None or cell == cells[first] or index + 1 in serial_columns for index, cell in enumerate(cells))


def _of_serial(cells: Sequence[Any], serial_columns: frozenset[int]) -> RowKind:
    for number in serial_columns:
        cell = cells[number - 1] if number <= len(cells) else None
        if isinstance(cell, str):
            text = "".join(cell.split())
            if TOTAL.match(text):
                return RowKind.TOTAL
            if FOOTER.match(text):
                return RowKind.FOOTER
            if not text.isdigit():
                return RowKind.SECTION
    return RowKind.BLANK


def _repeats(cells: Sequence[Any], header: Header) -> bool:
    texts = header.texts
    filled = [(index, cell) for index, cell in enumerate(cells) if cell is not None]
    same = sum(1 for index, cell in filled if isinstance(cell, str) and "".join(cell.split()) in texts.get(index, ()))
    return same >= 2 and 2 * same > len(filled)


class Totals:
    """Running sums of number columns, compared with the 合计/小计 rows of the file."""

    def __init__(self) -> None:
        self._since_last: dict[str, Any] = {}
        self._of_sheet: dict[str, Any] = {}
        self._all: dict[str, Any] = {}
        self._broken: set[str] = set()

    def add(self, numbers: Mapping[str, Any], broken: Sequence[str] = ()) -> None:
        """Count one data row; ``broken`` are number columns of it that could not be read."""
        self._broken.update(broken)
        for code, value in numbers.items():
            self._since_last[code] = self._since_last.get(code, 0) + value
            self._of_sheet[code] = self._of_sheet.get(code, 0) + value
            self._all[code] = self._all.get(code, 0) + value

    def turn(self) -> None:
        """The next sheet begins."""
        self._since_last, self._of_sheet = {}, {}

    def compare(self, stated: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """``{code: (stated, counted)}`` for columns whose stated total is neither the sum since the last total row nor
        that of the sheet nor that of all rows above; then start a new group.
        """
        wrong = {}
        for code, value in stated.items():
            if code in self._broken:
                continue
            group, sheet = self._since_last.get(code, 0), self._of_sheet.get(code, 0)
            if value not in (group, sheet, self._all.get(code, 0)):
                wrong[code] = (value, sheet if group == 0 else group)
        self._since_last = {}
        return wrong
