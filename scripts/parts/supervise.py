"""Keeps a few processes alive: starts them, starts one again when it dies, stops them all when told to.

Standard library only. Each child leads its own process group, so that what a dead child left behind goes with it, and
receives SIGTERM from the kernel should this process be killed outright.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.parts.say import warn
from scripts.parts.servers import dies_with_parent

STOP_SECONDS = 20.0
LOG_LIMIT_BYTES = 20 * 1024 * 1024
# A child that keeps dying is started again after 1, 2, 4 … seconds, at most this many.
LONGEST_PAUSE = 30.0
HEALTHY_AFTER_SECONDS = 20.0


@dataclass
class Child:
    """One process to keep alive, and what we know about it."""

    name: str
    command: list[str]
    log: Path
    env: dict[str, str]
    cwd: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 1.0
    due: float = 0.0

    def start(self, now: float) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dies_with_parent,
            )
        self.started = now

    def signal_group(self, number: int) -> None:
        """Reach the child and whatever it started."""
        if self.process:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    def tail(self, lines: int = 12) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


class Supervisor:
    """Use: `with Supervisor(children) as keeper: keeper.watch()`."""

    def __init__(self, children: list[Child], clock: Callable[[], float] = time.monotonic) -> None:
        self.children = children
        self.clock = clock
        self.is_stopping = False

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        for child in self.children:
            child.start(self.clock())
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_all()

    def _stop(self, number: int, frame: object) -> None:
        self.is_stopping = True

    def tend(self) -> None:
        """One look: whoever died is started again, later each time if it dies at once."""
        now = self.clock()
        for child in self.children:
            if child.process is None:
                if now >= child.due:
                    child.start(now)
            elif (code := child.process.poll()) is not None:
                child.signal_group(signal.SIGKILL)
                child.process = None
                child.pause = (
                    1.0 if now - child.started > HEALTHY_AFTER_SECONDS else min(child.pause * 2, LONGEST_PAUSE)
                )
                child.due = now + child.pause
                warn(f"{child.name} ended (code {code}); starting it again. Log: {child.log}")

    def watch(self, until: Callable[[], bool] = lambda: False, pause: float = 0.5) -> bool:
        """Tend the children until told to stop (False) or until `until()` holds (True)."""
        while not self.is_stopping:
            self.tend()
            if until():
                return True
            time.sleep(pause)
        return False

    def stop_all(self) -> None:
        """Ask each child to finish, then insist; nothing that we started is left."""
        running = [child for child in self.children if child.process and child.process.poll() is None]
        for child in running:
            if child.process:
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in running:
            try:
                if child.process:
                    child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                warn(f"{child.name} did not stop in {STOP_SECONDS:.0f} s; it is killed.")
        for child in self.children:
            child.signal_group(signal.SIGKILL)
            if child.process:
                child.process.wait()
