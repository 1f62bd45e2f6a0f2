"""`scripts/bench filing`: the last evening. 4,000 prepared drafts, each: last section, hand-in, receipt.

Goals: 17 hand-ins a second for 60 s (five times the real peak) with none lost, no error and a 99th percentile of at
most 2 s; then the rest by 16 people who never pause, none lost. The web server is the one of production, on PostgreSQL
and Redis; the load comes from a process of its own. What the receipts say is compared with the database afterwards.
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

import psutil

from scripts.benches._measure import processor_seconds, resident
from scripts.parts import servers
from scripts.parts.prepare import PYTHON, ROOT, environment
from scripts.parts.say import Stop
from scripts.parts.start import children, wait_until_ready
from scripts.parts.supervise import Supervisor

P99_LIMIT = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench filing", description=__doc__)
    parser.add_argument("--filings", type=int, default=4000, help="prepared drafts (default 4000)")
    parser.add_argument("--database", default="postgresql", choices=["postgresql", "sqlite"])
    parser.add_argument("--json", action="store_true", help="print the one JSON line only")
    parser.add_argument("--inside", choices=["prepare", "verify"], help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        inside(options)
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-bench-")))
        env = environment(PORTAL_DATA=str(folder))
        for name in ("DATABASE_URL", "REDIS_URL", "PORT", "PORTAL_LOG_LEVEL"):
            env.pop(name, None)
        if options.database == "postgresql":
            env |= _servers(stack)
        line = measure(options, folder, env)
    print(json.dumps(line, ensure_ascii=False) if options.json else _table(line))
    sys.exit(0 if line["detail"]["within"] else 1)


def _servers(stack: ExitStack) -> dict[str, str]:
    programs, redis = servers.find_postgresql(), servers.find_redis()
    if programs is None or redis is None:
        raise Stop("PostgreSQL or Redis is not installed: apt-get install -y postgresql redis-server.")
    return {
        "DATABASE_URL": stack.enter_context(servers.postgresql(programs, is_durable=True)),
        "REDIS_URL": stack.enter_context(servers.redis(redis)),
    }


def measure(options: argparse.Namespace, folder: Path, env: dict[str, str]) -> dict[str, Any]:
    """Prepare, start the portal, let the people loose, compare."""
    for command in (["migrate", "-v", "0"], ["collectstatic", "--noinput", "-v", "0"], ["load_reference"]):
        subprocess.run([str(PYTHON), "manage.py", *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    people, seen = folder / "people.json", folder / "seen.json"
    _inside("prepare", options.filings, people, env)
    port = servers.spare_port()
    if os.geteuid() == 0:
        env["C_FORCE_ROOT"] = "1"
    url = f"http://127.0.0.1:{port}/"
    with Supervisor(children(folder, port, env | {"PORT": str(port)})) as keeper:
        wait_until_ready(keeper, url)
        load = subprocess.Popen(
            [str(PYTHON), "-m", "scripts.benches._filing_load", url, str(people), str(seen)], cwd=ROOT, env=env
        )
        peak, own, before = 0, psutil.Process(), _spent(keeper)
        used: dict[str, float] = {}
        while load.poll() is None:
            peak = max(peak, resident(own) - resident(psutil.Process(load.pid)))
            used["load"] = processor_seconds(psutil.Process(load.pid))
            time.sleep(1)
        if load.returncode:
            raise Stop("the load broke off")
        used |= {name: spent - before[name] for name, spent in _spent(keeper).items()}
    found = json.loads(seen.read_text(encoding="utf-8"))
    kept = _inside("verify", options.filings, seen, env)
    return _line(options, found, kept, peak, used)


def _spent(keeper: Supervisor) -> dict[str, float]:
    """Processor seconds so far: of the web server, of what works in the background, of the database and Redis."""
    spent = {"web": 0.0, "background": 0.0, "database": 0.0, "redis": 0.0}
    for child in keeper.children:
        name = "web" if child.name == "web" else "background"
        if child.process:
            spent[name] += processor_seconds(psutil.Process(child.process.pid))
    for process in psutil.Process().children():
        for name, words in (("database", "postgres"), ("redis", "redis")):
            if process.name().startswith(words):
                spent[name] += processor_seconds(process)
    return spent


def _inside(what: str, count: int, file: Path, env: dict[str, str]) -> dict[str, Any]:
    command = [str(PYTHON), "-m", "scripts.benches.filing", "--inside", what, "--filings", str(count)]
    done = subprocess.run(
        [*command, "--file", str(file)], cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def inside(options: argparse.Namespace) -> None:
    """In the prepared environment: make the drafts, or compare the receipts with what the database holds."""
    import portal.wsgi  # noqa: F401  the process as the web server sets it up
    from scripts.benches import _filing_data

    if options.inside == "prepare":
        _filing_data.prepare(options.filings, options.file)
        print("{}")
    else:
        print(json.dumps(_filing_data.verify(json.loads(options.file.read_text(encoding="utf-8"))["outcomes"])))


def _line(
    options: argparse.Namespace, found: dict[str, Any], kept: dict[str, Any], peak: int, used: dict[str, float]
) -> dict[str, Any]:
    outcomes = found["outcomes"]
    steady = [one for one in outcomes if one["phase"] == "steady" and not one["error"]]
    hand_ins = sorted(one["waited"] + one["submit"] for one in steady)
    errors = [one["error"] for one in outcomes if one["error"]]
    p99 = _percentile(hand_ins, 99)
    seconds = found["saturated_seconds"]
    detail = {
        "filings": len(outcomes),
        "lost": kept["lost"],
        "doubled": kept["doubled"],
        "errors": len(errors),
        "first_errors": errors[:3],
        "submit_p50_s": round(statistics.median(hand_ins), 3) if hand_ins else None,
        "submit_p99_s": p99,
        "whole_p99_s": _percentile(sorted(_whole(one) for one in steady), 99),
        "per_second": round(found["saturated_count"] / seconds, 1) if found["saturated_count"] else None,
        # What one filing costs the machine, whoever else is busy on it.
        "processor_ms": {name: round(1000 * spent / len(outcomes), 1) for name, spent in sorted(used.items())},
    }
    within = not (errors or kept["lost"] or kept["doubled"]) and p99 is not None and p99 <= P99_LIMIT
    return {
        "bench": "filing",
        "scale": str(options.filings),
        "database": options.database,
        "ours": {"seconds": round(seconds, 1), "peak_mb": peak // 2**20},
        "peer": None,
        "floor": None,
        "times_peer": None,
        "times_floor": None,
        "detail": detail | {"within": within},
    }


def _whole(one: dict[str, Any]) -> float:
    return float(one["waited"] + one["save"] + one["submit"] + one["receipt"])


def _percentile(values: list[float], which: int) -> float | None:
    if len(values) < 2:
        return None
    return round(statistics.quantiles(values, n=100, method="inclusive")[which - 1], 3)


def _table(line: dict[str, Any]) -> str:
    rows = [f"{name:<16} {value}" for name, value in line["detail"].items()]
    return "\n".join([*rows, json.dumps(line, ensure_ascii=False)])


if __name__ == "__main__":
    main()
