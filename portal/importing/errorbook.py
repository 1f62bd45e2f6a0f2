"""The error workbook: the person's own sheet with the refused rows only, bad cells marked, each with cause and remedy.

Title rows, header rows and merges stay where they were, so that the corrected workbook is read like the original.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from portal.exporting.services import Formats, open_book, sheet_name, width_of, write_cell, write_notes, write_table
from portal.importing.enums import Severity
from portal.importing.layout import Layout, Part
from portal.importing.models import ImportBatch, ImportIssue
from portal.importing.places import place
from portal.importing.reader import Cell, CellError
from portal.importing.rowkinds import RowKind
from portal.importing.selectors import issues
from portal.importing.wording import REMARKS, split_message

# More rows than a person corrects by hand; the rest is the same few mistakes.
MOST_ROWS = 10_000
WIDEST = 40
MEASURED = 50


def error_workbook(batch: ImportBatch, layout: Layout) -> bytes:
    """The refused rows as they stand in the person's own file, ready to be corrected and uploaded again."""
    problems = _problems(batch)
    stream = io.BytesIO()
    book = open_book(stream)
    formats = Formats(book)
    for number, part in enumerate(layout.parts):
        start, end = place(number, 0), place(number + 1, 0)
        own = {row - start: found for row, found in problems.items() if start <= row < end}
        if own or len(layout.parts) == 1:
            _Sheet(book.add_worksheet(sheet_name(part.sheet.name)), part, layout, formats).write(own, start)
    notes = [
        f"批次 {batch.number}，文件「{batch.file_name}」。只列出有错误的行，其余的行不用重报。",
        f"黄色的格有错误，原因和改法在最后几列。改正后可直接上传本工作簿，「{'」「'.join(REMARKS)}」三列会自动略过。",
    ]
    if batch.rejected_count > len(problems):
        notes.append(
            f"有错误的共 {batch.rejected_count:,} 行，本表列出前 {len(problems):,} 行。"
            "其余多为同样的错误，请在原文件中一并改正后重新上传。"
        )
    write_notes(book.add_worksheet("说明"), "错误行清单", notes, formats)
    book.close()
    return stream.getvalue()


def issue_workbook(batch: ImportBatch) -> bytes:
    """For somebody who did not send the file: place, value (numbers masked), cause and remedy."""
    stream = io.BytesIO()
    book = open_book(stream)
    formats = Formats(book)
    found = issues(batch, Severity.ERROR).order_by("row_number", "pk")[:MOST_ROWS]
    write_table(
        book.add_worksheet("错误行"),
        ["行号", "列", "现在的值", "错误原因", "怎么改"],
        [[batch.say(one.row_number), one.column, one.value, *split_message(one.message)] for one in found],
        formats,
    )
    write_notes(
        book.add_worksheet("说明"), "错误行清单", [f"批次 {batch.number}，文件「{batch.file_name}」。"], formats
    )
    book.close()
    return stream.getvalue()


def _problems(batch: ImportBatch) -> dict[int, list[ImportIssue]]:
    """The errors of the first refused rows, by the batch's row number."""
    found: dict[int, list[ImportIssue]] = {}
    for one in issues(batch, Severity.ERROR).filter(row_number__gt=0).order_by("row_number", "pk").iterator():
        if len(found) == MOST_ROWS and one.row_number not in found:
            break
        found.setdefault(one.row_number, []).append(one)
    return found


class _Sheet:
    """One sheet of the original on its way into the error workbook."""

    def __init__(self, sheet: Worksheet, part: Part, layout: Layout, formats: Formats) -> None:
        self.sheet = sheet
        self.part = part
        self.layout = layout
        self.formats = formats
        self.width = part.sheet.columns
        self.head_rows = part.header.first_data_row - 1

    def write(self, problems: Mapping[int, Sequence[ImportIssue]], start: int) -> None:
        """``problems`` by the sheet's own row numbers; ``start`` is where the sheet begins in the batch."""
        self._head()
        widths: dict[int, int] = {}
        line = self.head_rows
        for number, kind, cells in self.layout.rows():
            found = problems.get(number - start) if kind is RowKind.DATA else None
            if not found:
                continue
            self._row(line, cells[: self.width], found, number - start)
            if line < self.head_rows + MEASURED:
                for column, cell in enumerate(cells[: self.width]):
                    widths[column] = max(widths.get(column, 10), min(WIDEST, width_of(_plain(cell)) + 1))
            line += 1
        for column, width in widths.items():
            self.sheet.set_column(column, column, width)
        self.sheet.set_column(self.width, self.width, 8)
        self.sheet.set_column(self.width + 1, self.width + 2, 60)
        self.sheet.freeze_panes(self.head_rows, 0)

    def _head(self) -> None:
        """Everything above the data, merges included; the three remarks stand beside the lowest header row."""
        header_rows = self.part.header.rows
        for number, cells in self.part.sheet.head(self.head_rows):
            look = self.formats.head if number in header_rows else None
            for column, cell in enumerate(cells):
                if cell is not None or look:
                    write_cell(self.sheet, number - 1, column, _plain(cell), self.formats, look)
        tops: dict[tuple[int, int], Cell] = {
            (number, column): cell
            for number, cells in self.part.sheet.head(self.head_rows)
            for column, cell in enumerate(cells, start=1)
        }
        for top, left, bottom, right in self.part.sheet.merges:
            if bottom <= self.head_rows and (top, left) != (bottom, right):
                look = self.formats.head if bottom in header_rows else None
                text = _plain(tops.get((top, left)))
                self.sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "", look)
                write_cell(self.sheet, top - 1, left - 1, text, self.formats, look)
        for offset, label in enumerate(REMARKS):
            self.sheet.write_string(header_rows[-1] - 1, self.width + offset, label, self.formats.head)

    def _row(self, line: int, cells: Sequence[Cell], found: Sequence[ImportIssue], number: int) -> None:
        wrong = {problem.column for problem in found}
        letters = {match.number: match.letter for match in self.layout.matches}
        for column in range(self.width):
            raw = cells[column] if column < len(cells) else None
            look = self.formats.wrong if letters.get(column + 1) in wrong else None
            if raw is not None or look:
                write_cell(self.sheet, line, column, _plain(raw), self.formats, look)
        split = [split_message(problem.message) for problem in found]
        causes, remedies = (list(dict.fromkeys(filter(None, texts))) for texts in zip(*split, strict=True))
        remarks: list[Any] = [number, "\n".join(causes), "\n".join(remedies)]
        for offset, remark in enumerate(remarks):
            write_cell(
                self.sheet, line, self.width + offset, remark, self.formats, self.formats.wrap if offset else None
            )


def _plain(raw: Cell) -> Any:
    return raw.text if isinstance(raw, CellError) else raw
