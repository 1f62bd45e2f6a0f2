"""The reading child process: ``python -m portal.importing.child``.

It takes its orders as JSON on standard input, works under memory and processor limits set by itself before the file is
opened, and answers through standard output, line by line: ``p`` begins a page, ``r`` and a block of rows follow, ``a``
with what was found (or why the file is refused) ends it. It writes no file, so nothing of an upload lies about.
"""

import json
import os
import resource
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from portal.importing import content, delimited, limits, refusals
from portal.importing.marks import mark_of
from portal.importing.pages import Page

PAGE, ROWS, ANSWER = b"p", b"r", b"a"
Put = Callable[[bytes, Any], None]


def main() -> int:
    request = json.load(sys.stdin)
    _limit(request["memory_bytes"])
    put = _through(_own_output())
    try:
        answer = read(
            Path(request["source"]),
            request["name"],
            put,
            max_bytes=request["max_bytes"],
            encoding=request["encoding"],
        )
    except refusals.FileRefused as refusal:
        answer = _refusal(refusal)
    except MemoryError:
        answer = _refusal(refusals.bomb(request["name"], "展开后占用的内存超过上限"))
    put(ANSWER, answer)
    return 0


def _own_output() -> int:
    """Standard output for the answer alone: what a library prints goes nowhere."""
    output = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return output


def _through(output: int) -> Put:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    stream = os.fdopen(output, "wb")

    def put(tag: bytes, what: Any) -> None:
        stream.write(tag + encode(what).encode("utf-8", "surrogatepass") + b"\n")
        if tag == ANSWER:
            stream.close()

    return put


def _refusal(refusal: refusals.FileRefused) -> dict[str, Any]:
    return {"refusal": {"code": refusal.code, "message": refusal.message}}


def _limit(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CHILD_CPU_SECONDS, limits.CHILD_CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(source: Path, name: str, put: Put, *, max_bytes: int, encoding: str = "") -> dict[str, Any]:
    """Hand the rows of ``source`` to ``put``, return what was found; raises ``FileRefused``. ``encoding`` is what a
    person says a text is written in.
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
            put(PAGE, number)
            summary = _rows(page.rows, put)
            sheets.append(_sheet(page, number, summary))
    if not any(sheet["filled_rows"] for sheet in sheets):
        raise refusals.empty(name)
    mark = mark_of(source) if kind == "xlsx" else ""
    return {
        "type": kind,
        "template": mark,
        "sheets": sheets,
        "encodings": encodings,
        "encoding_is_doubtful": is_doubtful,
    }


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
        "file": sheet_file(number),
        **summary,
        "merges": page.merges,
        "hidden": page.hidden,
        "hidden_rows": page.hidden_rows,
        "hidden_columns": page.hidden_columns,
        "encoding": page.encoding,
        "is_1904": page.is_1904,
    }


def sheet_file(number: int) -> str:
    return f"sheet-{number}"


def _rows(rows: Iterable[list[Any]], put: Put) -> dict[str, int]:
    """Hand over blocks of rows, ``[number of the first row, [[cell, …], …]]``."""
    first, block, count, filled, width = 1, [], 0, 0, 0
    for cells in rows:
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            filled += 1
            width = max(width, len(cells))
        block.append(cells)
        count += 1
        if len(block) == limits.ROWS_PER_LINE:
            put(ROWS, [first, block])
            first, block = first + len(block), []
    if block:
        put(ROWS, [first, block])
    return {"rows": count, "filled_rows": filled, "columns": width}


if __name__ == "__main__":
    sys.exit(main())
