"""`scripts/check`: what to run before every commit; under two minutes."""

import tempfile

from scripts.parts.prepare import prepare
from scripts.parts.steps import Steps, clean_environment, workers


def main(arguments: list[str]) -> int:
    prepare()
    with tempfile.TemporaryDirectory(prefix="portal-check-") as data:
        steps = Steps(clean_environment(data))
        steps.lint()
        quick = ("-x", "-m", "not heavy", "--ignore=tests/browser", "--ignore=tests/chaos")
        steps.pytest("quick tests", "-n", workers(), *quick, *arguments)
        return steps.finish()
