"""`scripts/bench NAME …`: dispatches to scripts/benches/NAME.py in the prepared environment."""

import os
import sys

from scripts.parts.prepare import PYTHON, ROOT, environment, prepare

BENCHES = ROOT / "scripts" / "benches"


def main(arguments: list[str]) -> int:
    known = sorted(path.stem for path in BENCHES.glob("[a-z]*.py"))
    if not arguments or arguments[0] not in known:
        print(f"usage: scripts/bench {{{','.join(known)}}} [--json] …", file=sys.stderr)
        return 2
    prepare()
    module = f"scripts.benches.{arguments[0]}"
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), "-m", module, *arguments[1:]], environment())  # noqa: S606
