"""`scripts/bench NAME …`: dispatches to scripts/benches/NAME.py (or NAMEs.py) in the prepared environment."""

import os
import sys

from scripts.parts.prepare import PYTHON, ROOT, environment, prepare

BENCHES = ROOT / "scripts" / "benches"


def main(arguments: list[str]) -> int:
    modules = {path.stem: path.stem for path in BENCHES.glob("[a-z]*.py")}
    # `import` is no name a module can be imported by.
    modules |= {stem.removesuffix("s"): stem for stem in modules if stem in ("imports", "exports")}
    if not arguments or arguments[0] not in modules:
        print(f"usage: scripts/bench {{{','.join(sorted(modules))}}} [--json] …", file=sys.stderr)
        return 2
    prepare()
    module = f"scripts.benches.{modules[arguments[0]]}"
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), "-m", module, *arguments[1:]], environment())  # noqa: S606
