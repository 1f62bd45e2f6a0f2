"""Which sheets, which header rows, which columns: from what was read and what a person decided. No database."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from portal.importing import header as headers
from portal.importing import mapping, places, refusals
from portal.importing.header import Header
from portal.importing.mapping import Match
from portal.importing.marks import OWN_SHEETS
from portal.importing.reader import Cell, Reading, Sheet
from portal.importing.resources import Column, ImportResource
from portal.importing.rowkinds import RowKind, classify

SAMPLE_ROWS = 200
SHOWN_SAMPLES = 3
RIVAL_LEAD = 2
YEARS = re.compile(r"(?:19|20)\d{2}")
Row = tuple[int, RowKind, list[Cell]]


@dataclass(frozen=True)
class Part:
    """A sheet that is read, and where its header stands."""

    sheet: Sheet
    header: Header

    @property
    def shape(self) -> tuple[Any, ...]:
        """Two sheets with one shape have the same headings in the same columns."""
        return tuple((column.number, column.keys) for column in self.header.columns)


@dataclass(frozen=True)
class Layout:
    """What is read, in the order of the file. Sheets of one shape are one table; ``sheet`` is the first of them."""

    parts: tuple[Part, ...]
    matches: tuple[Match, ...]
    other_sheets: tuple[str, ...] = ()
    rival: str = ""
    template: str = ""

    @property
    def sheet(self) -> Sheet:
        return self.parts[0].sheet

    @property
    def header(self) -> Header:
        return self.parts[0].header

    @cached_property
    def sheet_names(self) -> list[str]:
        return [part.sheet.name for part in self.parts]

    @property
    def filled_rows(self) -> int:
        return sum(part.sheet.filled_rows for part in self.parts)

    @property
    def serial_columns(self) -> frozenset[int]:
        """Columns that only number the rows, also when a person set them aside by hand."""
        mapped = {match.number for match in self.matches if match.code}
        return frozenset(
            column.number for column in self.header.columns if column.number not in mapped and mapping.is_remark(column)
        )

    def letters(self) -> dict[str, str]:
        return {match.code: match.letter for match in self.matches if match.code}

    @property
    def open_columns(self) -> list[Match]:
        """Columns nobody has decided about."""
        return [match for match in self.matches if match.is_open]

    def say(self, number: int) -> str:
        return places.say(number, self.sheet_names)

    def rows(self, key_columns: frozenset[int] = frozenset()) -> Iterator[Row]:
        """``(number of the row, what it is, cells)`` of everything under the headers that is not blank: vertical merges
        filled down, the sheet's name added as a last cell when it is wanted. ``key_columns`` hold codes and names by
        which a row is found in the register. A table ends where another one begins.
        """
        serial = self.serial_columns
        named = next((match.number for match in self.matches if match.is_sheet_name and match.code), 0)
        for index, part in enumerate(self.parts):
            start = places.place(index, 0)
            fill, header, sheet = fill_down(part), part.header, part.sheet
            own: list[Cell] = [sheet.name]
            last, before = header.first_data_row - 1, RowKind.DATA
            for number, raw in sheet:
                if number < header.first_data_row or not raw:
                    continue
                kind = classify(raw, header, serial_columns=serial, key_columns=key_columns)
                if kind is RowKind.DATA:
                    if (number > last + 1 or before is not RowKind.DATA) and header.is_another(raw):
                        yield start + number, RowKind.OTHER_TABLE, raw
                        break
                    cells = fill(number, raw)
                    if named:
                        cells = cells[: named - 1] + [None] * (named - 1 - len(cells)) + own
                    yield start + number, kind, cells
                elif kind is not RowKind.BLANK:
                    yield start + number, kind, raw
                last, before = number, kind


def find(
    reading: Reading,
    columns: Sequence[Column],
    *,
    sheet_name: str = "",
    header_rows: Sequence[int] = (),
    given: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
) -> Layout:
    """The chosen or best sheets, their headers and the proposed mapping.

    Raises ``FileRefused`` or ``UnknownHeading``.
    """
    words = mapping.vocabulary(columns)
    if sheet_name and reading.sheet(sheet_name) is None:
        names = "、".join(f"「{sheet.name}」" for sheet in reading.sheets)
        raise refusals.FileRefused(
            "file.no_header", f"文件里没有名为「{sheet_name}」的工作表。现有：{names}。请改选其中一张。"
        )
    found: list[Part] = []
    looked_at = max(headers.LOOKED_AT_ROWS, (*header_rows, 0)[-1] + headers.LOOKED_AT_ROWS)
    for sheet in reading.sheets:
        is_own = bool(reading.template) and sheet.name in OWN_SHEETS
        if (sheet_name and sheet.name != sheet_name) or (is_own and not sheet_name):
            continue
        header = headers.find(sheet.head(looked_at), sheet.merges, words, chosen=tuple(header_rows))
        if header is not None and (header.matched or header_rows):
            found.append(Part(sheet, header))
    if not found:
        raise refusals.no_header(f"工作表「{sheet_name}」中" if sheet_name else "文件中")
    best = max(found, key=lambda part: (not part.sheet.hidden, _has_data(part), part.header.matched))
    if not _has_data(best):
        raise refusals.no_rows(f"工作表「{best.sheet.name}」")
    parts = _of_one_shape(best, found)
    width = max(part.sheet.columns for part in parts)
    matches = mapping.propose(
        parts[0].header,
        columns,
        samples_of(parts[0]),
        given,
        remembered=remembered,
        sheet_names=[part.sheet.name for part in parts],
        width=width,
    )
    # A dictionary with a name and a code is no second list.
    enough = max(2, best.header.matched / 2)
    others = tuple(
        other.sheet.name
        for other in found
        if other not in parts and other.header.matched >= enough and _has_data(other)
    )
    return Layout(parts=parts, matches=matches, other_sheets=others, template=reading.template)


def _of_one_shape(best: Part, found: Sequence[Part]) -> tuple[Part, ...]:
    """All visible sheets that are one table with ``best``. Sheets that differ by a year in their names are issues of
    the same list, not parts of it: only the latest is read.
    """
    if best.sheet.hidden:
        return (best,)
    alike = [part for part in found if part.shape == best.shape and not part.sheet.hidden and _has_data(part)]
    issues: dict[str, Part] = {}
    for part in alike:
        stem = YEARS.sub("", part.sheet.name) if YEARS.search(part.sheet.name) else f"={part.sheet.name}"
        known = issues.get(stem)
        if known is None or YEARS.findall(part.sheet.name) > YEARS.findall(known.sheet.name):
            issues[stem] = part
    kept = [part for part in alike if part in issues.values()]
    return tuple(kept[: places.MOST_SHEETS])


def rival_kind(found: Layout, own: str, kinds: Mapping[str, type[ImportResource]]) -> str:
    """The label of another kind that knows clearly more of the headings: probably the wrong one was chosen."""
    scores: dict[str, float] = {}
    for code, resource in kinds.items():
        bases = [match.basis for match in mapping.propose(found.header, resource.columns(), ())]
        scores[code] = bases.count("label") + 0.8 * bases.count("synonym")
    best = max(scores, key=lambda code: scores[code])
    return kinds[best].label if best != own and scores[best] >= scores[own] + RIVAL_LEAD else ""


def samples_of(part: Part) -> list[list[Any]]:
    """The first data rows: cells only."""
    samples = []
    for number, cells in part.sheet:
        if number < part.header.first_data_row or not cells:
            continue
        if classify(cells, part.header, serial_columns=frozenset(), key_columns=frozenset()) is RowKind.DATA:
            samples.append(cells)
        if len(samples) >= SAMPLE_ROWS:
            break
    return samples


def _has_data(part: Part) -> bool:
    return any(number >= part.header.first_data_row and cells for number, cells in part.sheet)


def fill_down(part: Part) -> Callable[[int, list[Cell]], list[Cell]]:
    """Repeat the top value of a vertical merge in the rows below it, inside the merge only."""
    first = part.header.first_data_row
    merges = sorted(merge for merge in part.sheet.merges if merge[2] > merge[0] and merge[2] >= first)
    if not merges:
        return lambda number, cells: cells
    position = 0
    open_merges: list[tuple[int, int, int, Cell]] = []

    def fill(number: int, cells: list[Cell]) -> list[Cell]:
        nonlocal position, open_merges
        open_merges = [merge for merge in open_merges if merge[0] >= number]
        filled = cells
        for bottom, left, right, value in open_merges:
            if bottom >= number and value is not None:
                filled = filled + [None] * (right - len(filled)) if len(filled) < right else list(filled)
                filled[left - 1] = value
        while position < len(merges) and merges[position][0] <= number:
            top, left, bottom, right = merges[position]
            position += 1
            if bottom > number:
                value = filled[left - 1] if left <= len(filled) and top == number else None
                open_merges.append((bottom, left, right, value))
        return filled

    return fill
