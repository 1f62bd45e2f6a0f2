"""What benchmarks share: one measurement in a process of its own with its peak memory, and the exponent of growth."""

import contextlib
import json
import math
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

import psutil

from scripts.parts.prepare import PYTHON, ROOT
from scripts.parts.say import Stop

SAMPLE_SECONDS = 0.05
# No measurement is repeated after this long: a benchmark ends within eight minutes.
REPEATING_SECONDS = 200


def inside(module: str, env: dict[str, str], *arguments: str) -> dict[str, Any]:
    """Run `python -m module arguments` and read the JSON line it ends with; `peak_mb` is the memory of that process and
    its children together.
    """
    command = [str(PYTHON), "-m", module, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    peak, is_over = [0], threading.Event()

    def watch() -> None:
        root = psutil.Process(process.pid)
        while not is_over.wait(SAMPLE_SECONDS):
            peak[0] = max(peak[0], resident(root))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    output, _ = process.communicate()
    is_over.set()
    watcher.join()
    if process.returncode:
        raise Stop(f"the measurement {' '.join(arguments)!r} of {module} failed")
    found: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return found | {"peak_mb": peak[0] // 2**20}


def repeated(rounds: int, until: float, run: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
    """`rounds` measurements, fewer when the time is up (`until`, of `time.monotonic`): a slow machine measures once,
    and the benchmark still ends.
    """
    found = [run()]
    while len(found) < rounds and time.monotonic() < until:
        found.append(run())
    return found


def resident(root: psutil.Process) -> int:
    """The memory of a process and its children, in bytes."""
    total = 0
    try:
        for one in (root, *root.children(recursive=True)):
            total += one.memory_info().rss
    except psutil.Error:
        return total
    return total


def exponent(sizes: dict[int, float]) -> float:
    """The slope of log time over log rows, by least squares: 1 is linear."""
    points = [(math.log(count), math.log(seconds)) for count, seconds in sizes.items()]
    mean_x = statistics.mean(x for x, _ in points)
    mean_y = statistics.mean(y for _, y in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    return round(slope, 3)


def processor_seconds(process: psutil.Process) -> float:
    """The processor time of a process and everything it started, what has ended meanwhile included."""
    own = process.cpu_times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += sum(child.cpu_times()[:4])
    return float(total)
