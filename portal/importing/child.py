"""The reading child process: ``python -m portal.importing.child REQUEST.json``.

It works under memory and processor limits set by itself before the file is opened, reads one upload and leaves
``reading.json`` (what was found, or why the file is refused) and one ``sheet-N.jsonl`` per sheet in its folder.
"""

import errno
import json
import resource
import sys
from collections.abc import Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from portal.importing import content, delimited, limits, refusals
from portal.importing.pages import Page

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
DISK_FULL_STATUS = 3


def main(request_path: str) -> int:
    request = json.loads(Path(request_path).read_text("utf-8"))
    folder = Path(request["folder"])
    _limit(request["memory_bytes"])
    try:
        answer = read(
            Path(request["source"]),
            request["name"],
            folder,
            max_bytes=request["max_bytes"],
            encoding=request.get("encoding", ""),
        )
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


def read(source: Path, name: str, folder: Path, *, max_bytes: int, encoding: str = "") -> dict[str, Any]:
    """Read ``source`` into ``folder``; raises ``FileRefused``. ``encoding`` is what a person says a text
    is written in.
    """
    kind = content.detect(source, name, max_bytes=max_bytes)
    encodings: list[str] = []
    is_doubtful = False
    if kind == "csv":
        guess = delimited.guess(source, name)
        encodings, is_doubtful = list(guess.encodings), guess.is_doubtful and not encoding
        chosen = encoding if encoding in encodings else guess.encodings[0]
        pages = delimited.pages(source, name, chosen)
    else:
        pages = _workbook_pages(kind, source, name)
    sheets = []
    with closing(pages):
        for number, page in enumerate(pages):
            summary = _write(folder / f"sheet-{number}.jsonl", page.rows)
            sheets.append(_sheet(page, number, summary))
    if not any(sheet["filled_rows"] for sheet in sheets):
        raise refusals.empty(name)
    return {"type": kind, "sheets": sheets, "encodings": encodings, "encoding_is_doubtful": is_doubtful}


def _workbook_pages(kind: str, source: Path, name: str) -> Generator[Page]:
    """Only the reader that is needed is loaded."""
    if kind == "xlsx":
        from portal.importing import xlsx

        return xlsx.pages(source, name)
    if kind == "ods":
        from portal.importing import ods

        return ods.pages(source, name)
    from portal.importing import xls

    return xls.pages(source, name)


def _sheet(page: Page, number: int, summary: dict[str, int]) -> dict[str, Any]:
    return {
        "name": page.name,
        "file": f"sheet-{number}.jsonl",
        **summary,
        "merges": page.merges,
        "hidden": page.hidden,
        "hidden_rows": page.hidden_rows,
        "hidden_columns": page.hidden_columns,
        "encoding": page.encoding,
        "is_1904": page.is_1904,
    }


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
