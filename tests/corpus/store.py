"""The corpus as files: each workbook with what is ordered and expected beside it."""

import json
import shutil
from pathlib import Path
from typing import Any

from tests.corpus.case import Case
from tests.corpus.failing import failing
from tests.corpus.passing import passing
from tests.corpus.persons import failing_persons, passing_persons

FOLDER = Path(__file__).resolve().parent.parent / "files" / "import"


def cases() -> dict[str, list[Case]]:
    return {"pass": [*passing(), *passing_persons()], "fail": [*failing(), *failing_persons()]}


def write() -> None:
    """Replace the files; run after a change of the cases."""
    for outcome, found in cases().items():
        folder = FOLDER / outcome
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for case in found:
            order = case.order()
            (folder / order["file"]).write_bytes(case.content)
            text = json.dumps(order, ensure_ascii=False, indent=1, sort_keys=True)
            (folder / f"{order['file']}.json").write_text(text + "\n", "utf-8")


def orders(outcome: str) -> list[dict[str, Any]]:
    """What is ordered and expected, by name, from the files."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted((FOLDER / outcome).glob("*.json"))]
    return [order | {"path": FOLDER / outcome / order["file"]} for order in found]
