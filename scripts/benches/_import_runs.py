"""What `scripts/bench import` measures, each in a process of its own: ``_import_runs WHAT BOOK ROWS`` prints JSON."""

import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from scripts.benches import _import_data

MAIN_TABLES = ("associations_assignment", "associations_partymembercount", "associations_associationname")
STAGING_TABLES = ("importing_importissue", "importing_importrow")


def departments(book: Path, count: int) -> dict[str, Any]:
    from associations.registry.models import Department

    for name, kind in _import_data.DEPARTMENTS:
        Department(name=name, kind=kind).save()
    return {}


def ours(book: Path, count: int) -> dict[str, Any]:
    """Upload, read, check, commit (timed together), then undo (timed apart)."""
    from django.utils import timezone

    from portal.access.actor import acting_as
    from portal.importing import services
    from portal.importing.enums import Origin
    from portal.importing.selectors import answer

    _empty()
    actor = _actor()
    marks = [time.perf_counter()]
    with acting_as(actor):
        now = timezone.now()
        with book.open("rb") as content:
            batch = services.upload(
                content, kind="associations", name=book.name, actor=actor, now=now, origin=Origin.COMMAND
            )
        batch = services.read(batch, actor=actor, now=now)
        marks.append(time.perf_counter())
        batch = services.start(batch, actor=actor, version=batch.version, now=now)
        batch = services.stage(batch, actor=actor, now=now)
        marks.append(time.perf_counter())
        batch = services.confirm(batch, actor=actor, version=batch.version, now=now)
        held: list[float] = []

        def note(execute: Any, sql: str, *rest: Any) -> Any:
            """The transaction of the commit begins with the step of the batch itself."""
            if not held and sql.startswith('UPDATE "importing_importbatch"'):
                held.append(time.perf_counter())
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            batch = services.commit(batch, actor=actor, now=now)
        held.append(time.perf_counter())
        marks.append(time.perf_counter())
        if batch.state != "committed":
            raise SystemExit(f"the batch is {batch.state}: {batch.refusal_message or batch.notice}")
        said = answer(batch)["counts"]
        written = _written()
        _dump_for_floor()
        began = time.perf_counter()
        services.undo(batch, actor=actor, version=batch.version, now=now)
        undone = time.perf_counter() - began
    read, check, commit = (later - earlier for earlier, later in itertools.pairwise(marks))
    return {
        "seconds": marks[-1] - marks[0],
        "read": round(read, 2),
        "check": round(check, 2),
        "commit": round(commit, 2),
        "write_lock": round(held[1] - held[0], 2),
        "undo": round(undone, 2),
        "counts": said,
        "written": written,
    }


def floor(book: Path, count: int) -> dict[str, Any]:
    """Read the sheet and COPY what our own run wrote, in the order of its tables."""
    from python_calamine import CalamineWorkbook

    tables = json.loads(_dump().read_text())
    loads = [(table, names, _rows(table)) for table, names in tables]
    _empty(but_batches=True)
    began = time.perf_counter()
    read = sum(1 for _ in CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).iter_rows())
    parts = {"read": round(time.perf_counter() - began, 2)}
    if read < count:
        raise SystemExit("the workbook has too few rows")
    with transaction.atomic():
        for table, names, rows in loads:
            started = time.perf_counter()
            _load(table, names, rows)
            parts[table] = round(time.perf_counter() - started, 2)
        started = time.perf_counter()
    parts["commit"] = round(time.perf_counter() - started, 2)
    return {"seconds": time.perf_counter() - began, "parts": parts}


def peer(book: Path, count: int) -> dict[str, Any]:
    from django.utils import timezone

    from portal.importing.models import ImportBatch
    from scripts.benches import _import_peer

    _empty()
    actor = _actor()
    batch = ImportBatch.objects.create(
        number="DR-peer-01",
        kind="associations",
        file_name=book.name,
        state="uploaded",
        user_id=actor.user_id,
        membership_id=actor.membership_id,
        membership_label=actor.label,
        created_at=timezone.now(),
    )
    seconds = _import_peer.run(book, count, batch)
    written = _written()
    if (written["associations_association"], written["associations_assignment"]) != (count, 3 * count):
        raise SystemExit(f"the peer did not import every row: {written}")
    return {"seconds": seconds, "written": written}


def writer(book: Path, count: int) -> dict[str, Any]:
    """Our run with a second process that saves a small change over and over, as people on the web do."""
    command = [sys.executable, "-m", "scripts.benches._import_runs", "save", "", "0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        result = ours(book, count)
        output, _ = other.communicate("stop\n")
    return result | {"web_writer": json.loads(output.strip().splitlines()[-1])}


def save(book: Path, count: int) -> dict[str, Any]:
    """One save every 50 ms until somebody says stop: how many, the longest wait, and how many failed."""
    import select

    from django.db import OperationalError

    waits, failed = [], 0
    print("{}", flush=True)
    while not select.select([sys.stdin], [], [], 0.05)[0]:
        began = time.perf_counter()
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("UPDATE associations_department SET level = level WHERE id = 1")
        except OperationalError:
            failed += 1
        waits.append(time.perf_counter() - began)
    waits.sort()
    return {
        "saves": len(waits),
        "failed": failed,
        "longest_wait": round(waits[-1], 2),
        "p99_wait": round(waits[int(len(waits) * 0.99)], 2),
    }


# Plumbing -------------------------------------------------------------------------------------------------------------


def _actor() -> Any:
    from django.utils import timezone

    from portal.memberships.selectors import actor_of, membership_for

    return actor_of(membership_for("bench", timezone.localdate()))


def _empty(*, but_batches: bool = False) -> None:
    """No association and nothing staged; statistics and free space as after a quiet night."""
    tables = [*STAGING_TABLES, *MAIN_TABLES, "associations_grade", "associations_association"]
    tables += [] if but_batches else ["importing_importbatch"]
    with connection.cursor() as cursor:
        is_postgresql = connection.vendor == "postgresql"
        # Every row goes, so no foreign key needs to be looked at.
        cursor.execute("SET session_replication_role = replica" if is_postgresql else "PRAGMA foreign_keys = OFF")
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 (our own table names)
        cursor.execute("SET session_replication_role = origin" if is_postgresql else "PRAGMA foreign_keys = ON")
        if is_postgresql:
            cursor.execute(f"VACUUM (FULL, ANALYZE) {', '.join(tables)}")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _written() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for table in ("associations_association", *MAIN_TABLES, *STAGING_TABLES):
            cursor.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608 (our own table names)
            counts[table] = cursor.fetchone()[0]
    return counts


def _dump() -> Path:
    from django.conf import settings

    return Path(settings.PORTAL_DATA) / "floor.json"


def _dump_for_floor() -> None:
    """Set the rows of the latest run aside, outside any timed stretch; parents before children."""
    tables = ["associations_association", *MAIN_TABLES, *reversed(STAGING_TABLES)]
    kept = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DROP TABLE IF EXISTS floor_{table}")
            cursor.execute(f"CREATE TABLE floor_{table} AS SELECT * FROM {table}")  # noqa: S608
            cursor.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608
            kept.append((table, [column[0] for column in cursor.description]))
    _dump().write_text(json.dumps(kept))


def _rows(table: str) -> list[tuple[Any, ...]]:
    """The resolved rows as values of Python; JSON columns stay text."""

    def raw(value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM floor_{table}")  # noqa: S608
        return [tuple(raw(value) for value in row) for row in cursor.fetchall()]


def _load(table: str, names: list[str], rows: list[tuple[Any, ...]]) -> None:
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["?"] * len(names))
        cursor.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)  # noqa: S608


RUNS = {run.__name__: run for run in (departments, ours, floor, peer, writer, save)}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    what, book, count = sys.argv[1:4]
    print(json.dumps(RUNS[what](Path(book), int(count)), ensure_ascii=False, default=str))


if __name__ == "__main__":
    main()
