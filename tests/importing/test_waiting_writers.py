"""On SQLite writers on the web wait while a batch is committed, and none of them fails."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from portal.access.actor import acting_as
from portal.importing import services
from tests.chaos.test_kill import database_url
from tests.factories import uscc
from tests.workbooks import association_row, table

ROOT = Path(__file__).resolve().parents[2]
ROWS = 2_000


@pytest.mark.django_db(transaction=True)
def test_web_writers_wait_and_never_fail(run_import, province, personas, settings):
    """A process saves over and over beside the import; `scripts/bench import --database sqlite` does it at 100,000."""
    rows = [association_row(f"第{number}号商会", uscc(number)) for number in range(ROWS)]
    env = {"PATH": "/usr/bin:/bin", "DATABASE_URL": database_url(), "PORTAL_DATA": str(settings.PORTAL_DATA)}
    command = [sys.executable, "-m", "scripts.benches._import_runs", "save", "", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "{}\n"
        batch = run_import(table(rows), commit=True)
        actor = personas.department_admin.actor
        with acting_as(actor):
            batch = services.undo(batch, actor=actor, version=batch.version, now=timezone.now())
        output, _ = other.communicate("stop\n")
    said = json.loads(output.splitlines()[-1])
    assert (batch.state, batch.new_count) == ("undone", ROWS)
    assert said["failed"] == 0
    assert said["saves"] > 0
    assert said["longest_wait"] < 20
