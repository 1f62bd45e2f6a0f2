"""`scripts/bench export`: N associations × 25 columns from the register to .xlsx, against a peer and a floor.

Ours is the background export as people get it: the job with its lease, the actor loaded again, scope and columns, the
workbook, the stored file, the audit event. The peer is a django-import-export resource over the same tables whose
columns look up what they need, as its documentation shows, exported to .xlsx and scaled to N; a second one has every
relation joined and prefetched. The floor is the same columns by one SQL statement: COPY to CSV. Goals: at least 7 ×
the peer, 200 MB, linear growth.
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

MODULE = "scripts.benches._export_runs"
PEER_ROWS, TUNED_ROWS = 1_000, 5_000
ROUNDS = 3
TIMES_PEER, PEAK_MB, EXPONENT = 7, 200, 1.1


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench export", description=__doc__)
    parser.add_argument("--scale", default=100_000, type=int, metavar="ROWS", help="associations exported (100000)")
    parser.add_argument("--database", default="postgresql", choices=["postgresql", "sqlite"])
    parser.add_argument("--rounds", default=ROUNDS, type=int, help=f"runs a figure is the median of (default {ROUNDS})")
    parser.add_argument("--json", action="store_true", help="print the one JSON line only")
    options = parser.parse_args()
    with ExitStack() as stack:
        env = _installation(stack, options.database)
        inside(MODULE, env, "load", str(options.scale), str(_workbook(options.scale)))
        line = measure(options, env)
    if not options.json:
        _describe(line)
    print(json.dumps(line, ensure_ascii=False))


def _installation(stack: ExitStack, database: str) -> dict[str, str]:
    """A fresh installation of its own: empty register, reference data, one administrator."""
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
    return env


def _workbook(count: int) -> Path:
    """The data set of `scripts/bench import` without its mistakes, kept while its generator is the same."""
    data = Path(environment().get("PORTAL_DATA", ROOT / "build" / "data"))
    path = data / "bench" / f"import-{digest(Path(_import_data.__file__))[:12]}-{count}-clean.xlsx"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _import_data.write(path, count, with_mistakes=False)
    return path


def measure(options: argparse.Namespace, env: dict[str, str]) -> dict[str, Any]:
    scale = options.scale

    def one_round() -> dict[str, Any]:
        measured = {"ours": inside(MODULE, env, "ours", str(scale))}
        inside(MODULE, env, "checked", str(scale))
        measured["peer"] = inside(MODULE, env, "peer", str(PEER_ROWS))
        return measured | {"floor": inside(MODULE, env, "floor", str(scale))}

    rounds = repeated(options.rounds, time.monotonic() + REPEATING_SECONDS, one_round)
    runs = {name: [measured[name] for measured in rounds] for name in ("ours", "peer", "floor")}
    joined = min(TUNED_ROWS, scale)
    tuned = inside(MODULE, env, "tuned", str(joined))["seconds"] * scale / joined
    listed, csv = (inside(MODULE, env, what, str(scale)) for what in ("listed", "csv"))
    seconds, peer, floor = (statistics.median(run["seconds"] for run in runs[name]) for name in runs)
    peer *= scale / PEER_ROWS
    sizes, peaks = {scale: seconds}, {scale: max(run["peak_mb"] for run in runs["ours"])}
    for count in (scale // 2, scale // 4):
        inside(MODULE, env, "shorten", str(count))
        run = inside(MODULE, env, "ours", str(count))
        sizes[count], peaks[count] = run["seconds"], run["peak_mb"]
    peak, growth = max(run["peak_mb"] for run in runs["ours"]), exponent(sizes)
    return {
        "bench": "export",
        "scale": str(scale),
        "database": options.database,
        "ours": {"seconds": round(seconds, 2), "peak_mb": peak},
        "peer": {
            "seconds": round(peer, 1),
            "peak_mb": max(run["peak_mb"] for run in runs["peer"]),
            "rows": PEER_ROWS,
            "scaled": scale // PEER_ROWS,
        },
        "floor": {"seconds": round(floor, 2), "peak_mb": max(run["peak_mb"] for run in runs["floor"])},
        "times_peer": round(peer / seconds, 1),
        "times_floor": round(seconds / floor, 2),
        "detail": {
            "columns": 25,
            "file_mb": runs["ours"][0]["file_mb"],
            "processor_seconds": round(statistics.median(run["processor"] for run in runs["ours"]), 2),
            "rounds": [round(run["seconds"], 2) for run in runs["ours"]],
            "exponent": growth,
            "seconds_by_rows": {str(count): round(value, 2) for count, value in sorted(sizes.items())},
            "peak_mb_by_rows": {str(count): value for count, value in sorted(peaks.items())},
            "peer_note": f"{PEER_ROWS} rows, median of {len(rounds)}, times {scale // PEER_ROWS}",
            "tuned_peer_seconds": round(tuned, 1),
            "tuned_peer_note": f"joined and prefetched, {joined} rows, times {scale // joined}",
            "times_tuned_peer": round(tuned / seconds, 1),
            "list_on_screen": {name: listed[name] for name in ("seconds", "peak_mb", "columns")},
            "csv_seconds": csv["seconds"],
            "within": peer / seconds >= TIMES_PEER and peak <= PEAK_MB and growth <= EXPONENT,
        },
    }


def _describe(line: dict[str, Any]) -> None:
    detail = line["detail"]
    print(f"{line['scale']} rows × 25 on {line['database']}: {line['ours']['seconds']} s, {line['ours']['peak_mb']} MB")
    print(f"  peer        {line['peer']['seconds']:>8} s (scaled)  {line['times_peer']} ×")
    print(f"  tuned peer  {detail['tuned_peer_seconds']:>8} s (scaled)  {detail['times_tuned_peer']} ×")
    print(f"  floor       {line['floor']['seconds']:>8} s           {line['times_floor']} ×")
    print(f"  exponent {detail['exponent']}   within the goals: {'yes' if detail['within'] else 'no'}")


if __name__ == "__main__":
    sys.path.insert(0, os.fspath(ROOT))
    main()
