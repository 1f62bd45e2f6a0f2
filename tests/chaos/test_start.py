"""scripts/start as a person runs it: ready, robust against kill -9, gone on SIGTERM."""

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.parts.servers import spare_port

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("start")


@pytest.fixture
def portal(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    env = {"HOME": str(data), "PATH": os.environ["PATH"], "PORTAL_DATA": str(data), "PORT": str(spare_port())}
    with subprocess.Popen([ROOT / "scripts" / "start"], env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            first = process.stdout.readline()
            assert first.startswith("READY http://127.0.0.1:")
            yield process, first.split()[1]
        finally:
            process.terminate()
            process.wait(40)


def started_for(data: Path) -> dict[int, str]:
    """The processes that work on this data folder, with their command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"PORTAL_DATA={data}\0" in (folder / "environ").read_text() and int(folder.name) != os.getpid():
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


def wait_until_ready(url: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{url}readyz", timeout=5) as answer:  # noqa: S310  our own loopback address
                assert answer.status == 200
                return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.3)


def test_start_survives_kill_9_of_every_process_and_leaves_none(
    portal: tuple[subprocess.Popen[str], str], data: Path
) -> None:
    process, url = portal
    assert (data / "demo-accounts.txt").stat().st_mode & 0o777 == 0o600
    for name in ("granian", "celery", "sweep"):
        for pid, command in started_for(data).items():
            if name in command and pid != process.pid:
                os.kill(pid, signal.SIGKILL)
        wait_until_ready(url)
    second = subprocess.run(
        [ROOT / "scripts" / "start"],
        env={"HOME": str(data), "PATH": os.environ["PATH"], "PORTAL_DATA": str(data)},
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert f"已由另一个 scripts/start 使用（进程 {process.pid}）" in second.stderr
    process.terminate()
    assert process.wait(40) == 0
    assert started_for(data) == {}


def test_a_second_start_takes_seconds(data: Path, portal: tuple[subprocess.Popen[str], str]) -> None:
    process, _ = portal
    process.terminate()
    process.wait(40)
    began = time.monotonic()
    env = {"HOME": str(data), "PATH": os.environ["PATH"], "PORTAL_DATA": str(data), "PORT": str(spare_port())}
    with subprocess.Popen([ROOT / "scripts" / "start"], env=env, stdout=subprocess.PIPE, text=True) as again:
        assert again.stdout
        again.stdout.readline()
        took = time.monotonic() - began
        again.terminate()
        again.wait(40)
    assert took < 20
