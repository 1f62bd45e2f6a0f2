"""The steps of scripts/test and scripts/check, and their one tally."""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from scripts.parts.prepare import PYTHON, ROOT, environment

# A step's name, what Python is to run, and what its environment has besides.
Command = tuple[str, tuple[str, ...], dict[str, str]]
CODE = ("portal", "associations", "partybuilding", "supervision", "campaigns")
# What a production start needs; the values are for `check --deploy` only.
PRODUCTION_LIKE = {
    "PORTAL_MODE": "production",
    "PORTAL_SECRET_KEY": "only-for-the-deployment-check-0123456789-abcdefghijklmnopqrstuvwxyz",
    "PORTAL_ALLOWED_HOSTS": "portal.example.org",
    "PORTAL_TRUSTED_ORIGINS": "https://portal.example.org",
    "PORTAL_BEHIND_TLS_PROXY": "true",
}


def count_results(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped from a JUnit report; a report that was not written is one failure."""
    try:
        suites = list(ElementTree.parse(report).getroot().iter("testsuite"))  # noqa: S314  our own file
    except (OSError, ElementTree.ParseError):
        return 0, 1, 0
    total, failed, skipped = 0, 0, 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return max(total - failed - skipped, 0), failed, skipped


@dataclass
class Steps:
    """Runs steps with one environment, and counts; a command counts as one."""

    env: dict[str, str]
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: list[str] = field(default_factory=list)

    def heading(self, text: str) -> None:
        print(f"\n== {text}", flush=True)

    def add(self, name: str, passed: int, failed: int, skipped: int) -> None:
        self.passed += passed
        self.failed += failed
        self.skipped += skipped
        if failed:
            self.broken.append(name)

    def command(self, name: str, *command: str, **more: str) -> bool:
        return self.together((name, command, more))

    def together(self, *commands: Command) -> bool:
        """Run commands that do not need each other, as many at once as there are workers, and show each as it ends.

        The longest is named first, so that the others fit beside it.
        """
        is_good = True
        with ThreadPoolExecutor(int(workers())) as pool:
            for done in as_completed([pool.submit(self._run, one) for one in commands]):
                name, code, said, seconds = done.result()
                self.heading(name)
                print(said, end="")
                self.add(name, int(code == 0), int(code != 0), 0)
                print(f"{'FAILED' if code else 'ok'}  {name}  {seconds:.0f} s", flush=True)
                is_good = is_good and code == 0
        return is_good

    def _run(self, command: Command) -> tuple[str, int, str, float]:
        name, arguments, more = command
        began = time.monotonic()
        result = subprocess.run(
            [str(PYTHON), *arguments],
            cwd=ROOT,
            env={**self.env, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        return name, result.returncode, result.stdout, time.monotonic() - began

    def pytest(self, name: str, *arguments: str, **more: str) -> bool:
        """Run pytest and count each test; a run that selects nothing (exit 5) is not a failure by itself."""
        self.heading(name)
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="portal-report-") as folder:
            report = Path(folder) / "junit.xml"
            command = [str(PYTHON), "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
            code = subprocess.run(
                command, cwd=ROOT, env={**self.env, **more}, stdin=subprocess.DEVNULL, check=False
            ).returncode
            passed, failed, skipped = (0, 0, 0) if code == 5 else count_results(report)
        if code not in (0, 5) and not failed:
            failed = 1
        self.add(name, passed, failed, skipped)
        print(f"{'FAILED' if failed else 'ok'}  {name}  {time.monotonic() - began:.0f} s", flush=True)
        return not failed

    def absent(self, name: str, reason: str, *, is_required: bool) -> None:
        """A part that cannot run on this machine: skipped, or failed where it was required."""
        self.heading(name)
        print(f"{'FAILED' if is_required else 'skipped'}  {reason}", flush=True)
        self.add(name, 0, int(is_required), int(not is_required))

    def lint(self, *beside: Command) -> None:
        """Every check that runs no test, and what else can be got ready beside them."""
        with tempfile.TemporaryDirectory(prefix="portal-keys-") as folder:
            ring = f"{folder}/ring.json"
            self.command("key ring", "-m", "portal.privacy.keys", "new", ring)
            like = {**PRODUCTION_LIKE, "PORTAL_KEY_RING": ring}
            self.together(
                ("types", ("-m", "mypy", *CODE, "scripts"), {}),
                *beside,
                ("templates", ("-m", "djlint", "templates", "--lint", "--quiet"), {}),
                ("format", ("-m", "ruff", "format", "--check", "."), {}),
                ("lint", ("-m", "ruff", "check", "."), {}),
                ("system checks", ("manage.py", "check", "--fail-level", "WARNING"), {}),
                ("migrations", ("manage.py", "makemigrations", "--check", "--dry-run"), {}),
                ("deployment checks", ("manage.py", "check", "--deploy", "--fail-level", "WARNING"), like),
            )

    def finish(self) -> int:
        if self.broken:
            print(f"\nFailed: {', '.join(self.broken)}")
        print(f"\n{self.passed} passed, {self.failed} failed, {self.skipped} skipped", flush=True)
        return 1 if self.failed else 0


def clean_environment(data: str) -> dict[str, str]:
    """Tests see neither the operator's database nor broker nor data folder."""
    env = environment(PORTAL_DATA=data, PYTHONWARNINGS="default", PORTAL_LOG_LEVEL="WARNING")
    for name in ("DATABASE_URL", "REDIS_URL", "PORT", "PORTAL_MODE", "DJANGO_SETTINGS_MODULE"):
        env.pop(name, None)
    return env


def workers() -> str:
    return str(max(1, min(2, os.cpu_count() or 1))) if sys.platform == "linux" else "1"
