"""From the rows of a sheet to rows with parsed values, a chunk at a time.

A chunk is parsed column by column: a parser gives the same answer for the same cell, so each column remembers what it
has parsed, and a chunk costs one look-up a cell and one parse a new value.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.importing.enums import Severity
from portal.importing.layout import Layout
from portal.importing.parsers import CellContext, Parsed
from portal.importing.places import SHEET_STEP
from portal.importing.reader import Cell
from portal.importing.remarks import set_aside
from portal.importing.resources import Cells, Column, Issue, StagedRow
from portal.importing.rowkinds import RowKind, Totals

CHUNK = 1_000
REMEMBERED = 20_000
# Values of these types are equal only when they are the same cell; True, 1 and 1.0 are not told apart by a dictionary.
DISTINCT = frozenset({str, int, dt.date, dt.datetime, type(None)})
Numbered = tuple[int, RowKind, list[Cell]]


@dataclass(frozen=True)
class Reader:
    """One mapped column: where it stands, how its cells are parsed, and what was parsed before."""

    index: int
    letter: str
    column: Column
    context: CellContext
    known: dict[Cell, Parsed]

    def parse(self, raws: Sequence[Cell]) -> list[Parsed]:
        """The parsed cells, in order."""
        parse, context, known = self.column.parser.parse, self.context, self.known
        if not set(map(type, raws)) <= DISTINCT:
            return [parse(raw, context) for raw in raws]
        new = set(raws) - known.keys()
        if len(known) + len(new) > REMEMBERED:
            known.clear()
            new = set(raws)
        for raw in new:
            known[raw] = parse(raw, context)
        return [known[raw] for raw in raws]


class RowReader:
    """The data rows of what was laid out. ``total_count`` grows while they are read."""

    def __init__(self, layout: Layout, columns: Mapping[str, Column], today: dt.date) -> None:
        self.layout = layout
        self.columns = columns
        unit = _sheet_unit(layout)
        self.readers = [
            Reader(
                match.number - 1,
                match.letter,
                column,
                CellContext(column.label, today, match.unit or unit, is_1904=layout.sheet.is_1904),
                {},
            )
            for match in layout.matches
            if (column := columns.get(match.code or "")) is not None and column.is_kept
        ]
        self.places = {reader.column.code: (reader.letter, reader.index) for reader in self.readers}
        self.key_numbers = frozenset(reader.index + 1 for reader in self.readers if reader.column.key)
        self.width = max((reader.index + 1 for reader in self.readers), default=0)
        self.summed = [reader.column.code for reader in self.readers if reader.column.is_total]
        self.totals = Totals()
        self.total_count = 0
        self._sheet = 0

    def __iter__(self) -> Iterator[tuple[list[StagedRow], list[Issue]]]:
        """Chunks of data rows, each with what there is to say about the rows that were set aside."""
        chunk: list[Numbered] = []
        for one in self.layout.rows(self.key_numbers):
            chunk.append(one)
            if len(chunk) == CHUNK:
                yield self._read(chunk)
                chunk = []
        if chunk:
            yield self._read(chunk)

    def _read(self, chunk: list[Numbered]) -> tuple[list[StagedRow], list[Issue]]:
        rows = self._parse([(number, cells) for number, kind, cells in chunk if kind is RowKind.DATA])
        issues: list[Issue] = []
        waiting = iter(rows)
        for number, kind, cells in chunk:
            if number // SHEET_STEP != self._sheet and len(self.layout.parts) > 1:
                self._sheet = number // SHEET_STEP
                self.totals.turn()
            if kind is RowKind.DATA:
                self._add_up(next(waiting))
            elif kind is RowKind.TOTAL:
                self.total_count += 1
                issues += self._total_issues(number, cells)
            else:
                issues.append(set_aside(number, self.layout.say(number), kind))
        return rows, issues

    def _parse(self, numbered: Sequence[tuple[int, list[Cell]]]) -> list[StagedRow]:
        if not numbered:
            return []
        width, places = self.width, self.places
        padded = [cells if len(cells) >= width else cells + [None] * (width - len(cells)) for _, cells in numbered]
        rows = [StagedRow(number, Cells(places, cells)) for (number, _), cells in zip(numbered, padded, strict=True)]
        for reader in self.readers:
            index, code = reader.index, reader.column.code
            for row, (value, problems) in zip(rows, reader.parse([cells[index] for cells in padded]), strict=True):
                if value is not None:
                    row.values[code] = value
                for problem in problems:
                    row.add(problem.code, code, problem.message, problem.severity)
        for row in rows:
            row.label = str(row.values.get("name") or row.values.get("uscc") or "")[:200]
        return rows

    # Totals -------------------------------------------------------------------------------------------------------

    def _add_up(self, row: StagedRow) -> None:
        values = row.values
        numbers = {code: values[code] for code in self.summed if code in values}
        broken = [code for code in self.summed if code not in values and row.has_error(code)] if row.issues else []
        self.totals.add(numbers, broken)

    def _total_issues(self, number: int, cells: Sequence[Cell]) -> list[Issue]:
        """Compare a 合计 row with the rows above it; it is never data."""
        stated, letters = {}, {}
        for reader in self.readers:
            raw = cells[reader.index] if reader.index < len(cells) else None
            if reader.column.is_total and raw is not None:
                value, _ = reader.column.parser.parse(raw, reader.context)
                if value is not None:
                    stated[reader.column.code], letters[reader.column.code] = value, reader.letter
        issues = [set_aside(number, self.layout.say(number), RowKind.TOTAL)]
        for code, (said, counted) in self.totals.compare(stated).items():
            message = (
                f"{self.layout.say(number)}合计的{self.columns[code].label}是 {said:,}，各行相加是 {counted:,}，"
                f"相差 {abs(said - counted):,}。"
                "请核对是否漏行或填错。"
            )
            issues.append(Issue(number, letters[code], code, f"{said:,}", "total.mismatch", message, Severity.WARNING))
        return issues


def _sheet_unit(layout: Layout) -> str:
    stated = layout.header.metadata
    text = stated.get("计量单位", stated.get("单位", ""))
    return text if text in ("元", "万元", "亿元") else ""
