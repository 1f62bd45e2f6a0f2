"""A workbook of the corpus and what must be answered to it."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests import workbooks
from tests.factories import uscc

HEAD = workbooks.PLAIN_HEADER
# What is said of nearly every new row; the corpus is about other things.
USUAL = frozenset({"established_on.missing", "column.not_kept"})
EARLIEST = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Case:
    """``ugliness`` are rows of the list of what real files contain (part e of the dossier's survey); ``expected`` is
    compared with the answer of the command line: ``state``, ``refusal``, ``counts`` (those named), ``rejected`` as
    ``[row, column, code]``, ``warnings`` as the set of codes beside the usual ones, ``records`` as they are written.
    """

    name: str
    ending: str
    why: str
    ugliness: tuple[int, ...]
    content: bytes
    expected: dict[str, Any]
    kind: str = "associations"
    persona: str = "department_admin"
    sheet: str = ""
    header: tuple[int, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)

    def order(self) -> dict[str, Any]:
        """Everything but the bytes, as it stands beside them."""
        return {
            "file": f"{self.name}.{self.ending}",
            "why": self.why,
            "ugliness": list(self.ugliness),
            "kind": self.kind,
            "persona": self.persona,
            "sheet": self.sheet,
            "header": list(self.header),
            "columns": self.columns,
            "expected": self.expected,
        }


def code(number: int, prefix: str = "51430000") -> str:
    """A credit code that no other test uses."""
    return uscc(770_000 + number, prefix=prefix)


def name(number: int) -> str:
    return f"湖南省语料第{number}商会"


def row(number: int, *more: Any) -> tuple[Any, ...]:
    """A good row under ``HEAD``, and what stands in further columns."""
    return (name(number), code(number), "社会团体", "省级", "湖南省", *more)


def book(
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "名录",
    merges: Iterable[str] = (),
    formats: dict[str, str] | None = None,
) -> tuple[Workbook, Worksheet]:
    made, page = workbooks.sheet(rows, title)
    for place in merges:
        page.merge_cells(place)
    for place, shown in (formats or {}).items():
        page[place].number_format = shown
    return made, page


def xlsx(rows: Iterable[Sequence[Any]], **more: Any) -> bytes:
    return steady(workbooks.to_bytes(book(rows, **more)[0]))


def saved(made: Workbook) -> bytes:
    return steady(workbooks.to_bytes(made))


def steady(content: bytes, changes: dict[str, Any] | None = None) -> bytes:
    """The archive without the time of its making, so that it is made alike each time; ``changes`` rewrite parts."""
    source = zipfile.ZipFile(io.BytesIO(content))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in source.namelist():
            if part == "docProps/core.xml":
                continue
            text = source.read(part)
            if part in ("[Content_Types].xml", "_rels/.rels"):
                text = without_properties(text)
            if changes and part in changes:
                text = changes[part](text)
            archive.writestr(zipfile.ZipInfo(part, EARLIEST), text, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def without_properties(text: bytes) -> bytes:
    """The parts list without the part that tells when and by whom."""
    import re

    text = re.sub(rb'<Override[^>]*PartName="/docProps/core.xml"[^>]*/>', b"", text)
    return re.sub(rb'<Relationship [^>]*Target="docProps/core.xml"[^>]*/>', b"", text)


def new(count: int, **more: Any) -> dict[str, Any]:
    """All rows are new and are written."""
    counts = {"read": count, "new": count, "changed": 0, "same": 0, "rejected": 0} | more.pop("counts", {})
    return {"state": "committed", "counts": counts, "rejected": [], "warnings": [], **more}


def refused(refusal: str) -> dict[str, Any]:
    return {"state": "refused", "refusal": refusal}


def rejected(*found: tuple[int, str, str], good: int = 1, **more: Any) -> dict[str, Any]:
    """The rows ``found`` are kept out, each once; ``good`` others are written."""
    bad = len({place for place, _, _ in found})
    counts = {"read": good + bad, "new": good, "rejected": bad}
    return {
        "state": "committed" if good else "previewed",
        "counts": counts,
        "rejected": [list(one) for one in found],
        "warnings": [],
        **more,
    }
