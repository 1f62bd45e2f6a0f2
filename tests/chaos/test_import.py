"""kill -9 at random points of an import and of its undo: the register ends as after an undisturbed run."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from scripts.benches import _import_data
from tests.databases import database_named

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "chaos_import"
Call = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.every_database


@pytest.fixture
def database_url(tmp_path: Path, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test alone, on the server the other tests use."""
    database, file = connection.settings_dict, tmp_path / "chaos.sqlite3"
    name, url = str(file), f"sqlite:///{file}"
    if connection.vendor != "sqlite":
        name, url = DATABASE, "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/".format(**database) + DATABASE
    with django_db_blocker.unblock(), database_named(name):
        yield url


@pytest.fixture
def environment(tmp_path: Path, database_url: str) -> dict[str, str]:
    """An installation with reference data, the departments of the workbook and one account."""
    env = {**os.environ, "PORTAL_DATA": str(tmp_path), "DATABASE_URL": database_url, "PORTAL_LOG_LEVEL": "ERROR"}
    for command in (["load_reference"], ["add_user", "chaos", "--role", "department_admin"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
        )
    subprocess.run(
        [sys.executable, "-m", "scripts.benches._import_runs", "departments", "", "0"],
        cwd=ROOT,
        env=env,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return env


def call(env: dict[str, str], *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.importer", *words], cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def killed(env: dict[str, str], after: float, *words: str) -> bool:
    """Start the work and kill it after so many seconds; False when it was done before."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.importer", *words], cwd=ROOT, env=env, stdout=subprocess.DEVNULL
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    assert process.returncode == 0
    return False


def timed(work: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], float]:
    began = time.monotonic()
    return work(), time.monotonic() - began


@pytest.mark.parametrize(
    ("count", "kills"), [(1_000, 3), pytest.param(50_000, 50, marks=pytest.mark.heavy)], ids=["small", "50,000 rows"]
)
def test_kill_9_anywhere_ends_like_an_undisturbed_run(
    tmp_path: Path, environment: dict[str, str], count: int, kills: int
) -> None:
    book = tmp_path / "book.xlsx"
    _import_data.write(book, count)
    empty = call(environment, "digest")
    batch = str(call(environment, "upload", str(book))["batch"])
    said, import_seconds = timed(lambda: call(environment, "import", batch))
    assert said["state"] == "committed"
    full = said["register"]
    assert full["rows 0"] == count - len([row for row in range(count) if row % 180 in (7, 67, 127)])
    said, undo_seconds = timed(lambda: call(environment, "undo", batch))
    assert said["state"] == "undone"
    back = said["register"]
    assert {name: value for name, value in back.items() if name != "events"} == {
        name: value for name, value in empty.items() if name != "events"
    }

    chance, left, rounds = random.Random(count), kills, 1
    seconds = {"import": import_seconds, "undo": undo_seconds}
    while left:
        rounds += 1
        batch = str(call(environment, "upload", str(book))["batch"])
        for verb, expected in (("import", full), ("undo", empty)):
            while left and killed(environment, chance.uniform(0.3, seconds[verb]), verb, batch):
                left -= 1
            found = call(environment, verb, batch)["register"]
            events = found.pop("events")
            assert found == {name: value for name, value in expected.items() if name != "events"}
            undone = rounds if verb == "undo" else rounds - 1
            assert events == {"importing.commit": rounds, "importing.undo": undone}
