"""`scripts/bench import`: a workbook of N × 25 into the register, preview and commit, against a peer and a floor.

Ours is the engine as the command line runs it: upload, child process, all checks, staging, commit, audit event, undo
data. The peer is django-import-export writing the same tables through the ORM, 1,000 rows at a time, scaled to N. The
floor reads the workbook with calamine and COPYs rows that are already resolved into the same tables and the same undo
tables. Goals: at least 40 × the peer, at most 3 × the floor, 500 MB, exponent 1.1.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from scripts.benches import _import_data
from scripts.benches._measure import REPEATING_SECONDS, exponent, inside, repeated
from scripts.parts import servers
from scripts.parts.prepare import PYTHON, ROOT, digest, environment
from scripts.parts.say import Stop

PEER_ROWS = 1_000
ROUNDS = 3
TIMES_PEER, TIMES_FLOOR, PEAK_MB, EXPONENT, LOCK_SECONDS = 40, 3, 500, 1.1, 6


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench import", description=__doc__)
    parser.add_argument("--scale", default=100_000, type=int, metavar="ROWS", help="rows of the workbook (100000)")
    parser.add_argument("--database", default="postgresql", choices=["postgresql", "sqlite"])
    parser.add_argument("--rounds", default=ROUNDS, type=int, help=f"runs a figure is the median of (default {ROUNDS})")
    parser.add_argument("--json", action="store_true", help="print the one JSON line only")
    options = parser.parse_args()
    with ExitStack() as stack:
        env = _installation(stack, options.database)
        books = {count: _workbook(count) for count in (options.scale // 4, options.scale // 2, options.scale)}
        line = measure(options, env, books, _workbook(PEER_ROWS, with_mistakes=False))
    if not options.json:
        _describe(line)
    print(json.dumps(line, ensure_ascii=False))


def _installation(stack: ExitStack, database: str) -> dict[str, str]:
    """A fresh installation of its own: empty register, reference data, the departments of the workbook."""
    env = environment(PORTAL_DATA=stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-bench-")))
    env |= {"PORTAL_LOG_LEVEL": "ERROR"}
    env.pop("DATABASE_URL", None)
    env.pop("REDIS_URL", None)
    if database == "postgresql":
        programs = servers.find_postgresql()
        if programs is None:
            raise Stop("PostgreSQL is not installed: apt-get install -y postgresql, or --database sqlite.")
        env["DATABASE_URL"] = stack.enter_context(servers.postgresql(programs, is_durable=True))
    for command in (["migrate", "-v", "0"], ["load_reference"], ["add_user", "bench", "--role", "department_admin"]):
        subprocess.run([str(PYTHON), "manage.py", *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    _inside(env, "departments")
    return env


def _workbook(count: int, *, with_mistakes: bool = True) -> Path:
    """The data set, kept from an earlier run when its generator is the same."""
    data = Path(environment().get("PORTAL_DATA", ROOT / "build" / "data"))
    version = digest(Path(_import_data.__file__))[:12]
    path = data / "bench" / f"import-{version}-{count}{'' if with_mistakes else '-clean'}.xlsx"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _import_data.write(path, count, with_mistakes=with_mistakes)
    return path


def measure(options: argparse.Namespace, env: dict[str, str], books: dict[int, Path], small: Path) -> dict[str, Any]:
    scale, until = options.scale, time.monotonic() + REPEATING_SECONDS

    def runs(what: str, book: Path, count: int) -> list[dict[str, Any]]:
        return repeated(options.rounds, until, lambda: _inside(env, what, book, count))

    ours, floors = runs("ours", books[scale], scale), runs("floor", books[scale], scale)
    peers = runs("peer", small, PEER_ROWS)
    smaller = {count: runs("ours", path, count) for count, path in books.items() if count != scale}
    middle = sorted(ours, key=lambda run: run["seconds"])[len(ours) // 2]
    seconds, floor = middle["seconds"], statistics.median(run["seconds"] for run in floors)
    peer = statistics.median(run["seconds"] for run in peers) * scale / PEER_ROWS
    sizes = {count: statistics.median(run["seconds"] for run in runs) for count, runs in smaller.items()}
    sizes[scale] = seconds
    peak = max(run["peak_mb"] for run in ours)
    growth = exponent(sizes)
    detail = {name: middle[name] for name in ("read", "check", "commit", "write_lock", "undo", "counts", "written")}
    if options.database == "sqlite":
        detail["web_writer"] = _inside(env, "writer", books[scale], scale)["web_writer"]
    line = {
        "bench": "import",
        "scale": str(scale),
        "database": options.database,
        "ours": {"seconds": round(seconds, 2), "peak_mb": peak},
        "peer": {
            "seconds": round(peer, 1),
            "peak_mb": max(run["peak_mb"] for run in peers),
            "rows": PEER_ROWS,
            "scaled": scale // PEER_ROWS,
        },
        "floor": {"seconds": round(floor, 2), "peak_mb": max(run["peak_mb"] for run in floors)},
        "times_peer": round(peer / seconds, 1),
        "times_floor": round(seconds / floor, 2),
        "detail": {
            **detail,
            "exponent": growth,
            "seconds_by_rows": {str(count): round(value, 2) for count, value in sorted(sizes.items())},
            "rounds": [round(run["seconds"], 2) for run in ours],
            "floor_rounds": [round(run["seconds"], 2) for run in floors],
            "floor_parts": floors[0]["parts"],
            "peer_note": f"{PEER_ROWS} rows tried out and imported, median of {len(peers)}, times {scale // PEER_ROWS}",
            "within": peer / seconds >= TIMES_PEER
            and seconds / floor <= TIMES_FLOOR
            and peak <= PEAK_MB
            and growth <= EXPONENT
            and (options.database != "sqlite" or middle["write_lock"] <= LOCK_SECONDS),
        },
    }
    return line


def _inside(env: dict[str, str], what: str, book: Path | None = None, count: int = 0) -> dict[str, Any]:
    return inside("scripts.benches._import_runs", env, what, str(book or ""), str(count))


def _describe(line: dict[str, Any]) -> None:
    detail = line["detail"]
    print(f"{line['scale']} rows on {line['database']}: {line['ours']['seconds']} s, {line['ours']['peak_mb']} MB")
    for name in ("read", "check", "commit", "write_lock", "undo"):
        print(f"  {name:<12} {detail[name]:>8.2f} s")
    print(f"  peer  {line['peer']['seconds']:>8} s (scaled)  {line['times_peer']} ×")
    print(f"  floor {line['floor']['seconds']:>8} s           {line['times_floor']} ×")
    print(f"  exponent {detail['exponent']}   within the goals: {'yes' if detail['within'] else 'no'}")


if __name__ == "__main__":
    sys.path.insert(0, os.fspath(ROOT))
    main()
