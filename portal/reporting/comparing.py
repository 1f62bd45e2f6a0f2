"""Two editions of a report, cell by cell: what stands in one and not in the other. Pure; no database.

Cards are matched by their label, tables by key, rows by their first cell, columns by code, the rows of a list by
their subject.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portal.reporting.data import Cell, CellKind, ReportData, RosterRow, Table


@dataclass(frozen=True, slots=True)
class CellDifference:
    """One figure that differs. `before` or `after` is empty where the edition has no such cell."""

    row: str
    column: str
    before: str
    after: str
    drill: str | None = None


@dataclass(frozen=True, slots=True)
class TableDifference:
    """The differences of one table; `key` is empty for the headline figures."""

    key: str
    title: str
    cells: tuple[CellDifference, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs between two editions; `same_count` figures are equal."""

    tables: tuple[TableDifference, ...]
    same_count: int

    @property
    def cells(self) -> list[CellDifference]:
        return [cell for table in self.tables for cell in table.cells]

    @property
    def drills(self) -> list[str]:
        """The lists in which the names behind the differences are found."""
        return list(dict.fromkeys(cell.drill for cell in self.cells if cell.drill))


Place = tuple[tuple[str, int], str]


def shown(cell: Cell | None) -> str:
    """A figure as both editions show it: a rate with its numerator and denominator."""
    if cell is None:
        return ""
    return f"{cell.display()}（{cell.fraction}）" if cell.kind is CellKind.RATE else cell.display()


def compare(old: ReportData, new: ReportData) -> Comparison:
    """Every differing cell of cards, tables and annexes, in the order of the newer edition."""
    cards: list[dict[Place, Cell]] = [
        {((card.label, 1), ""): card.cell for card in report.cards} for report in (old, new)
    ]
    found = [_differences("", "主要数字", cards[0], cards[1], {"": "数字"})]
    before, after = ({table.key: table for table in (*one.tables, *one.annexes)} for one in (old, new))
    for key in [*after, *(key for key in before if key not in after)]:
        kept = after.get(key) or before[key]
        labels = {column.code: column.label for column in kept.columns}
        found.append(_differences(key, kept.title, _cells(before.get(key)), _cells(after.get(key)), labels))
    return Comparison(tuple(table for table, _same in found if table.cells), sum(same for _table, same in found))


def _cells(table: Table | None) -> dict[Place, Cell]:
    """The cells of a table by row and column; rows of the same name are told apart by their order."""
    found: dict[Place, Cell] = {}
    times: Counter[str] = Counter()
    for row in table.rows if table is not None else ():
        label = row.cells[0].display()
        times[label] += 1
        for column, cell in zip(table.columns[1:], row.cells[1:], strict=True):  # type: ignore[union-attr]
            found[(label, times[label]), column.code] = cell
    return found


def _differences(
    key: str, title: str, old: Mapping[Place, Cell], new: Mapping[Place, Cell], labels: Mapping[str, str]
) -> tuple[TableDifference, int]:
    places = [*new, *(place for place in old if place not in new)]
    cells = []
    for place in places:
        before, after = old.get(place), new.get(place)
        if shown(before) != shown(after):
            (row, _time), column = place
            drill = (after or before).drill  # type: ignore[union-attr]
            cells.append(CellDifference(row, labels.get(column, column), shown(before), shown(after), drill))
    return TableDifference(key, title, tuple(cells)), len(places) - len(cells)


@dataclass(frozen=True, slots=True)
class Named:
    """A subject in a list, with its name as it stood."""

    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class ListDifference:
    """Whom a figure counts in the newer edition and not in the older, and the other way round."""

    entered: tuple[Named, ...] = ()
    left: tuple[Named, ...] = ()


def list_difference(old: Iterable[Named], new: Iterable[Named]) -> ListDifference:
    """By subject; one that a list has several times counts as often."""
    before, after = Counter(old), Counter(new)
    return ListDifference(tuple((after - before).elements()), tuple((before - after).elements()))


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One subject of a roster: new, gone, or with cells that changed (column label, before, after)."""

    pk: int
    name: str
    is_added: bool = False
    is_removed: bool = False
    cells: tuple[tuple[str, str, str], ...] = field(default_factory=tuple)


def roster_differences(
    labels: tuple[str, ...], old: Iterable[RosterRow], new: Iterable[RosterRow]
) -> list[RowDifference]:
    """The rows that differ, by subject; of several rows of one subject those that are equal are set aside first."""
    before: dict[int, Counter[tuple[str | int | None, ...]]] = defaultdict(Counter)
    after: dict[int, Counter[tuple[str | int | None, ...]]] = defaultdict(Counter)
    for rows, side in ((old, before), (new, after)):
        for row in rows:
            side[row.subject_pk][row.cells] += 1
    found = []
    for pk in [*after, *(pk for pk in before if pk not in after)]:
        gone = list((before[pk] - after[pk]).elements())
        come = list((after[pk] - before[pk]).elements())
        for then, now in zip(gone, come, strict=False):
            cells = tuple((label, _text(a), _text(b)) for label, a, b in zip(labels, then, now, strict=True) if a != b)
            found.append(RowDifference(pk, _text(now[0]), cells=cells))
        found += [RowDifference(pk, _text(row[0]), is_added=True) for row in come[len(gone) :]]
        found += [RowDifference(pk, _text(row[0]), is_removed=True) for row in gone[len(come) :]]
    return found


def _text(value: str | int | None) -> str:
    return "未填报" if value is None else str(value)
