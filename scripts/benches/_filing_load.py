"""The rush of `scripts/bench filing`, in a process of its own: ``_filing_load BASE PEOPLE RESULT`` writes what it saw.

First `PER_SECOND` filings a second are begun for `STEADY_SECONDS`, whether the earlier ones are done or not, and every
time counts from the moment it was due; then the rest by `CLIENTS` people who never pause.
"""

import json
import queue
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

PER_SECOND = 17
STEADY_SECONDS = 60
STEADY_THREADS = 64
CLIENTS = 16
TIMEOUT = 60
TOKEN = "b" * 32  # the same in cookie and header, as a browser that was there before


@dataclass
class Outcome:
    """One filing: the times of its steps in seconds, the address of its receipt, what went wrong (empty: nothing)."""

    inspection: int
    phase: str
    waited: float = 0.0
    save: float = 0.0
    submit: float = 0.0
    receipt: float = 0.0
    address: str = ""
    error: str = ""


@dataclass
class Caller:
    """One connection that stays open."""

    host: str
    port: int
    connection: HTTPConnection | None = field(default=None)

    def ask(self, method: str, path: str, session: str, data: dict[str, Any] | None = None) -> tuple[int, str, str]:
        """(status, Location, body); a connection that the server closed is opened anew."""
        headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        body = None
        if data is not None:
            body = urlencode(data, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        is_fresh = self.connection is None
        if self.connection is None:
            self.connection = HTTPConnection(self.host, self.port, timeout=TIMEOUT)
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, HTTPException):
            self.connection.close()
            self.connection = None
            if is_fresh or method != "GET":
                raise
            return self.ask(method, path, session, data)
        return answer.status, answer.getheader("Location", ""), text


def file(caller: Caller, person: dict[str, Any], outcome: Outcome) -> None:
    """What a person does last: save the last section, hand in, read the receipt."""
    session = person["session"]
    moment = time.perf_counter()

    def took() -> float:
        nonlocal moment
        before, moment = moment, time.perf_counter()
        return moment - before

    status, _location, _text = caller.ask("POST", person["section"], session, person["typed"])
    outcome.save = took()
    if status not in (200, 302):
        raise ValueError(f"the section answered {status}")
    status, location, _text = caller.ask("POST", person["submit"], session, person["seen"])
    outcome.submit = took()
    if status != 302:
        raise ValueError(f"the hand-in answered {status}")
    outcome.address = location
    status, _location, text = caller.ask("GET", location, session)
    outcome.receipt = took()
    if status != 200 or person["number"] not in text:
        raise ValueError(f"the receipt answered {status}")


class Rush:
    def __init__(self, base: str, people: list[dict[str, Any]]) -> None:
        host, _, port = base.removeprefix("http://").rstrip("/").partition(":")
        self.host, self.port = host, int(port)
        self.people = people
        self.outcomes: list[Outcome] = []
        self.due: queue.Queue[tuple[dict[str, Any], float, str] | None] = queue.Queue()

    def work(self) -> None:
        caller = Caller(self.host, self.port)
        while (ticket := self.due.get()) is not None:
            person, due_at, phase = ticket
            began = time.perf_counter()
            outcome = Outcome(person["inspection"], phase, waited=max(0.0, began - due_at) if due_at else 0.0)
            try:
                file(caller, person, outcome)
            except (OSError, HTTPException, ValueError) as error:
                outcome.error = f"{type(error).__name__}: {error}"
            self.outcomes.append(outcome)

    def run(self) -> dict[str, Any]:
        """Both phases, one after the other."""
        steady = self.people[: PER_SECOND * STEADY_SECONDS]
        threads = self._start(STEADY_THREADS)
        began = time.perf_counter()
        for number, person in enumerate(steady):
            due_at = began + number / PER_SECOND
            time.sleep(max(0.0, due_at - time.perf_counter()))
            self.due.put((person, due_at, "steady"))
        self._finish(threads)
        threads = self._start(CLIENTS)
        began = time.perf_counter()
        rest = self.people[len(steady) :]
        for person in rest:
            self.due.put((person, 0.0, "saturated"))
        self._finish(threads)
        return {
            "outcomes": [asdict(one) for one in self.outcomes],
            "saturated_seconds": time.perf_counter() - began,
            "saturated_count": len(rest),
        }

    def _start(self, count: int) -> list[threading.Thread]:
        threads = [threading.Thread(target=self.work, daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        return threads

    def _finish(self, threads: list[threading.Thread]) -> None:
        for _ in threads:
            self.due.put(None)
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    base, people, result = sys.argv[1:]
    seen = Rush(base, json.loads(Path(people).read_text(encoding="utf-8"))).run()
    Path(result).write_text(json.dumps(seen), encoding="utf-8")
