"""`scripts/manage …`: manage.py in the prepared environment; the caller's folder and exit code are kept."""

import os

from scripts.parts.prepare import PYTHON, ROOT, environment, prepare


def main(arguments: list[str]) -> int:
    prepare()
    os.execve(PYTHON, [str(PYTHON), str(ROOT / "manage.py"), *arguments], environment())  # noqa: S606
