"""The process that the import kill tests kill: one step after another of one batch, as the jobs do them.

``python -m tests.chaos.importer upload BOOK | import PK | undo PK | digest``; what it says last is JSON.
"""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from django.db import connection

# What a register holds, without keys, versions and instants: the same facts, however often the way there was cut.
FACTS = (
    "SELECT a.uscc, a.name, a.search_key, a.kind, a.status, r.code, a.domicile, a.registered_fund, a.staff_count, "
    "a.established_on, a.term_started_on FROM associations_association a "
    "JOIN regions_region r ON r.id = a.region_id ORDER BY a.uscc",
    "SELECT a.uscc, s.role, d.name, s.office, s.officer, s.starts_on, s.ends_on FROM associations_assignment s "
    "JOIN associations_association a ON a.id = s.association_id "
    "JOIN associations_department d ON d.id = s.department_id ORDER BY a.uscc, s.role, s.starts_on",
    "SELECT a.uscc, c.counted_on, c.relation_count FROM associations_partymembercount c "
    "JOIN associations_association a ON a.id = c.association_id ORDER BY a.uscc, c.counted_on",
)


def upload(book: str) -> dict[str, Any]:
    from django.utils import timezone

    from portal.access.actor import acting_as
    from portal.importing import services

    actor = _actor()
    with acting_as(actor), Path(book).open("rb") as content:
        batch = services.upload(content, kind="associations", name="名录.xlsx", actor=actor, now=timezone.now())
    return {"batch": batch.pk}


def run(pk: str, verb: str) -> dict[str, Any]:
    """Carry the batch on from wherever it was left; where it ends, and what the register then holds."""
    from portal.access.actor import acting_as
    from portal.access.decisions import Conflict
    from portal.access.scoping import everything
    from portal.importing.models import ImportBatch

    actor = _actor()
    with acting_as(actor):
        while True:
            with everything("the batch of this test"):
                batch = ImportBatch.objects.get(pk=pk)
            try:
                if not step(batch, verb, actor):
                    return {"state": batch.state, "register": digest()}
            except Conflict:
                # A server finishes the statement that a killed client has sent; what it did is looked at again.
                continue


def step(batch: Any, verb: str, actor: Any) -> bool:
    """The next piece of work; False when there is none."""
    from django.utils import timezone

    from portal.importing import services
    from portal.importing.enums import BatchState

    now, version = timezone.now(), batch.version
    if verb == "undo" and batch.state == BatchState.COMMITTED:
        services.undo(batch, actor=actor, version=version, now=now)
    elif batch.state == BatchState.UPLOADED and not batch.header_rows:
        services.read(batch, actor=actor, now=now)
    elif batch.state in (BatchState.UPLOADED, BatchState.STAGING):
        if batch.state == BatchState.UPLOADED:
            batch = services.start(batch, actor=actor, version=version, now=now)
        services.stage(batch, actor=actor, now=now)
    elif batch.state == BatchState.PREVIEWED:
        services.confirm(batch, actor=actor, version=version, now=now)
    elif batch.state == BatchState.COMMITTING:
        services.commit(batch, actor=actor, now=now)
    else:
        return False
    return True


def digest() -> dict[str, Any]:
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for number, sql in enumerate(FACTS):
            cursor.execute(sql)
            rows = cursor.fetchall()
            found[f"rows {number}"] = len(rows)
            found[f"facts {number}"] = hashlib.sha256(repr(rows).encode()).hexdigest()
        cursor.execute(
            "SELECT action, COUNT(*) FROM audit_auditevent WHERE action IN ('importing.commit', 'importing.undo') "
            "GROUP BY action ORDER BY action"
        )
        found["events"] = dict(cursor.fetchall())
    return found


def _actor() -> Any:
    from django.utils import timezone

    from portal.memberships.selectors import actor_of, membership_for

    return actor_of(membership_for("chaos", timezone.localdate()))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    verb, *more = sys.argv[1:]
    answer = {"upload": upload, "digest": digest}[verb](*more) if verb in ("upload", "digest") else run(*more, verb)
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
