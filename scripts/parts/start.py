"""`scripts/start`: the whole portal on one machine, for a try-out or a small office, until Ctrl-C or SIGTERM."""

import argparse
import fcntl
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.parts.prepare import PYTHON, ROOT, VENV, data_folder, environment, prepare
from scripts.parts.say import Stop, say, warn
from scripts.parts.supervise import Child, Supervisor

HOST = "127.0.0.1"
FIRST_PORT = 8000
READY_SECONDS = 120.0


@contextmanager
def only_start(data: Path) -> Iterator[None]:
    """One start per data folder: the lock goes with the process, however it ends."""
    path = data / "start.lock"
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            pid = lock.read().strip() or "?"
            raise Stop(
                f"数据目录 {data} 已由另一个 scripts/start 使用（进程 {pid}）。"
                "请先停止它，或用 PORTAL_DATA 指定另一个目录。\n"
                f"{data} is in use by another scripts/start (process {pid}). "
                "Stop it first, or set PORTAL_DATA to another folder."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose_port() -> int:
    """`PORT` if it is given (and then it must be free), else the first free one from 8000."""
    wanted = os.environ.get("PORT", "")
    if not wanted:
        return next(port for port in range(FIRST_PORT, FIRST_PORT + 1000) if is_free(port))
    if not wanted.isdigit() or not 0 < int(wanted) < 65536:
        raise Stop(
            f"PORT 的值是“{wanted}”，应为 1 至 65535 的整数。\nPORT is '{wanted}'; use a number from 1 to 65535."
        )
    if not is_free(int(wanted)):
        raise Stop(
            f"端口 {wanted} 已被占用。请换一个端口，例如 PORT={int(wanted) + 1} scripts/start。\n"
            f"Port {wanted} is taken. Choose another, or leave PORT out to have a free one chosen."
        )
    return int(wanted)


def children(data: Path, port: int, env: dict[str, str]) -> list[Child]:
    """Web, worker, scheduler (beat) and sweep."""
    logs = data / "logs"
    logs.mkdir(exist_ok=True)
    celery = [str(VENV / "bin" / "celery"), "-A", "portal.celery", "--quiet"]
    quiet_worker = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    web = ["--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", "2", "--blocking-threads", "4"]
    commands = {
        "web": [str(VENV / "bin" / "granian"), *web, "--no-ws", "--respawn-failed-workers", "portal.wsgi:application"],
        "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING", *quiet_worker],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile=", "--scheduler", "celery.beat:Scheduler"],
        "sweep": [str(PYTHON), "manage.py", "sweep"],
    }
    return [Child(name, command, logs / f"{name}.log", env, ROOT) for name, command in commands.items()]


def readiness(url: str) -> tuple[bool, str]:
    """Whether /readyz answers 200, and its reasons when it does not."""
    try:
        with urllib.request.urlopen(f"{url}readyz", timeout=5) as answer:  # noqa: S310  our own loopback address
            return answer.status == 200, ""
    except urllib.error.HTTPError as error:
        try:
            return False, "；".join(json.loads(error.read())["reasons"])
        except (ValueError, KeyError):
            return False, f"HTTP {error.code}"
    except OSError as error:
        return False, str(error)


def wait_until_ready(keeper: Supervisor, url: str) -> bool:
    """True when ready, False when told to stop meanwhile; raises `Stop` with the reasons when it takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    reasons = [""]

    def is_over() -> bool:
        is_ready, reasons[0] = readiness(url)
        return is_ready or time.monotonic() > deadline

    if not keeper.watch(until=is_over, pause=0.3):
        return False
    if reasons[0]:
        tails = "\n".join(f"--- {child.log}\n{child.tail()}" for child in keeper.children)
        raise Stop(f"启动未完成：{reasons[0]}\nNot ready after {READY_SECONDS:.0f} s. Ends of the logs:\n{tails}")
    return True


def show_accounts(data: Path) -> None:
    """The demonstration accounts, one per role; the file is readable by its owner only."""
    path = data / "demo-accounts.txt"
    if not path.exists():
        return
    print(f"Demonstration accounts (kept in {path}):")
    for line in path.read_text(encoding="utf-8").splitlines():
        role, username, password, scope = [*line.split("\t"), "", "", ""][:4]
        print(f"  {role:<20} {username:<20} {password:<20} {scope}")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/start", description=__doc__)
    parser.add_argument("--today", default="", metavar="YYYY-MM-DD", help="the demonstration's date (default: today)")
    options = parser.parse_args(arguments)
    data = data_folder()
    with only_start(data):
        port = choose_port()
        has_pdf = prepare()
        # What the portal writes from here on is for its own account only.
        os.umask(0o077)
        env = environment(PORT=str(port))
        if os.geteuid() == 0:
            # The supervisor's children run as whoever started it; a service account is the operator's choice.
            env["C_FORCE_ROOT"] = "1"
        database = [str(PYTHON), "manage.py", "prepare", *(["--today", options.today] if options.today else [])]
        if subprocess.run(database, cwd=ROOT, env=env, check=False).returncode:
            raise Stop("数据库没有准备好，原因见上。\nThe database could not be prepared; see above.")
        url = f"http://{HOST}:{port}/"
        with Supervisor(children(data, port, env)) as keeper:
            say(f"starting web, worker, beat and sweep; logs in {data / 'logs'}")
            if wait_until_ready(keeper, url):
                print(f"READY {url}", flush=True)
                show_accounts(data)
                if not has_pdf:
                    warn("PDF 暂不可用（缺少系统库，见上）。 / PDF is unavailable: system libraries are missing.")
                keeper.watch()
            say("stopping")
    return 0
