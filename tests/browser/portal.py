"""A whole portal for the browser: web, worker, beat and sweep on its own data folder, started as a person would."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from scripts.parts.servers import spare_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 240


@dataclass
class RunningPortal:
    """`accounts` maps a role to (user name, password); `process` is `scripts/start`."""

    url: str
    data: Path
    accounts: dict[str, tuple[str, str]]
    process: subprocess.Popen[str]

    def child(self, name: str) -> psutil.Process:
        """The running child that has `name` as a word of its command line: worker, beat or sweep."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if child.status() != psutil.STATUS_ZOMBIE and name in child.cmdline())

    def kill(self, name: str) -> None:
        """`kill -9` of one child with everything it started."""
        child = self.child(name)
        for process in [*child.children(recursive=True), child]:
            process.send_signal(signal.SIGKILL)

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` on this portal's data, as an operator would beside it."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=os.environ | {"PORTAL_DATA": str(self.data)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout


@contextmanager
def running_portal(data: Path, **environment: str) -> Iterator[RunningPortal]:
    """Run `scripts/start` until READY, and stop it with SIGTERM afterwards."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"PORT", "DATABASE_URL", "REDIS_URL"}}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "scripts"), "start"],
        cwd=ROOT,
        env=inherited | {"PORTAL_DATA": str(data), "PORT": str(spare_port())} | environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        url = _wait_for_ready(process)
        yield RunningPortal(url, data, _accounts(data / "demo-accounts.txt"), process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def _wait_for_ready(process: subprocess.Popen[str]) -> str:
    deadline = time.monotonic() + START_SECONDS
    assert process.stdout
    while time.monotonic() < deadline:
        if not select.select([process.stdout], [], [], 1)[0]:
            continue
        line = process.stdout.readline()
        if line.startswith("READY "):
            return line.split()[1]
        if not line and process.poll() is not None:
            break
    raise AssertionError(f"scripts/start did not become ready (exit {process.poll()}).")


def _accounts(path: Path) -> dict[str, tuple[str, str]]:
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return {role: (username, password) for role, username, password, *_ in rows}
