"""Which sheet, which header rows, which columns: from what was read and what a person decided. No database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.importing import header as headers
from portal.importing import mapping, refusals
from portal.importing.header import Header
from portal.importing.mapping import Match
from portal.importing.reader import Reading, Sheet
from portal.importing.resources import Column, ImportResource
from portal.importing.rowkinds import RowKind, classify

SAMPLE_ROWS = 200
SHOWN_SAMPLES = 3
RIVAL_LEAD = 2


@dataclass(frozen=True)
class Layout:
    sheet: Sheet
    header: Header
    matches: tuple[Match, ...]
    other_sheets: tuple[str, ...] = ()
    rival: str = ""

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


def find(
    reading: Reading,
    columns: Sequence[Column],
    *,
    sheet_name: str = "",
    header_rows: Sequence[int] = (),
    given: Mapping[str, str] | None = None,
) -> Layout:
    """The chosen or best sheet, its header and the proposed mapping; raises ``FileRefused`` or ``UnknownHeading``."""
    words = mapping.vocabulary(columns)
    if sheet_name and reading.sheet(sheet_name) is None:
        names = "、".join(f"「{sheet.name}」" for sheet in reading.sheets)
        raise refusals.FileRefused(
            "file.no_header", f"文件里没有名为「{sheet_name}」的工作表。现有：{names}。请改选其中一张。"
        )
    candidates = [sheet for sheet in reading.sheets if sheet.name == sheet_name or not sheet_name]
    found: list[tuple[Sheet, Header]] = []
    for sheet in candidates:
        header = headers.find(sheet.head(headers.LOOKED_AT_ROWS), sheet.merges, words, chosen=tuple(header_rows))
        if header is not None and (header.matched or header_rows):
            found.append((sheet, header))
    if not found:
        raise refusals.no_header(f"工作表「{sheet_name}」中" if sheet_name else "文件中")
    sheet, header = max(found, key=lambda pair: (not pair[0].hidden, _has_data(*pair), pair[1].matched))
    if not _has_data(sheet, header):
        raise refusals.no_rows(f"工作表「{sheet.name}」")
    samples = samples_of(sheet, header)
    matches = mapping.propose(header, columns, samples, given)
    others = tuple(
        other.name for other, its in found if other is not sheet and its.matched >= 2 and _has_data(other, its)
    )
    return Layout(sheet=sheet, header=header, matches=matches, other_sheets=others)


def rival_kind(found: Layout, own: str, kinds: Mapping[str, type[ImportResource]]) -> str:
    """The label of another kind that knows clearly more of the headings: probably the wrong one was chosen."""
    samples = samples_of(found.sheet, found.header)
    scores = {
        code: sum(1 for match in mapping.propose(found.header, resource.columns(), samples) if match.basis == "label")
        + sum(0.8 for match in mapping.propose(found.header, resource.columns(), samples) if match.basis == "synonym")
        for code, resource in kinds.items()
    }
    best = max(scores, key=lambda code: scores[code])
    return kinds[best].label if best != own and scores[best] >= scores[own] + RIVAL_LEAD else ""


def samples_of(sheet: Sheet, header: Header) -> list[list[Any]]:
    """The first data rows: cells only."""
    samples = []
    for number, cells in sheet:
        if number < header.first_data_row or not cells:
            continue
        if classify(cells, header, serial_columns=frozenset(), key_columns=frozenset()) is RowKind.DATA:
            samples.append(cells)
        if len(samples) >= SAMPLE_ROWS:
            break
    return samples


def _has_data(sheet: Sheet, header: Header) -> bool:
    return any(number >= header.first_data_row and cells for number, cells in sheet)
