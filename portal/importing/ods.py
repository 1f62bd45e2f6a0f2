"""Reading .ods: one streaming pass over its XML for values, merges, error cells and what is hidden.

Memory stays bounded whatever the file repeats: repeated rows and cells are spread only when they are handed out.
"""

import datetime as dt
import zipfile
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat  # documents that declare entities are refused below

from portal.importing import limits, refusals
from portal.importing.pages import UNKNOWN_FORMULA, Page, Rows, as_shown, day, error, extend
from portal.importing.sheetxml import DAMAGED

PIECE = 256 * 1024
# Beside a cell's own text: remarks, drawings, and the kept history of a document.
ASIDE = frozenset({"office:annotation", "draw:frame", "draw:custom-shape", "table:shapes", "table:tracked-changes"})
ERROR_TEXTS = ("#", "Err:", "错误:")


class Forbidden(Exception):
    """The document declares entities."""


@dataclass
class _Table:
    """A sheet on its way: ``rows`` holds ``(cells, repeats)`` that are ready to be handed out."""

    name: str
    hidden: bool
    rows: list[tuple[list[tuple[Any, int]], int]] = field(default_factory=list)
    merges: list[list[int]] = field(default_factory=list)
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    column: int = 0
    row: int = 0
    last_filled: int = 0
    is_complete: bool = False


class _Reader:
    """Handlers of the XML parser."""

    def __init__(self) -> None:
        self.tables: list[_Table] = []
        self.hidden_tables: set[str] = set()
        self.date_styles: dict[str, set[str]] = {}
        self.cell_styles: dict[str, str] = {}
        self.style = ""
        self.date_style = ""
        self.aside = 0
        self.group_hidden = 0
        self.groups: list[bool] = []
        self.cells: list[tuple[Any, int]] = []
        self.columns = 0
        self.row: dict[str, str] = {}
        self.cell: dict[str, str] | None = None
        self.texts: list[str] = []
        self.text: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ASIDE:
            self.aside += 1
        elif self.aside:
            return
        elif tag == "text:p":
            self.text = []
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self.cell, self.texts = attributes, []
        elif tag == "table:table-row":
            self.row, self.cells, self.columns = attributes, [], 0
        elif self.text is not None and tag == "text:s":
            self.text.append(" " * _count(attributes.get("text:c")))
        elif self.text is not None and tag in ("text:line-break", "text:tab"):
            self.text.append("\n" if tag == "text:line-break" else "\t")
        elif tag == "table:table-column":
            self._column(attributes)
        elif tag == "table:table":
            style = attributes.get("table:style-name", "")
            self.tables.append(_Table(attributes.get("table:name", ""), style in self.hidden_tables))
        elif tag in ("table:table-row-group", "table:table-column-group"):
            self.groups.append(attributes.get("table:display") == "false")
            self.group_hidden += self.groups[-1]
        else:
            self._start_style(tag, attributes)

    def _start_style(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "style:style":
            self.style = attributes.get("style:name", "")
            if form := attributes.get("style:data-style-name"):
                self.cell_styles[self.style] = form
        elif tag == "style:table-properties":
            if attributes.get("table:display") == "false":
                self.hidden_tables.add(self.style)
        elif tag == "number:date-style":
            self.date_style = attributes.get("style:name", "")
            self.date_styles[self.date_style] = set()
        elif self.date_style and tag.startswith("number:"):
            self.date_styles[self.date_style].add(tag)

    def end(self, tag: str) -> None:
        if tag in ASIDE:
            self.aside -= 1
        elif self.aside:
            return
        elif tag == "text:p" and self.text is not None:
            self.texts.append("".join(self.text))
            self.text = None
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell()
        elif tag == "table:table-row":
            self._end_row()
        elif tag == "number:date-style":
            self.date_style = ""
        elif tag in ("table:table-row-group", "table:table-column-group") and self.groups:
            self.group_hidden -= self.groups.pop()
        elif tag == "table:table" and self.tables:
            self.tables[-1].is_complete = True

    def characters(self, text: str) -> None:
        if self.text is not None and not self.aside:
            self.text.append(text)

    def _column(self, attributes: dict[str, str]) -> None:
        if not self.tables:
            return
        table, repeats = self.tables[-1], _count(attributes.get("table:number-columns-repeated"))
        hidden = attributes.get("table:visibility", "visible") != "visible" or self.group_hidden
        if hidden:
            last = min(table.column + repeats, limits.COLUMNS)
            table.hidden_columns.extend(range(table.column + 1, last + 1))
        table.column += repeats

    def _cell(self) -> None:
        if self.cell is None or not self.tables:
            return
        attributes, self.cell = self.cell, None
        repeats = _count(attributes.get("table:number-columns-repeated"))
        wide = _count(attributes.get("table:number-columns-spanned"))
        high = _count(attributes.get("table:number-rows-spanned"))
        value = self._value(attributes)
        if (wide > 1 or high > 1) and self.columns < limits.COLUMNS:
            table = self.tables[-1]
            top, left = table.row + 1, self.columns + 1
            table.merges.append([top, left, top + high - 1, left + wide - 1])
        self.cells.append((value, repeats))
        self.columns += repeats

    def _value(self, attributes: dict[str, str]) -> Any:
        kind = attributes.get("calcext:value-type") or attributes.get("office:value-type", "")
        if kind in ("float", "percentage", "currency"):
            with suppress(ValueError, OverflowError):
                number = float(attributes.get("office:value", ""))
                return int(number) if number.is_integer() and abs(number) < 1e15 else number
        if kind == "date":
            with suppress(ValueError):
                return self._date(attributes)
        if kind == "boolean":
            return attributes.get("office:boolean-value") == "true"
        shown = "\n".join(self.texts)
        if kind == "error" or ("table:formula" in attributes and shown.startswith(ERROR_TEXTS)):
            return error(shown or "#ERROR")
        if kind == "string" and not self.texts:
            shown = attributes.get("office:string-value", "")
        if "table:formula" in attributes and not kind and not shown:
            return error(UNKNOWN_FORMULA)
        return shown if shown.strip() else None

    def _date(self, attributes: dict[str, str]) -> Any:
        text = attributes.get("office:date-value", "")[:19]
        parts = self.date_styles.get(self.cell_styles.get(attributes.get("table:style-name", ""), ""), set())
        how = ""
        if "number:year" in parts and not parts & {"number:day", "number:hours"}:
            how = "month" if "number:month" in parts else "year"
        moment = dt.datetime.fromisoformat(text)
        told = as_shown(moment if moment.time() != dt.time() else moment.date(), how)
        return told if isinstance(told, str) else day(told)

    def _end_row(self) -> None:
        if not self.tables:
            return
        table, repeats = self.tables[-1], _count(self.row.get("table:number-rows-repeated"))
        hidden = self.row.get("table:visibility", "visible") != "visible" or self.group_hidden
        while self.cells and self.cells[-1][0] is None:
            self.cells.pop()
        if hidden:
            extend(table.hidden_rows, table.row + 1, table.row + repeats)
        table.rows.append((self.cells, repeats))
        table.row += repeats
        if self.cells:
            table.last_filled = table.row
        self.row, self.cells = {}, []


def _count(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdecimal() and len(text) < 9 else 1


def pages(source: Path, name: str) -> Generator[Page]:
    """The sheets in the order of the file; raises ``FileRefused``. Each is read to its end before the next one."""
    reader = _Reader()
    with zipfile.ZipFile(source) as archive, closing(_pieces(archive, reader, name)) as pieces:
        number = 0
        while True:
            while number >= len(reader.tables):
                if next(pieces, None) is None:
                    return
            table = reader.tables[number]
            page = Page(
                name=table.name,
                rows=(),
                merges=table.merges,
                hidden=table.hidden,
                hidden_rows=table.hidden_rows,
                hidden_columns=table.hidden_columns,
            )
            page.rows = _rows(table, pieces, name)
            yield page
            table.hidden_rows[:] = [(first, last) for first, last in table.hidden_rows if first <= table.last_filled]
            number += 1


def _pieces(archive: zipfile.ZipFile, reader: _Reader, name: str) -> Generator[bool]:
    """Feed the parser piece by piece; every ``next`` moves it on."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = _forbid
    parser.EntityDeclHandler = _forbid
    try:
        with archive.open("content.xml") as stream:
            while piece := stream.read(PIECE):
                parser.Parse(piece, False)
                yield True
            parser.Parse(b"", True)
            yield True
    except Forbidden as forbidden:
        raise refusals.unreadable(name, "含有不允许的内容(外部实体)") from forbidden
    except (expat.ExpatError, KeyError, *DAMAGED) as damaged:
        raise refusals.unreadable(name, "已损坏，表格内容读不出来") from damaged


def _forbid(*_: Any) -> None:
    raise Forbidden


def _rows(table: _Table, pieces: Iterator[bool], name: str) -> Rows:
    """Blank rows at the end are not handed out; a filled row that repeats is."""
    blank = cells_so_far = 0
    while True:
        ready, table.rows = table.rows, []
        for packed, repeats in ready:
            if not packed:
                blank += repeats
                continue
            cells = _spread(packed, table, name)
            cells_so_far += (blank + repeats) * max(len(cells), 1)
            if cells_so_far > limits.CELLS:
                raise refusals.too_large(
                    f"工作表「{table.name}」的数据延伸得太远，超过上限", "请删除表格下方和右侧零散的内容后重新上传。"
                )
            for _ in range(blank):
                yield []
            blank = 0
            for _ in range(repeats):
                yield list(cells)
        if table.is_complete or next(pieces, None) is None:
            return


def _spread(packed: list[tuple[Any, int]], table: _Table, name: str) -> list[Any]:
    width = sum(repeats for _, repeats in packed)
    if width > limits.COLUMNS:
        raise refusals.too_large(
            f"工作表「{table.name}」有 {width} 列，超过 {limits.COLUMNS} 列上限", "请删除多余的列后重新上传。"
        )
    return [value for value, repeats in packed for _ in range(repeats)]
