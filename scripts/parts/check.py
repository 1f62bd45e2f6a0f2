"""`scripts/check`: what to run before every commit. Lint, the tests of the house's own rules, and the tests of the
folders that changed since `main`; paths given are run instead of those."""

import subprocess
import tempfile
from pathlib import Path, PurePosixPath

from scripts.parts.prepare import ROOT, prepare
from scripts.parts.steps import Steps, clean_environment, workers

HOUSE = ("tests/test_house.py", "tests/test_layers.py", "tests/test_urls.py", "tests/test_docs.py")


def main(arguments: list[str]) -> int:
    prepare()
    with tempfile.TemporaryDirectory(prefix="portal-check-") as data:
        steps = Steps(clean_environment(data))
        steps.lint()
        quick = ("-x", "-m", "not heavy", "--ignore=tests/browser", "--ignore=tests/chaos")
        steps.pytest("quick tests", "-n", workers(), *quick, *HOUSE, *(arguments or mirrored(changed())))
        return steps.finish()


def changed() -> list[str]:
    """Files that differ from `main`, those not yet added too; on `main` itself, from what was last committed."""
    asked = (["diff", "--name-only", "main"], ["ls-files", "--others", "--exclude-standard"])
    lists = [subprocess.run(["git", *one], cwd=ROOT, capture_output=True, text=True, check=False) for one in asked]
    return sorted({name for found in lists for name in found.stdout.splitlines()})


def mirrored(names: list[str]) -> list[str]:
    """The folders and files of tests that mirror changed files: `portal/jobs/…` is tested in `tests/jobs`, a wing's
    subject under the wing. What has no mirror adds nothing; `scripts/test` runs everything."""
    found: set[str] = set()
    for path in map(PurePosixPath, names):
        parts = path.parts[1:] if path.parts[0] in ("portal", "templates") else path.parts
        if path.parts[0] == "tests":
            found.add(str(path) if path.name.startswith("test_") else str(path.parent) if len(path.parts) > 2 else "")
            continue
        folders = [PurePosixPath("tests", *parts[:depth]) for depth in (2, 1) if len(parts) > depth]
        found.add(next((str(one) for one in folders if Path(ROOT, one).is_dir()), ""))
    return sorted(one for one in found if one and Path(ROOT, one).exists())
