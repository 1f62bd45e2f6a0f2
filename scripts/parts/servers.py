"""PostgreSQL and Redis of our own for tests and benchmarks: a temporary folder, spare ports, gone afterwards.

Servers that already run on the machine are never touched, nor is any configuration outside the temporary folder.
"""

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.parts.prepare import apt_install, is_root
from scripts.parts.say import Stop

PR_SET_PDEATHSIG = 1
# A cluster that lives for one test run: nothing must outlive a power cut, and what is dead goes with the rest.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


def dies_with_parent() -> None:
    """In a child before exec: receive SIGTERM when the process that started it is gone, however it ended."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def spare_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def find_postgresql() -> Path | None:
    """The folder of PostgreSQL's programs: the newest installed one, by apt as root if there is none."""

    def installed() -> Path | None:
        found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
        if found:
            return max(found, key=lambda path: int(path.parent.name))
        on_path = shutil.which("initdb")
        return Path(on_path).resolve().parent if on_path and shutil.which("postgres") else None

    found = installed()
    if not found and apt_install(["postgresql"]):
        found = installed()
    return found


def find_redis() -> str | None:
    """The Redis server program, by apt as root if there is none."""
    found = shutil.which("redis-server")
    if not found and apt_install(["redis-server"]):
        found = shutil.which("redis-server")
    return found


def find_chromium() -> str | None:
    """Chromium for the browser journeys, by apt as root if there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found and apt_install(["chromium"]):
        found = shutil.which("chromium")
    return found


def _unprivileged() -> dict[str, object]:
    """PostgreSQL refuses to run as root: the account to run it under then."""
    if not is_root():
        return {}
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return {}


@contextmanager
def _server(
    command: list[str], folder: Path, name: str, is_ready: Callable[[], bool], stop_signal: int, **popen: object
) -> Iterator[None]:
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dies_with_parent,
            **popen,  # type: ignore[call-overload]
        )
    try:
        deadline = time.monotonic() + 30
        while not is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise Stop(f"{name} did not start:\n" + log.read_text(errors="replace")[-1500:])
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(stop_signal)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def postgresql(programs: Path, *, is_durable: bool = False) -> Iterator[str]:
    """A cluster of our own; yields the URL of an empty UTF-8 database. `is_durable` keeps fsync on, for benchmarks."""
    account = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="portal-postgresql-"))
    try:
        if account:
            os.chown(folder, account["user"], account["group"])  # type: ignore[arg-type]
        port, password = spare_port(), secrets.token_urlsafe(18)
        secret = folder / "password"
        secret.write_text(password)
        secret.chmod(0o600)
        if account:
            os.chown(secret, account["user"], account["group"])  # type: ignore[arg-type]
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--username=portal"]
        made = subprocess.run(
            [str(programs / "initdb"), *options, f"--pwfile={secret}", "--no-sync", "-D", str(folder / "data")],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            **account,  # type: ignore[call-overload]
        )
        if made.returncode:
            raise Stop(f"initdb failed:\n{made.stdout[-800:]}{made.stderr[-800:]}")
        speed = [] if is_durable else [part for setting in QUICK for part in ("-c", setting)]
        memory = ["-c", "shared_buffers=256MB", "-c", "max_connections=60"]
        command = [str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port), "-k", str(folder)]
        environ = {**os.environ, "PGPASSWORD": password}
        sql = [
            str(programs / "psql"),
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-U",
            "portal",
            "-qAt",
            "-d",
            "postgres",
            "-c",
        ]

        def query(text: str) -> bool:
            return subprocess.run([*sql, text], env=environ, capture_output=True, check=False).returncode == 0

        with _server(
            [*command, "-c", "listen_addresses=127.0.0.1", *memory, *speed],
            folder,
            "postgresql",
            lambda: query("SELECT 1"),
            signal.SIGINT,
            **account,
        ):
            if not query("CREATE DATABASE portal TEMPLATE template0 ENCODING 'UTF8'"):
                raise Stop("CREATE DATABASE failed on the temporary cluster.")
            yield f"postgresql://portal:{password}@127.0.0.1:{port}/portal"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis(program: str) -> Iterator[str]:
    """A Redis of our own, in memory only; yields its URL."""
    folder = Path(tempfile.mkdtemp(prefix="portal-redis-"))
    port = spare_port()

    def is_ready() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), 0.5) as link:
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    try:
        with _server([*command, "--dir", str(folder)], folder, "redis", is_ready, signal.SIGTERM):
            yield f"redis://127.0.0.1:{port}/0"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
