"""What a report says, once: every renderer (page, PDF, XLSX) reads this one object.

A figure is a `Cell`. A cell that names a drill-down is a promise: the list behind it has exactly as many rows as the
cell says (the numerator, for a rate). `ReportData.problems()` checks every promise before a report is stored.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from portal.regulations.rules import Rate
from portal.reporting.codec import decode, encode


class CellKind(StrEnum):
    COUNT = "count"
    RATE = "rate"
    TEXT = "text"


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table, a card, a chart or a sentence."""

    kind: CellKind
    value: int | str | None = None
    numerator: int | None = None
    denominator: int | None = None
    drill: str | None = None

    @property
    def ratio(self) -> Rate:
        """The exact fraction of a rate cell (R-008: rounded once, at display)."""
        return Rate(self.numerator or 0, self.denominator or 0)

    @property
    def promised_rows(self) -> int | None:
        """How many rows the list behind this cell must have; None for text."""
        if self.kind is CellKind.COUNT:
            return int(self.value) if self.value is not None else None
        return self.numerator if self.kind is CellKind.RATE else None

    @property
    def fraction(self) -> str:
        """「137/149」, the rate's numerator and denominator."""
        return f"{self.numerator:,}/{self.denominator:,}" if self.kind is CellKind.RATE else ""

    def display(self, *, grouped: bool = True) -> str:
        """What a person reads. `grouped` puts the thousands separator of the screen; documents go without."""
        if self.kind is CellKind.RATE:
            return self.ratio.display()
        if self.value is None:
            return "—"
        if self.kind is CellKind.COUNT:
            return f"{int(self.value):,}" if grouped else str(self.value)
        return str(self.value)


def count(value: int, drill: str | None = None) -> Cell:
    return Cell(CellKind.COUNT, value=value, drill=drill)


def rate(numerator: int, denominator: int, drill: str | None = None) -> Cell:
    return Cell(CellKind.RATE, numerator=numerator, denominator=denominator, drill=drill)


def text(value: str) -> Cell:
    return Cell(CellKind.TEXT, value=value)


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; `width` is its share of the line, in Chinese characters."""

    code: str
    label: str
    align: Align = Align.RIGHT
    width: int = 4


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    unit: str = ""
    note: str = ""

    @property
    def plain_count(self) -> int:
        """How many rows besides totals."""
        return sum(not row.is_total for row in self.rows)

    def without(self, code: str) -> "Table":
        """The same table without a column that says the same in every row."""
        kept = [place for place, column in enumerate(self.columns) if column.code != code]
        rows = (replace(row, cells=tuple(row.cells[place] for place in kept)) for row in self.rows)
        return replace(self, columns=tuple(self.columns[place] for place in kept), rows=tuple(rows))

    def first(self, limit: int) -> "Table":
        """The same table with its first rows only; totals always stay."""
        kept, left = [], limit
        for row in self.rows:
            if row.is_total or left > 0:
                kept.append(row)
                left -= not row.is_total
        return replace(self, rows=tuple(kept))


@dataclass(frozen=True, slots=True)
class Card:
    """A headline figure at the top of the page."""

    label: str
    cell: Cell
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class BarChart:
    """Horizontal bars in the order given; `omitted` says how many more there are in the table."""

    key: str
    title: str
    bars: tuple[Bar, ...]
    unit: str = ""
    omitted: int = 0
    kind: str = "bars"


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    row: int
    column: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class TileGrid:
    """Regions as equal tiles, placed roughly where they lie; never a map."""

    key: str
    title: str
    tiles: tuple[Tile, ...]
    unit: str = ""
    kind: str = "tiles"


Chart = BarChart | TileGrid


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. `level` 0 is body, 1 「一、」, 2 「（一）」; figures inside it are cells, so they link as well."""

    parts: tuple[str | Cell, ...]
    level: int = 0

    def plain(self) -> str:
        return "".join(p if isinstance(p, str) else p.display(grouped=False) for p in self.parts)


@dataclass(frozen=True, slots=True)
class Definition:
    """The 口径 of an indicator, with the rule it follows."""

    term: str
    text: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class RosterColumn:
    code: str
    label: str
    kind: CellKind = CellKind.TEXT
    width: int = 10


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One subject, as it stood when the report was built."""

    subject_pk: int
    cells: tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """Every subject a report counted, once. Drill-downs name rows of a roster by position.

    `action_label` and `action_url_name` offer what can be done about a row while the report is not signed; the URL
    takes the subject as the subject's own page does.
    """

    label: str
    columns: tuple[RosterColumn, ...]
    rows: tuple[RosterRow, ...] = ()
    subject_url_name: str = ""
    subject_url_kwarg: str = "pk"
    action_label: str = ""
    action_url_name: str = ""


@dataclass(frozen=True, slots=True)
class DrillDown:
    """The list behind a figure: the rows it counted, and the query that makes the same list live."""

    label: str
    roster: str
    positions: tuple[int, ...]
    list_url_name: str = ""
    query: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportData:
    title: str
    as_of: date
    scope_label: str
    issuer: str = ""
    subtitle: str = ""
    cards: tuple[Card, ...] = ()
    narrative: tuple[Paragraph, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    annexes: tuple[Table, ...] = ()
    definitions: tuple[Definition, ...] = ()
    rosters: dict[str, Roster] = field(default_factory=dict)
    drilldowns: dict[str, DrillDown] = field(default_factory=dict)

    def cells(self) -> Iterator[tuple[str, Cell]]:
        """Every cell with the place it stands in, for checks and tests."""
        for card in self.cards:
            yield f"card:{card.label}", card.cell
        for number, paragraph in enumerate(self.narrative):
            for part in paragraph.parts:
                if isinstance(part, Cell):
                    yield f"narrative:{number}", part
        for table in (*self.tables, *self.annexes):
            for row in table.rows:
                for column, cell in zip(table.columns, row.cells, strict=True):
                    yield f"table:{table.key}:{column.code}", cell
        for chart in self.charts:
            marks: tuple[Bar, ...] | tuple[Tile, ...] = chart.bars if isinstance(chart, BarChart) else chart.tiles
            for mark in marks:
                yield f"chart:{chart.key}:{mark.label}", mark.cell

    def problems(self) -> list[str]:
        """Every broken promise: a figure without its list, or with a list of another length. Empty when sound."""
        found = []
        for drill_key, drill in self.drilldowns.items():
            roster = self.rosters.get(drill.roster)
            if roster is None:
                found.append(f"{drill_key}: roster {drill.roster} is missing")
            elif drill.positions and not 0 <= min(drill.positions) <= max(drill.positions) < len(roster.rows):
                found.append(f"{drill_key}: positions outside roster {drill.roster}")
            if len(set(drill.positions)) != len(drill.positions):
                found.append(f"{drill_key}: a row is counted twice")
        for place, cell in self.cells():
            if cell.kind is CellKind.TEXT:
                continue
            if cell.drill is None:
                found.append(f"{place}: no list behind {cell.display()}")
            elif cell.drill not in self.drilldowns:
                found.append(f"{place}: drill-down {cell.drill} is missing")
            elif len(self.drilldowns[cell.drill].positions) != cell.promised_rows:
                rows = len(self.drilldowns[cell.drill].positions)
                found.append(f"{place}: says {cell.promised_rows}, list {cell.drill} has {rows}")
        return found

    def rows_of(self, drill_key: str) -> list[RosterRow]:
        drill = self.drilldowns[drill_key]
        rows = self.rosters[drill.roster].rows
        return [rows[position] for position in drill.positions]

    def without_rows(self) -> "ReportData":
        """The same report without its lists, which are stored beside it row by row."""
        rosters = {key: replace(roster, rows=()) for key, roster in self.rosters.items()}
        return replace(self, rosters=rosters, drilldowns={})

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types; `from_json` gives back an equal object."""
        return encode(self)

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> "ReportData":
        return decode(cls, payload)
