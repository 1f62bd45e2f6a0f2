"""`scripts/bench coverage`: the two coverages of a province by place, committee, kind and grade on any day.

Ours is the selector behind page, report and list: every figure of the rule book, four dimensions at once; today's is
measured twice, counted as any other day and out of what is kept ready, which the pages use. The peer is
the Django query that joins what it counts and counts distinct keys. The floor is one SQL statement by hand that makes
each fact ready once and joins by key. Goals: at most 3 × the floor, past days within 2 s, p95 of today's page ≤ 300 ms.
"""

import argparse
import json
import subprocess
import tempfile
import time
from contextlib import ExitStack
from typing import Any

from scripts.benches._measure import inside
from scripts.parts import servers
from scripts.parts.prepare import PYTHON, ROOT, environment
from scripts.parts.say import Stop

MODULE = "scripts.benches._coverage_runs"
SCALES = ("small", "province", "stress")
TIMES_FLOOR, PAST_SECONDS, PAGE_MS, LOAD_SECONDS = 3, 2, 300, 300


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench coverage", description=__doc__)
    parser.add_argument("--scale", default="stress", choices=SCALES)
    parser.add_argument("--database", default="postgresql", choices=["postgresql"])
    parser.add_argument("--rounds", default=5, type=int, help="runs a figure is the median of (default 5)")
    parser.add_argument("--url", default="", help="a database that is loaded already, instead of one of its own")
    parser.add_argument("--json", action="store_true", help="print the one JSON line only")
    options = parser.parse_args()
    with ExitStack() as stack:
        env = environment(PORTAL_DATA=stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-bench-")))
        env |= {"PORTAL_LOG_LEVEL": "ERROR"}
        env.pop("REDIS_URL", None)
        env["DATABASE_URL"] = options.url or _cluster(stack)
        loaded = None if options.url else _load(env, options.scale)
        _run(env, "collectstatic", "--noinput", "-v", "0")
        line = measure(options, env, loaded)
    if not options.json:
        _describe(line)
    print(json.dumps(line, ensure_ascii=False))


def _cluster(stack: ExitStack) -> str:
    programs = servers.find_postgresql()
    if programs is None:
        raise Stop("PostgreSQL is not installed: apt-get install -y postgresql.")
    return stack.enter_context(servers.postgresql(programs, is_durable=True))


def _run(env: dict[str, str], *command: str) -> None:
    subprocess.run([str(PYTHON), "manage.py", *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)


def _load(env: dict[str, str], scale: str) -> float:
    """Make the province; how long that took, reference data included."""
    _run(env, "migrate", "-v", "0")
    began = time.monotonic()
    _run(env, "load_demo", "--scale", scale)
    return round(time.monotonic() - began, 1)


def measure(options: argparse.Namespace, env: dict[str, str], loaded: float | None) -> dict[str, Any]:
    found = {name: inside(MODULE, env, name, str(options.rounds)) for name in ("ours", "floor", "peer")}
    kept = inside(MODULE, env, "kept", str(options.rounds))
    shown = inside(MODULE, env, "pages", str(max(20, options.rounds)))
    ours, floor, peer = (found[name]["seconds"] for name in ("ours", "floor", "peer"))
    slowest = max(seconds for name, seconds in found["ours"]["by_day"].items() if name != "today")
    return {
        "bench": "coverage",
        "scale": options.scale,
        "database": options.database,
        **{name: {"seconds": round(one["seconds"], 3), "peak_mb": one["own_mb"]} for name, one in found.items()},
        "times_peer": round(peer / ours, 2),
        "times_floor": round(ours / floor, 2),
        "detail": {
            "load_seconds": loaded,
            "cells": found["floor"]["cells"],
            "seconds_by_day": {name: found[name]["by_day"] for name in ("ours", "floor")},
            "kept_seconds": round(kept["seconds"], 3),
            "keeping_seconds": kept["making"],
            "agrees": found["ours"]["totals"] == found["floor"]["totals"]
            and kept["totals"]["today"] == found["floor"]["totals"]["today"],
            "pages": shown["pages"],
            "within": {
                "times_floor": ours <= TIMES_FLOOR * floor,
                "past_days": slowest <= PAST_SECONDS,
                "page": shown["pages"]["coverage"]["p95_ms"] <= PAGE_MS,
                "load": loaded is None or loaded <= LOAD_SECONDS,
            },
        },
    }


def _describe(line: dict[str, Any]) -> None:
    detail = line["detail"]
    print(f"cross-tab, {detail['cells']} cells: ours {line['ours']['seconds']} s, by hand {line['floor']['seconds']} s")
    print(f"  as a Django user writes it {line['peer']['seconds']} s; {line['times_floor']} × the floor")
    print(f"  today as kept ready {detail['kept_seconds']} s; made ready in {detail['keeping_seconds']} s")
    for name, seconds in detail["seconds_by_day"]["ours"].items():
        print(f"  {name:<18} {seconds:>7} s")
    for name, page in detail["pages"].items():
        print(f"  {name:<28} {page['queries']:>3} queries  p50 {page['p50_ms']:>7} ms  p95 {page['p95_ms']:>7} ms")


if __name__ == "__main__":
    main()
