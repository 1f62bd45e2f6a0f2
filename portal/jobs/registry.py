"""What is looked at every minute: rooms and wings register a function in their `apps.py`."""

import logging
from collections.abc import Callable
from datetime import datetime

Tick = Callable[[datetime], object]

logger = logging.getLogger(__name__)
_ticks: dict[str, Tick] = {}


def register_tick(name: str, function: Tick) -> None:
    """Have `function(now)` called every minute. It may be called twice or late, so it asks the database what is due.

    Long work is not done in it but requested as a job, with a `unique_key` where it must happen once.
    """
    if _ticks.setdefault(name, function) is not function:
        raise ValueError(f"A tick named {name!r} is registered already.")


def registered_ticks() -> dict[str, Tick]:
    return dict(_ticks)


def run_ticks(now: datetime) -> list[str]:
    """Call every registered function; one that fails is logged and keeps no other from running. Returns who failed."""
    failed = []
    for name, function in _ticks.items():
        try:
            function(now)
        except Exception:
            logger.exception("tick %s failed", name)
            failed.append(name)
    return failed
