"""The supervisor: alive until told otherwise, and nothing left afterwards."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.parts import supervise
from scripts.parts.supervise import Child, Supervisor

ROOT = Path(__file__).resolve().parents[2]
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def make_child(tmp_path: Path) -> Callable[..., Child]:
    def make_child(command: list[str] = SLEEP) -> Child:
        return Child("one", command, tmp_path / "one.log", dict(os.environ), tmp_path)

    return make_child


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_child_that_dies_is_started_again(make_child: Callable[..., Child]) -> None:
    child = make_child()
    with Supervisor([child]) as keeper:
        assert child.process
        first = child.process.pid
        child.signal_group(signal.SIGKILL)
        wait_for(lambda: not is_alive(first))
        keeper.watch(until=lambda: child.process is not None and child.process.pid != first, pause=0.05)
        second = child.process.pid
        assert is_alive(second)
    assert not is_alive(second)


def test_a_child_that_cannot_live_is_started_later_each_time(make_child: Callable[..., Child]) -> None:
    now = [0.0]
    child = make_child([sys.executable, "-c", "raise SystemExit(3)"])
    starts = []
    with Supervisor([child], clock=lambda: now[0]) as keeper:
        for _ in range(7):
            assert child.process
            child.process.wait()
            keeper.tend()
            starts.append(child.due - now[0])
            now[0] = child.due
            keeper.tend()
    assert starts == [2, 4, 8, 16, 30, 30, 30]


def test_what_a_child_started_goes_with_it(make_child: Callable[..., Child], tmp_path: Path) -> None:
    sleep = "import time; time.sleep(600)"
    begin = f"import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', {sleep!r}])"
    script = f"{begin}\nprint(child.pid, flush=True)\n{sleep}"
    child = make_child([sys.executable, "-c", script])
    with Supervisor([child]) as keeper:
        wait_for(lambda: child.log.exists() and child.log.read_text().endswith("\n"))
        grandchild = int(child.tail())
        assert child.process
        child.process.kill()
        child.process.wait()
        keeper.tend()
        wait_for(lambda: not is_alive(grandchild))


def test_a_signal_ends_the_watch(make_child: Callable[..., Child]) -> None:
    child = make_child()
    with Supervisor([child]) as keeper:
        os.kill(os.getpid(), signal.SIGTERM)
        assert keeper.watch() is False
    assert child.process
    assert child.process.poll() == -signal.SIGTERM


def test_a_child_that_will_not_stop_is_killed(
    make_child: Callable[..., Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "STOP_SECONDS", 0.3)
    script = (
        "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    child = make_child([sys.executable, "-c", script])
    with Supervisor([child]):
        wait_for(lambda: child.tail() == "deaf")
    assert child.process
    assert child.process.poll() == -signal.SIGKILL


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    program = textwrap.dedent(f"""
        import os, sys
        from pathlib import Path
        from scripts.parts.supervise import Child, Supervisor
        child = Child("one", {SLEEP!r}, Path({str(tmp_path / "log")!r}), dict(os.environ), Path({str(tmp_path)!r}))
        with Supervisor([child]) as keeper:
            print(child.process.pid, flush=True)
            keeper.watch()
    """)
    keeper = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert keeper.stdout
    child = int(keeper.stdout.readline())
    assert is_alive(child)
    keeper.kill()
    keeper.wait()
    keeper.stdout.close()
    wait_for(lambda: not is_alive(child))


def test_a_long_log_is_set_aside(make_child: Callable[..., Child], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "LOG_LIMIT_BYTES", 10)
    child = make_child()
    child.log.write_text("x" * 11)
    with Supervisor([child]):
        assert child.log.read_text() == ""
    assert child.log.with_suffix(".log.1").read_text() == "x" * 11
