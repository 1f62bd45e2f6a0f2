"""Finding the header of a sheet: which rows, and the path of headings over each column. Pure.

A person may overrule the rows; the columns follow from them in the same way.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from portal.importing.normalise import asks_yes_or_no, clean, header_key, header_note, heading_parts
from portal.importing.sheetxml import column_letter

SEARCHED_ROWS = 30
LOOKED_AT_ROWS = 60
MOST_LEVELS = 5
LONGEST_HEADING = 30
CODE_CELL = re.compile(r"^(?:[A-Z]{1,2}\d{0,3}|[甲乙丙丁戊己庚辛壬癸]|\(?\d{1,3}\)?)$")
METADATA = re.compile(
    r"(填报单位|单位名称|制表单位|报送单位|填报日期|填报时间|填表日期|统计时间|时间|日期|年度|计量单位|单位)\s*[:：]\s*([^:：]*?)(?=\s{2,}|\s*(?:填报|制表|报送|时间|日期|年度|计量|单位|审核)|$)"
)
MONEY_UNITS = ("亿元", "万元", "元")

Row = tuple[int, Sequence[Any]]
Merge = tuple[int, int, int, int]


@dataclass(frozen=True)
class HeaderColumn:
    """One column under the header: number from 1, headings from top to bottom as in the file."""

    number: int
    path: tuple[str, ...]

    @property
    def letter(self) -> str:
        return column_letter(self.number)

    @property
    def leaf(self) -> str:
        return self.path[-1] if self.path else ""

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Comparable forms, most telling first: the whole path, shorter ends of it, a level above with the leaf, the
        leaf.
        """
        parts = [key for text in self.path for key in map(header_key, heading_parts(text)) if key]
        ends = ["/".join(parts[-depth:]) for depth in range(len(parts), 1, -1)]
        pairs = [f"{above}/{parts[-1]}" for above in reversed(parts[:-2])]
        keys = dict.fromkeys([*ends, *pairs, *parts[-1:]])
        asked = [f"{key}?" for key in keys] if asks_yes_or_no(self.leaf) else []
        return (*asked, *keys)

    @property
    def unit(self) -> str:
        """A money unit noted in the heading, else empty."""
        for text in reversed(self.path):
            note = header_note(text)
            for unit in MONEY_UNITS:
                if unit in note:
                    return unit
        return ""


@dataclass(frozen=True)
class Header:
    rows: tuple[int, ...]
    columns: tuple[HeaderColumn, ...]
    first_data_row: int
    matched: int
    metadata: dict[str, str] = field(default_factory=dict)
    code_rows: tuple[int, ...] = ()
    titles: frozenset[str] = frozenset()
    code_texts: frozenset[tuple[str, ...]] = frozenset()
    beside: tuple[HeaderColumn, ...] = ()
    vocabulary: Collection[str] = ()

    @cached_property
    def texts(self) -> dict[int, frozenset[str]]:
        """``{index: headings of every level without spaces}``, to recognise the header printed again further down."""
        return {
            column.number - 1: frozenset("".join(text.split()) for text in column.path)
            for column in (*self.columns, *self.beside)
        }

    @cached_property
    def _known(self) -> dict[str, bool]:
        return {}

    def _is_heading(self, text: str) -> bool:
        if text not in self._known:
            self._known[text] = len(text) <= LONGEST_HEADING and header_key(text) in self.vocabulary
        return self._known[text]

    def is_another(self, cells: Sequence[Any]) -> bool:
        """Whether a row is the header of a different table further down the sheet."""
        filled = [cell for cell in cells if cell is not None]
        if len(filled) < 3 or not all(isinstance(cell, str) for cell in filled):
            return False
        hits = sum(1 for cell in filled if self._is_heading(cell))
        return hits >= 3 and hits >= 0.6 * len(filled)


def find(
    rows: Sequence[Row],
    merges: Sequence[Merge],
    vocabulary: Collection[str],
    *,
    chosen: tuple[int, ...] = (),
) -> Header | None:
    """The best header among the first rows, or the one a person chose; ``None`` when nothing is recognised.

    ``rows`` are the first rows of the sheet, ``vocabulary`` the comparable forms of all known headings.
    """
    grid = _grid(rows, merges)
    if chosen:
        top, bottom = min(chosen), max(chosen)
        if bottom > len(grid):
            return None
        if len(chosen) == 1:
            heights = range(1, min(MOST_LEVELS, len(grid) - top + 1) + 1)
            scores = {height: _score(grid, top, top + height - 1, vocabulary) for height in heights}
            height = max(heights, key=lambda height: (scores[height] or 0, -height))
            top, bottom = _grow(grid, merges, top, top + height - 1)
    else:
        best: tuple[float, int, int] | None = None
        for start in range(1, min(len(grid), SEARCHED_ROWS) + 1):
            for height in range(1, MOST_LEVELS + 1):
                if start + height - 1 > len(grid):
                    break
                score = _score(grid, start, start + height - 1, vocabulary)
                if score is not None and (best is None or score > best[0]):
                    best = (score, start, start + height - 1)
        if best is None:
            return None
        top, bottom = _grow(grid, merges, best[1], best[2])
    columns, beside = _side_by_side(_columns(grid, top, bottom))
    if not columns:
        return None
    matched = len(_hits(columns, vocabulary))
    first, codes = bottom + 1, []
    while first <= len(grid) and is_code_row(grid[first - 1]):
        codes.append(first)
        first += 1
    return Header(
        rows=tuple(range(top, bottom + 1)),
        columns=columns,
        first_data_row=first,
        matched=matched,
        metadata=_metadata(grid[: top - 1]),
        code_rows=tuple(codes),
        titles=frozenset(_titles(grid[: top - 1])),
        code_texts=frozenset(code_texts(grid[number - 1]) for number in codes),
        beside=beside,
        vocabulary=vocabulary,
    )


def _titles(grid: Sequence[Sequence[Any]]) -> Iterator[str]:
    """Texts that stand alone in a row above the header, such as the title of the list."""
    for cells in grid:
        texts = {_text(cell) for cell in cells if cell is not None}
        if len(texts) == 1 and "" not in texts:
            yield texts.pop()


def _side_by_side(
    columns: tuple[HeaderColumn, ...],
) -> tuple[tuple[HeaderColumn, ...], tuple[HeaderColumn, ...]]:
    """The first table and the columns of others printed to the right of it with the same headings in the same order."""
    paths = [column.keys[0] if column.keys else "" for column in columns]
    for width in range(2, len(columns) - 1):
        if all(paths[index] == paths[index - width] for index in range(width, len(columns))):
            return columns[:width], columns[width:]
    return columns, ()


def code_texts(cells: Sequence[Any]) -> tuple[str, ...]:
    """The codes of a code row, to recognise it when it is printed again."""
    return tuple(clean(str(cell)) for cell in cells if cell is not None)


def is_code_row(cells: Sequence[Any]) -> bool:
    """A row of codes under the header: ``A B C``, ``甲 乙 丙`` or ``1 2 3 …`` over at least three columns."""
    texts = [clean(str(cell)) for cell in cells if cell is not None]
    if len(texts) < 3 or not all(CODE_CELL.match(text) for text in texts):
        return False
    digits = [int(text.strip("()")) for text in texts if text.strip("()").isdigit()]
    return digits == list(range(digits[0], digits[0] + len(digits))) if digits else True


def _grid(rows: Sequence[Row], merges: Sequence[Merge]) -> list[list[Any]]:
    """The first rows with merged ranges filled."""
    width = max((len(cells) for _, cells in rows), default=0)
    grid = [list(cells) + [None] * (width - len(cells)) for _, cells in rows]
    for top, left, bottom, right in merges:
        if top > len(grid) or left > width:
            continue
        value = grid[top - 1][left - 1]
        for row in range(top, min(bottom, len(grid)) + 1):
            for column in range(left, min(right, width) + 1):
                grid[row - 1][column - 1] = value
    return grid


def _text(cell: Any) -> str:
    return "".join(cell.split()) if isinstance(cell, str) else ""


def _columns(grid: list[list[Any]], top: int, bottom: int) -> tuple[HeaderColumn, ...]:
    columns: list[HeaderColumn] = []
    previous: list[str] = []
    for index in range(len(grid[0]) if grid else 0):
        levels = [_heading(grid[row - 1][index]) for row in range(top, bottom + 1)]
        if not any(levels):
            previous = []
            continue
        # A merge that stops early, or a text file that has none: the group heading is the neighbour's.
        for level in range(len(levels) - 1):
            if (
                not levels[level]
                and previous
                and previous[level]
                and any(levels[level + 1 :])
                and previous[-1] != previous[level]
            ):
                levels[level] = previous[level]
            else:
                break
        previous = levels
        path: list[str] = []
        for text in levels:
            if text and (not path or path[-1] != text):
                path.append(text)
        columns.append(HeaderColumn(number=index + 1, path=tuple(path)))
    return tuple(columns)


def _heading(cell: Any) -> str:
    if cell is None:
        return ""
    return clean(_text(cell) if isinstance(cell, str) else str(cell))


def _hits(columns: Sequence[HeaderColumn], vocabulary: Collection[str]) -> set[str]:
    return {next((key for key in column.keys if key in vocabulary), "") for column in columns} - {""}


def _score(grid: list[list[Any]], top: int, bottom: int, vocabulary: Collection[str]) -> float | None:
    for row in range(top, bottom + 1):
        if not any(cell is not None for cell in grid[row - 1]):
            return None
    columns = _columns(grid, top, bottom)
    hits = len(_hits(columns, vocabulary))
    if hits == 0 or (hits < 3 and hits < 0.4 * len(columns)) or (hits < 2 and len(columns) > 1):
        return None
    unlike = sum(
        1
        for row in range(top, bottom + 1)
        for cell in grid[row - 1]
        if cell is not None and (not isinstance(cell, str) or len(cell) > 60)
    )
    return hits - 0.5 * unlike - 0.05 * (bottom - top) - 0.001 * top


def _grow(grid: list[list[Any]], merges: Sequence[Merge], top: int, bottom: int) -> tuple[int, int]:
    """Take in the rows that belong to the header by its merged cells, above and below."""
    width = len(grid[0]) if grid else 0
    grown = True
    while grown:
        grown = False
        for upper, left, lower, right in merges:
            if lower - upper >= MOST_LEVELS or right - left + 1 >= width > 2:
                continue
            spans_below = top <= upper <= bottom < lower
            spans_above = upper < top <= lower
            beside_above = upper == lower == top - 1 and right > left and _is_heading_row(grid[upper - 1])
            if spans_below and lower - top < MOST_LEVELS and lower <= len(grid):
                bottom, grown = lower, True
            elif (spans_above or beside_above) and bottom - upper < MOST_LEVELS:
                top, grown = upper, True
    return top, bottom


def _is_heading_row(cells: Sequence[Any]) -> bool:
    texts = {_text(cell) for cell in cells if cell is not None}
    return len(texts) >= 2 and all(texts) and not any(METADATA.search(text) for text in texts)


def _metadata(grid: Sequence[Sequence[Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for cells in grid:
        texts = dict.fromkeys(clean(cell) for cell in cells if isinstance(cell, str))
        for text in texts:
            for label, value in METADATA.findall(text):
                if value.strip():
                    found.setdefault(label, value.strip()[:80])
    return found
