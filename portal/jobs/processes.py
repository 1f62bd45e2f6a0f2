"""Which process holds a lease, and whether it is certainly gone: then its work need not wait for the lease to end."""

import os
from pathlib import Path

_PROC = Path("/proc")


def _start_time(pid: str) -> str | None:
    """When the process started, in clock ticks since boot; None when there is no such process (or it is a zombie)."""
    try:
        # The command's name stands in brackets and may hold spaces; the state is field 3, the start time field 22.
        fields = (_PROC / pid / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {"Z", "X"} else fields[19]


def _place() -> str:
    """This boot of this machine and this container: process numbers mean nothing outside."""
    try:
        return f"{(_PROC / 'sys/kernel/random/boot_id').read_text().strip()}/{os.readlink(_PROC / 'self/ns/pid')}"
    except OSError:
        return ""


def this_process() -> str:
    """A name for this process that no other process on any machine will ever have; empty where it cannot be told."""
    place = _place()
    start = _start_time(str(os.getpid()))
    return f"{place}/{os.getpid()}/{start}" if place and start else ""


def is_gone(owner: str) -> bool:
    """Whether the process named `owner` ran here and runs no more. Elsewhere or unknown: False, the lease decides."""
    place, _, rest = owner.partition("]/")
    pid, _, start = rest.partition("/")
    if not start or f"{place}]" != _place():
        return False
    return _start_time(pid) != start
