"""Reading an upload: start the child, wait, and hand out what it left. No Django models, no database."""

import datetime as dt
import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.importing import limits, refusals
from portal.importing.child import DISK_FULL_STATUS
from portal.importing.pages import DATE_MARK

PROJECT = Path(__file__).resolve().parent.parent.parent


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
        with self.path.open(encoding="utf-8", errors="surrogatepass") as stream:
            for line in stream:
                first, block = json.loads(line)
                for offset, cells in enumerate(block):
                    for index, cell in enumerate(cells):
                        if type(cell) is list:
                            cells[index] = _decode(cell)
                    yield first + offset, cells

    def head(self, count: int) -> list[tuple[int, list[Cell]]]:
        """The first ``count`` rows."""
        return [row for _, row in zip(range(count), self, strict=False)]


@dataclass(frozen=True)
class Reading:
    """``encodings`` in which a text may be written, likeliest first; only a person can tell when ``is_doubtful``."""

    type: str
    sheets: tuple[Sheet, ...]
    encodings: tuple[str, ...] = ()
    is_doubtful: bool = False

    def sheet(self, name: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def _decode(cell: list[str]) -> Cell:
    mark, text = cell
    if mark == DATE_MARK:
        return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
    return CellError(text)


def read(
    source: Path, name: str, folder: Path, *, max_bytes: int, memory_bytes: int | None = None, encoding: str = ""
) -> Reading:
    """Read ``source`` (called ``name`` by its sender) in a child process; the rows are kept in ``folder``. ``encoding``
    is what a person said a text is written in.

    Raises ``FileRefused``: also when the child runs out of time or memory, or dies; ``OSError`` when the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "reading.json").unlink(missing_ok=True)
    request = folder / "request.json"
    request.write_text(
        json.dumps(
            {
                "source": str(source),
                "name": name,
                "folder": str(folder),
                "max_bytes": max_bytes,
                "encoding": encoding,
                "memory_bytes": memory_bytes or limits.CHILD_MEMORY_BYTES,
            }
        ),
        "utf-8",
    )
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(PROJECT),
        "LANG": "C.UTF-8",
        "HOME": str(folder),
    }
    try:
        done = subprocess.run(  # noqa: S603 (our own module, no shell, no text of the sender among the arguments)
            [sys.executable, "-m", "portal.importing.child", str(request)],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=limits.CHILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise refusals.bomb(name, f"读了 {limits.CHILD_SECONDS} 秒还没有读完") from error
    finally:
        request.unlink(missing_ok=True)
    if done.returncode == DISK_FULL_STATUS:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if done.returncode != 0 or not (folder / "reading.json").exists():
        if done.returncode < 0:
            raise refusals.bomb(name, "展开后占用的内存或时间超过上限")
        raise refusals.unreadable(name, "已损坏，表格内容读不出来")
    return load(folder)


def load(folder: Path) -> Reading:
    """What an earlier ``read`` left in ``folder``; raises ``FileRefused`` if that was a refusal."""
    answer: dict[str, Any] = json.loads((folder / "reading.json").read_text("utf-8"))
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
    )
