"""The reading child process: ``python -m portal.importing.child REQUEST.json``.

It works under memory and processor limits set by itself before the file is opened, reads one upload and leaves
``reading.json`` (what was found, or why the file is refused) and one ``sheet-N.jsonl`` per sheet in its folder.
"""

import datetime as dt
import errno
import json
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from portal.importing import content, delimited, limits, refusals, sheetxml

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
DISK_FULL_STATUS = 3
DATE_MARK = "d"
ERROR_MARK = "e"


def main(request_path: str) -> int:
    request = json.loads(Path(request_path).read_text("utf-8"))
    folder = Path(request["folder"])
    _limit(request["memory_bytes"])
    try:
        answer = read(Path(request["source"]), request["name"], folder, max_bytes=request["max_bytes"])
    except refusals.FileRefused as refusal:
        answer = _refusal(refusal)
    except MemoryError:
        answer = _refusal(refusals.bomb(request["name"], "展开后占用的内存超过上限"))
    except OSError as error:
        if error.errno in DISK_FULL:
            return DISK_FULL_STATUS
        raise
    (folder / "reading.json").write_text(json.dumps(answer, ensure_ascii=False), "utf-8")
    return 0


def _refusal(refusal: refusals.FileRefused) -> dict[str, Any]:
    return {"refusal": {"code": refusal.code, "message": refusal.message}}


def _limit(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CHILD_CPU_SECONDS, limits.CHILD_CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(source: Path, name: str, folder: Path, *, max_bytes: int) -> dict[str, Any]:
    """Read ``source`` into ``folder``; raises ``FileRefused``."""
    kind = content.detect(source, name, max_bytes=max_bytes)
    sheets = _read_delimited(source, name, folder) if kind == "csv" else _read_workbook(source, name, folder)
    if not any(sheet["filled_rows"] for sheet in sheets):
        raise refusals.empty(name)
    return {"type": kind, "sheets": sheets}


def _read_delimited(source: Path, name: str, folder: Path) -> list[dict[str, Any]]:
    encoding = delimited.encoding_of(source, name)
    summary = _write(folder / "sheet-0.jsonl", delimited.rows(source, name, encoding))
    title = name.rpartition(".")[0] or name
    return [_sheet(title, 0, summary, encoding=encoding)]


def _read_workbook(source: Path, name: str, folder: Path) -> list[dict[str, Any]]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    sheets = []
    with zipfile.ZipFile(source) as archive:
        parts = {part.name: part for part in sheetxml.sheet_parts(archive, name)}
        sheetxml.check_strings(archive, name)
        notes = {
            part.name: sheetxml.look_through(archive, part, name)
            for part in parts.values()
            if part.path.startswith("xl/worksheets/")
        }
    try:
        workbook = CalamineWorkbook.from_path(str(source))
        for number, title in enumerate(workbook.sheet_names):
            if title not in notes:
                continue
            sheet = workbook.get_sheet_by_name(title)
            summary = _write(folder / f"sheet-{number}.jsonl", _workbook_rows(sheet, notes[title]))
            merges = [
                [top + 1, left + 1, bottom + 1, right + 1]
                for (top, left), (bottom, right) in (sheet.merged_cell_ranges or [])
                if left < limits.COLUMNS
            ]
            seen = notes[title]
            sheets.append(
                _sheet(
                    title,
                    number,
                    summary,
                    merges=merges,
                    hidden=parts[title].hidden,
                    hidden_rows=seen.hidden_rows,
                    hidden_columns=seen.hidden_columns,
                )
            )
    except PasswordError as error:
        raise refusals.encrypted(name) from error
    except (CalamineError, OSError, ValueError) as error:
        raise refusals.unreadable(name, "已损坏，表格内容读不出来") from error
    return sheets


def _sheet(title: str, number: int, summary: dict[str, int], **more: Any) -> dict[str, Any]:
    blank: dict[str, Any] = {"merges": [], "hidden": False, "hidden_rows": [], "hidden_columns": [], "encoding": ""}
    return {"name": title, "file": f"sheet-{number}.jsonl", **summary, **blank, **more}


def _workbook_rows(sheet: Any, notes: sheetxml.SheetNotes) -> Iterator[list[Any]]:
    marks: dict[int, dict[int, str]] = {}
    for (row, column), text in notes.errors.items():
        marks.setdefault(row, {})[column] = text
    for row, column in notes.formulas_without_value:
        marks.setdefault(row, {})[column] = "#FORMULA"
    number = 0
    # The fast reader keeps empty rows above the data but leaves out empty columns to its left.
    left = [None] * (sheet.start[1] if sheet.start else 0)
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = left + [_cell(value) for value in values[: limits.COLUMNS]]
        if number in marks:
            _mark(cells, marks.pop(number))
        yield cells
    for late in range(number + 1, max(marks, default=0) + 1):
        cells = []
        _mark(cells, marks.pop(late, {}))
        yield cells


def _mark(cells: list[Any], errors: dict[int, str]) -> None:
    for column, text in errors.items():
        if column <= limits.COLUMNS:
            cells.extend([None] * (column - len(cells)))
            cells[column - 1] = [ERROR_MARK, text]


def _cell(value: Any) -> Any:
    if value == "":
        return None
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, (dt.datetime, dt.date)):
        return [DATE_MARK, value.isoformat()]
    if isinstance(value, (dt.time, dt.timedelta)):
        return str(value)
    return value


def _write(path: Path, rows: Iterable[list[Any]]) -> dict[str, int]:
    """Rows in blocks, one JSON line each: ``[number of its first row, [[cell, …], …]]``."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    first, block, count, filled, width = 1, [], 0, 0, 0
    with path.open("w", encoding="utf-8", errors="surrogatepass") as stream:
        for cells in rows:
            while cells and cells[-1] is None:
                cells.pop()
            if cells:
                filled += 1
                width = max(width, len(cells))
            block.append(cells)
            count += 1
            if len(block) == limits.ROWS_PER_LINE:
                stream.write(encode([first, block]) + "\n")
                first, block = first + len(block), []
        if block:
            stream.write(encode([first, block]) + "\n")
    return {"rows": count, "filled_rows": filled, "columns": width}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
