"""The workbook of the rows of a batch that were refused."""

import io
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from portal import importing
from portal.exporting.services import Formats, open_book, width_of, write_cell, write_notes, write_table
from portal.importing import masks
from portal.importing.enums import Severity
from portal.importing.layout import Layout
from portal.importing.models import ImportBatch, ImportIssue
from portal.importing.reader import Cell, CellError
from portal.importing.selectors import issues

REMEDY_STARTS = ("请", "是否应为", "如", "确属", "不需要", "需要的")
REMARKS = ("行号", "错误原因", "怎么改")


def split_message(message: str) -> tuple[str, str]:
    """Cause and remedy of a message: the remedy begins with the first sentence that asks for something."""
    sentences = [part for part in message.replace("？", "？。").split("。") if part]
    for index, sentence in enumerate(sentences):
        if index and sentence.startswith(REMEDY_STARTS):
            return _joined(sentences[:index]), _joined(sentences[index:])
    return message, ""


def _joined(sentences: Sequence[str]) -> str:
    return "".join(sentence if sentence.endswith("？") else f"{sentence}。" for sentence in sentences)


def error_workbook(batch: ImportBatch, layout: Layout | None) -> bytes:
    """The refused rows as they stand in the person's own file, bad cells marked, with 错误原因 and 怎么改.

    Without ``layout`` (the upload is deleted already) only row, column, value, cause and remedy are left.
    """
    found = list(issues(batch, Severity.ERROR).order_by("row_number", "pk"))
    stream = io.BytesIO()
    book = open_book(stream)
    formats = Formats(book)
    sheet = book.add_worksheet("错误行")
    if layout is None:
        labels = ["行号", "列", "现在的值", "错误原因", "怎么改"]
        write_table(
            sheet,
            labels,
            [[batch.say(i.row_number), i.column, i.value, *split_message(i.message)] for i in found],
            formats,
        )
    else:
        columns = importing.resource_for(batch.kind).columns()
        _original_rows(sheet, layout, found, formats, {column.code for column in columns if column.personal})
    notes = [
        f"批次 {batch.number}，文件「{batch.file_name}」，工作表「{batch.sheet_name}」。",
        "黄色的格有错误，原因和改法在最后两列。改正后可直接上传本工作簿，「行号」「错误原因」「怎么改」三列会自动略过。",
    ]
    write_notes(book.add_worksheet("说明"), "错误行清单", notes, formats)
    book.close()
    return stream.getvalue()


def _original_rows(
    sheet: Any, layout: Layout, found: Iterable[ImportIssue], formats: Formats, personal: Collection[str]
) -> None:
    """Cells of personal columns stay empty: they would not be kept anyway."""
    by_row: dict[int, list[ImportIssue]] = {}
    for issue in found:
        by_row.setdefault(issue.row_number, []).append(issue)
    matches = layout.matches
    for number, label in enumerate([*(match.path for match in matches), *REMARKS]):
        sheet.write_string(0, number, label, formats.head)
        sheet.set_column(number, number, 60 if label in REMARKS[1:] else max(12, min(40, width_of(label) + 2)))
    line = 0
    for row_number, _, cells in layout.rows():
        problems = by_row.get(row_number)
        if problems is None:
            continue
        line += 1
        wrong = {problem.column for problem in problems}
        for index, match in enumerate(matches):
            is_shown = match.number <= len(cells) and match.code not in personal
            raw = cells[match.number - 1] if is_shown else None
            look = formats.wrong if match.letter in wrong else None
            write_cell(sheet, line, index, _shown(raw), formats, look)
        split = [split_message(problem.message) for problem in problems]
        remarks = [
            layout.say(row_number) if len(layout.parts) > 1 else row_number,
            "\n".join(cause for cause, _ in split),
            "\n".join(remedy for _, remedy in split),
        ]
        for offset, remark in enumerate(remarks):
            write_cell(sheet, line, len(matches) + offset, remark, formats, formats.wrap if offset else None)
    sheet.freeze_panes(1, 0)


def _shown(raw: Cell) -> Any:
    return masks.mask(raw.text) if isinstance(raw, CellError) else raw
