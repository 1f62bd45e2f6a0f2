"""What `scripts/bench export` measures, each in a process of its own: ``_export_runs WHAT ROWS [BOOK]`` prints JSON."""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.db import connection

from scripts.benches import _import_data

COLUMNS = (
    *("uscc", "name", "kind", "is_industry_association", "registration_level", "region", "registration_mode", "status"),
    *("supervising_unit", "industry_regulator", "responsible_office", "responsible_officer", "party_committee"),
    *("industry_category", "established_on", "domicile", "registered_fund", "unit_member_count"),
    *("individual_member_count", "staff_count", "full_time_staff_count", "term_started_on", "term_years"),
    *("charter_has_party_clause", "party_full_member_count"),
)
FLOOR = """
SELECT a.uscc, a.name, a.kind, a.is_industry_association, a.registration_level, r.name, a.registration_mode, a.status,
  d1.name, d2.name, h2.office, h2.officer, d3.name, a.industry_category, a.established_on, a.domicile,
  a.registered_fund / 10000, a.unit_member_count, a.individual_member_count, a.staff_count, a.full_time_staff_count,
  a.term_started_on, a.term_years, a.charter_has_party_clause, c.relation_count
FROM associations_association a
JOIN regions_region r ON r.id = a.region_id
LEFT JOIN associations_assignment h1 ON h1.association_id = a.id AND h1.role = 'supervising_unit' AND h1.ends_on IS NULL
LEFT JOIN associations_department d1 ON d1.id = h1.department_id
LEFT JOIN associations_assignment h2 ON h2.association_id = a.id AND h2.role = 'industry_regulator'
  AND h2.ends_on IS NULL
LEFT JOIN associations_department d2 ON d2.id = h2.department_id
LEFT JOIN associations_assignment h3 ON h3.association_id = a.id AND h3.role = 'party_committee' AND h3.ends_on IS NULL
LEFT JOIN associations_department d3 ON d3.id = h3.department_id
LEFT JOIN associations_partymembercount c ON c.association_id = a.id
ORDER BY a.name, a.id
"""
SIDES = ("associations_assignment", "associations_partymembercount", "associations_associationname")


def load(count: int, book: Path) -> dict[str, Any]:
    """The register as the import engine writes it."""
    from django.utils import timezone

    from associations.registry.models import Association, Department
    from portal.access.actor import acting_as
    from portal.importing import services
    from portal.importing.enums import Origin

    for name, kind in _import_data.DEPARTMENTS:
        Department(name=name, kind=kind).save()
    actor, now = _actor(), timezone.now()
    with acting_as(actor), book.open("rb") as content:
        batch = services.upload(
            content, kind="associations", name=book.name, actor=actor, now=now, origin=Origin.COMMAND
        )
        batch = services.read(batch, actor=actor, now=now)
        batch = services.start(batch, actor=actor, version=batch.version, now=now)
        batch = services.stage(batch, actor=actor, now=now)
        batch = services.confirm(batch, actor=actor, version=batch.version, now=now)
        services.commit(batch, actor=actor, now=now)
    written = Association.objects.count()
    if written != count:
        raise SystemExit(f"{written} associations were loaded, not {count}")
    _settle()
    return {}


def ours(count: int) -> dict[str, Any]:
    """The background export, from the job's lease to its end; `checked` reads the file back, in another process."""
    return _order(count, "xlsx")


def csv(count: int) -> dict[str, Any]:
    return _order(count, "csv")


def _order(count: int, format_: str) -> dict[str, Any]:
    from django.urls import reverse
    from django.utils import timezone

    from portal.celery import app
    from portal.exporting.models import Export, Source
    from portal.exporting.orders import request_export
    from portal.exporting.tasks import build_export
    from portal.files.services import path_of

    app.send_task = lambda *arguments, **options: None  # the task is run here
    job = request_export(
        source=Source.KIND,
        place="associations",
        query="",
        fields=COLUMNS,
        format_=format_,
        title="社会组织",
        actor=_actor(),
        now=timezone.now(),
    )
    reverse("exporting:list")  # a worker has read the addresses long ago
    began, busy = time.perf_counter(), time.process_time()
    build_export(job.pk)
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    export = Export.objects.select_related("file").latest("pk")
    if export.row_count != count or export.file is None:
        raise SystemExit(f"{export.row_count} rows were written, not {count}")
    size = round(path_of(export.file).stat().st_size / 2**20, 1)
    return {"seconds": round(seconds, 3), "processor": busy, "file_mb": size}


def checked(count: int) -> dict[str, Any]:
    """The latest workbook holds every row; then it goes. Not part of the export, so neither is its memory."""
    from python_calamine import CalamineWorkbook

    from portal.exporting.models import Export
    from portal.files.services import path_of

    export = Export.objects.select_related("file").latest("pk")
    if export.file is None:
        raise SystemExit("there is no file")
    path = path_of(export.file)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    if len(rows) != count + 1 or len({row[0] for row in rows}) != count + 1 or len(rows[-1]) != len(COLUMNS):
        raise SystemExit(f"the workbook has {len(rows)} rows of {len(rows[-1])} columns")
    path.unlink()
    return {}


def listed(count: int) -> dict[str, Any]:
    """The list of the screen with its own columns, as a workbook."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from portal.access.actor import acting_as
    from portal.exporting.services import write_rows
    from portal.exporting.sources import of_list, open_list

    actor = _actor()
    user = get_user_model().objects.get(pk=actor.user_id)
    began = time.perf_counter()
    with acting_as(actor), tempfile.TemporaryFile() as stream:
        now = timezone.now()
        found = of_list(open_list("/associations/", "", "xlsx", actor=actor, user=user, now=now), "xlsx", now)
        written = write_rows(stream, found.columns, found.rows, "xlsx", title=found.title, notes=found.notes)
    seconds = time.perf_counter() - began
    if written != count:
        raise SystemExit(f"{written} rows were written, not {count}")
    return {"seconds": round(seconds, 2), "columns": len(found.columns)}


def peer(count: int) -> dict[str, Any]:
    from scripts.benches import _export_peer

    return {"seconds": _export_peer.run(count, is_tuned=False)}


def tuned(count: int) -> dict[str, Any]:
    from scripts.benches import _export_peer

    return {"seconds": _export_peer.run(count, is_tuned=True)}


def floor(count: int) -> dict[str, Any]:
    """One statement to a CSV file."""
    import csv as plain

    began = time.perf_counter()
    with tempfile.TemporaryFile("w+b") as stream, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY ({FLOOR}) TO STDOUT (FORMAT csv)") as copy:
                for part in copy:
                    stream.write(part)
        else:
            cursor.execute(FLOOR)
            text = os.fdopen(os.dup(stream.fileno()), "w", encoding="utf-8", newline="")
            with text:
                plain.writer(text).writerows(cursor.fetchall())
        stream.flush()
        seconds = time.perf_counter() - began
        stream.seek(0)
        lines = sum(part.count(b"\n") for part in iter(lambda: stream.read(2**20), b""))
    if lines != count:
        raise SystemExit(f"the floor wrote {lines} rows, not {count}")
    return {"seconds": seconds}


def shorten(count: int) -> dict[str, Any]:
    """Leave the first rows of the register only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM associations_association ORDER BY id LIMIT 1 OFFSET %s", [count])
        first = cursor.fetchone()[0]
        for table in SIDES:
            cursor.execute(f"DELETE FROM {table} WHERE association_id >= %s", [first])  # noqa: S608 (our own names)
        cursor.execute("DELETE FROM associations_association WHERE id >= %s", [first])
    _settle()
    return {}


def _settle() -> None:
    """Statistics and free space as after a quiet night."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _actor() -> Any:
    from django.utils import timezone

    from portal.memberships.selectors import actor_of, membership_for

    return actor_of(membership_for("bench", timezone.localdate()))


RUNS = {run.__name__: run for run in (load, ours, checked, csv, listed, peer, tuned, floor, shorten)}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    what, count, *book = sys.argv[1:]
    print(json.dumps(RUNS[what](int(count), *(Path(one) for one in book)), ensure_ascii=False, default=str))


if __name__ == "__main__":
    main()
