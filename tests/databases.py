"""The database of a test run: the migrations run once, each worker gets a copy of what they made.

The original of SQLite lies under build/, the one of PostgreSQL beside the copies in its cluster; both are named by a
hash of the migrations, so a changed migration makes a new one. `python -m tests.databases` makes it ahead of a run.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from scripts.parts.prepare import BUILD, digest

FOLDER = BUILD / "test-databases"
PREFIX = "portal_original_"


def fingerprint() -> str:
    """What decides the tables: the migrations of every installed app, and Django."""
    folders = {Path(config.path) / "migrations" for config in apps.get_app_configs()}
    files = sorted(path for folder in folders for path in folder.glob("*.py"))
    return digest(*files, extra=repr((django.VERSION, [str(path) for path in files])))[:16]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """The first worker makes the original, the others wait for it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def use(name: str) -> None:
    """Connect to another database from now on."""
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name


def make_tables() -> None:
    """Run the migrations on the database in hand, as an installation does."""
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()


class OnSqlite:
    """The original is a file; a copy is a copied file."""

    def __init__(self) -> None:
        self.original = FOLDER / f"{PREFIX}{fingerprint()}.sqlite3"

    def exists(self) -> bool:
        return self.original.exists()

    def make(self) -> None:
        for older in FOLDER.glob(f"{PREFIX}*"):
            older.unlink()
        unfinished = FOLDER / "unfinished.sqlite3"
        self.drop(str(unfinished))
        use(str(unfinished))
        make_tables()
        with closing(sqlite3.connect(unfinished)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        unfinished.rename(self.original)

    def copy(self, name: str) -> None:
        self.drop(name)
        shutil.copyfile(self.original, name)

    def drop(self, name: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(name + ending).unlink(missing_ok=True)


class OnPostgresql:
    """The original is a database that others are made from."""

    def __init__(self) -> None:
        self.original = f"{PREFIX}{fingerprint()}"

    def _ask(self, sql: str, *values: Any) -> list[Any]:
        with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def exists(self) -> bool:
        return bool(self._ask("SELECT 1 FROM pg_database WHERE datname = %s", self.original))

    def make(self) -> None:
        for (older,) in self._ask("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", PREFIX):
            self.drop(older)
        unfinished = "portal_unfinished"
        self.drop(unfinished)
        self._ask(f"CREATE DATABASE {unfinished} TEMPLATE template0 ENCODING 'UTF8'")
        use(unfinished)
        make_tables()
        self._ask(f"ALTER DATABASE {unfinished} RENAME TO {self.original}")

    def copy(self, name: str) -> None:
        self.drop(name)
        self._ask(f"CREATE DATABASE {connection.ops.quote_name(name)} TEMPLATE {self.original}")

    def drop(self, name: str) -> None:
        self._ask(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)} WITH (FORCE)")


def original() -> OnSqlite | OnPostgresql:
    """The original of the database in use, made if need be."""
    databases = OnSqlite() if connection.vendor == "sqlite" else OnPostgresql()
    if not databases.exists():
        databases.make()
    return databases


@contextmanager
def database_named(name: str) -> Iterator[None]:
    """A database of one's own: a name on the server, a path on SQLite; gone afterwards."""
    with one_at_a_time():
        databases = original()
        databases.copy(name)
    try:
        yield
    finally:
        databases.drop(name)


@contextmanager
def database_of_a_worker() -> Iterator[None]:
    """Work on a database of one's own, under the name that the settings give to test databases."""
    usual = connection.settings_dict["NAME"]
    name = str(connection.settings_dict["TEST"]["NAME"] or f"test_{usual}")
    with database_named(name):
        use(name)
        try:
            yield
        finally:
            use(usual)


@contextmanager
def rolled_back(blocker: Any) -> Iterator[None]:
    """For fixtures wider than a test: what they write stands for the whole file and is gone after it, and what a test
    writes on top of it is gone after the test. `blocker` is pytest-django's `django_db_blocker`.
    """
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    with one_at_a_time():
        original()
