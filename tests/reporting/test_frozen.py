"""A signed report cannot be changed, not even past the services."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from portal.access.scoping import everything
from portal.reporting import services
from portal.reporting.models import ReportDrill, ReportFile, ReportRow, ReportRun
from tests.personas import Personas

MakeRun = Callable[..., ReportRun]


@pytest.fixture
def signed(make_run: MakeRun, personas: Personas, work: Callable[[], int]) -> ReportRun:
    admin = personas.department_admin.actor
    run = make_run(admin)
    signed = services.lock_run(run, actor=admin, version=run.version, base_url="http://x", now=timezone.now())
    work()
    return signed


def refuses(change: Callable[[], Any]) -> None:
    with everything("test"), pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        change()


def test_signed_figures_lists_and_files_refuse_every_change(signed: ReportRun) -> None:
    runs = ReportRun.objects.filter(pk=signed.pk)
    refuses(lambda: runs.update(title="改过的标题"))
    refuses(lambda: runs.update(data={}))
    refuses(lambda: runs.update(state="draft", locked_at=None, locked_by=None))
    refuses(lambda: ReportRow.objects.filter(run=signed).update(subject_pk=1))
    refuses(lambda: ReportRow.objects.filter(run=signed).delete())
    refuses(lambda: ReportRow.objects.create(run=signed, roster="x", position=0, subject_pk=1, cells=[]))
    refuses(lambda: ReportDrill.objects.filter(run=signed).update(row_count=0))
    refuses(lambda: ReportDrill.objects.filter(run=signed).delete())
    refuses(lambda: ReportDrill.objects.create(run=signed, key="x", positions=[], row_count=0))
    refuses(lambda: ReportFile.objects.filter(run=signed).update(stored=None))
    refuses(lambda: ReportFile.objects.filter(run=signed)._raw_delete(connection.alias))
    with everything("test"):
        assert ReportFile.objects.filter(run=signed, stored__isnull=False).count() == 2


def test_rows_cannot_be_moved_into_a_signed_report(signed: ReportRun, make_run: MakeRun, personas: Personas) -> None:
    draft = make_run(personas.regional_office.actor)
    refuses(lambda: ReportRow.objects.filter(run=draft, position=0).update(run=signed, roster="x"))


def test_what_the_portal_itself_moves_on_stays_free(signed: ReportRun, make_run: MakeRun, personas: Personas) -> None:
    with everything("test"):
        ReportRun.objects.filter(pk=signed.pk).update(job=None, version=9)
        draft = make_run(personas.regional_office.actor)
        ReportRow.objects.filter(run=draft).delete()


def test_triggers_can_be_taken_back_and_put_again(transactional_db: None) -> None:
    triggers = importlib.import_module("portal.reporting.migrations.0002_database")
    for _ in range(2):
        with connection.schema_editor() as editor:
            triggers.backwards(None, editor)
            triggers.forwards(None, editor)
