"""Reading an upload: start the child, keep what it answers, and hand it out. No Django models, no database.

The upload reaches the child as anonymous memory, the rows come back through a pipe, and what is kept of them is sealed:
nothing of a person's file ever lies readable on a disk.
"""

import datetime as dt
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from portal.importing import limits, refusals
from portal.importing.child import ANSWER, PAGE, ROWS, sheet_file
from portal.importing.pages import DATE_MARK, ERROR_MARK
from portal.privacy.sealing import SealedReader, SealedWriter

PROJECT = Path(__file__).resolve().parent.parent.parent
READING = "reading"


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an error (``#REF!``), or a formula whose result was not kept."""

    text: str


Cell = None | str | int | float | bool | dt.date | dt.datetime | CellError


@dataclass(frozen=True)
class Sheet:
    """One sheet as read: its extent, merged ranges (top, left, bottom, right, from 1) and what is hidden."""

    name: str
    path: Path
    rows: int
    filled_rows: int
    columns: int
    merges: tuple[tuple[int, int, int, int], ...]
    hidden: bool
    hidden_rows: tuple[tuple[int, int], ...]
    hidden_columns: tuple[int, ...]
    encoding: str
    is_1904: bool

    def __iter__(self) -> Iterator[tuple[int, list[Cell]]]:
        """``(row number in the file, cells)``; blank rows come as empty lists, so numbers never shift."""
        with _sealed(self.path) as stream:
            for line in stream:
                first, block = json.loads(line, object_hook=_decode)
                yield from enumerate(block, start=first)

    def head(self, count: int) -> list[tuple[int, list[Cell]]]:
        """The first ``count`` rows."""
        return [row for _, row in zip(range(count), self, strict=False)]


@dataclass(frozen=True)
class Reading:
    """``encodings`` in which a text may be written, likeliest first; only a person can tell when ``is_doubtful``.
    ``template`` is the mark of a template of ours.
    """

    type: str
    sheets: tuple[Sheet, ...]
    encodings: tuple[str, ...] = ()
    is_doubtful: bool = False
    template: str = ""

    def sheet(self, name: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def _decode(cell: dict[str, str]) -> Cell:
    text = cell.get(DATE_MARK)
    if text is None:
        return CellError(cell[ERROR_MARK])
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)


def read(
    source: Path | IO[bytes],
    name: str,
    folder: Path,
    *,
    max_bytes: int,
    memory_bytes: int | None = None,
    encoding: str = "",
) -> Reading:
    """Read ``source`` (called ``name`` by its sender) in a child process; the rows are kept in ``folder``. ``encoding``
    is what a person said a text is written in.

    Raises ``FileRefused``: also when the child runs out of time or memory, or dies; ``OSError`` when the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / READING).unlink(missing_ok=True)
    memory = _in_memory(source)
    try:
        request = {
            "source": f"/proc/self/fd/{memory}",
            "name": name,
            "max_bytes": max_bytes,
            "encoding": encoding,
            "memory_bytes": memory_bytes or limits.CHILD_MEMORY_BYTES,
        }
        answer = _ask(request, memory, folder)
    finally:
        os.close(memory)
    with (folder / READING).open("wb") as file, SealedWriter(file, context=folder.name) as kept:
        kept.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return load(folder)


def _in_memory(source: Path | IO[bytes]) -> int:
    """A descriptor of anonymous memory with the upload in it: readers of workbooks must seek, which a pipe cannot."""
    memory = os.memfd_create("upload")
    with ExitStack() as stack:
        stream = stack.enter_context(source.open("rb")) if isinstance(source, Path) else source
        while chunk := stream.read(limits.READ_AT_ONCE_BYTES):
            os.write(memory, chunk)
    return memory


def _ask(request: dict[str, Any], memory: int, folder: Path) -> dict[str, Any]:
    """Run the child to its end; what it answered, or why the file is refused."""
    name, is_late = request["name"], threading.Event()
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(PROJECT), "LANG": "C.UTF-8"}
    # Our own module, no shell, and no text of the sender among the arguments.
    with subprocess.Popen(
        [sys.executable, "-m", "portal.importing.child"],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=[memory],
    ) as child:

        def stop() -> None:
            is_late.set()
            child.kill()

        clock = threading.Timer(limits.CHILD_SECONDS, stop)
        clock.start()
        try:
            answer = _converse(child, request, folder)
        except BaseException:
            child.kill()
            raise
        finally:
            clock.cancel()
    if is_late.is_set():
        raise refusals.bomb(name, f"读了 {limits.CHILD_SECONDS} 秒还没有读完")
    if child.returncode < 0:
        raise refusals.bomb(name, "展开后占用的内存或时间超过上限")
    if child.returncode != 0 or answer is None:
        raise refusals.unreadable(name, "已损坏，表格内容读不出来")
    return answer


def _converse(child: subprocess.Popen[bytes], request: dict[str, Any], folder: Path) -> dict[str, Any] | None:
    """Put the question, keep the rows of every page sealed in a file of its own; the answer, if it came."""
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child was started without pipes")
    try:
        child.stdin.write(json.dumps(request).encode())
        child.stdin.close()
    except BrokenPipeError:
        return None
    with ExitStack() as page:
        rows: SealedWriter | None = None
        for line in child.stdout:
            tag, text = line[:1], line[1:]
            if tag == ROWS and rows is not None:
                rows.write(text)
            elif tag == PAGE:
                page.close()
                file = page.enter_context((folder / sheet_file(int(text))).open("wb"))
                rows = page.enter_context(SealedWriter(file, context=folder.name))
            elif tag == ANSWER:
                answer: dict[str, Any] = json.loads(text)
                return answer
    return None


@contextmanager
def _sealed(path: Path) -> Iterator[SealedReader]:
    with path.open("rb") as file:
        yield SealedReader(file, context=path.parent.name)


def is_there(folder: Path) -> bool:
    """Whether a whole answer of the child is kept in ``folder``."""
    return (folder / READING).exists()


def load(folder: Path) -> Reading:
    """What an earlier ``read`` left in ``folder``; raises ``FileRefused`` if that was a refusal."""
    with _sealed(folder / READING) as kept:
        answer: dict[str, Any] = json.loads(kept.read())
    if refusal := answer.get("refusal"):
        raise refusals.FileRefused(refusal["code"], refusal["message"])
    sheets = tuple(
        Sheet(
            name=item["name"],
            path=folder / item["file"],
            rows=item["rows"],
            filled_rows=item["filled_rows"],
            columns=item["columns"],
            merges=tuple(tuple(merge) for merge in item["merges"]),
            hidden=item["hidden"],
            hidden_rows=tuple(tuple(pair) for pair in item["hidden_rows"]),
            hidden_columns=tuple(item["hidden_columns"]),
            encoding=item["encoding"],
            is_1904=item["is_1904"],
        )
        for item in answer["sheets"]
    )
    return Reading(
        type=answer["type"],
        sheets=sheets,
        encodings=tuple(answer["encodings"]),
        is_doubtful=answer["encoding_is_doubtful"],
        template=answer.get("template", ""),
    )
