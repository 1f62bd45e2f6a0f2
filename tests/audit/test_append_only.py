"""History cannot be changed: not through the models, not through SQL, on neither database."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from portal.audit.models import AccessEvent, AppendOnly, AuditEvent
from portal.audit.services import record, record_access
from tests.personas import Personas

TABLES = ["audit_auditevent", "audit_accessevent"]


@pytest.fixture
def events(personas: Personas) -> tuple[AuditEvent, AccessEvent]:
    actor = personas.department_admin.actor
    done = record("test.done", actor=actor, subject_label="一件事", now=timezone.now())
    return done, record_access("test", actor=actor, object_ids=[1], now=timezone.now())


@pytest.mark.parametrize("number", [0, 1])
def test_history_refuses_save_and_delete_of_a_row(number: int, events: tuple[AuditEvent, AccessEvent]) -> None:
    event = events[number]
    with pytest.raises(AppendOnly):
        event.save()
    with pytest.raises(AppendOnly):
        event.delete()
    assert type(event).objects.filter(pk=event.pk).exists()


@pytest.mark.parametrize("number", [0, 1])
def test_history_refuses_bulk_writes(number: int, events: tuple[AuditEvent, AccessEvent]) -> None:
    event = events[number]
    rows = type(event).objects.filter(pk=event.pk)
    with pytest.raises(AppendOnly):
        rows.update(address="0.0.0.0")  # noqa: S104
    with pytest.raises(AppendOnly):
        rows.delete()
    with pytest.raises(AppendOnly):
        type(event).objects.bulk_update([event], ["address"])


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET address = 'elsewhere'", "DELETE FROM {}"])
def test_history_refuses_sql(statement: str, table: str, events: tuple[AuditEvent, AccessEvent]) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))
    assert AuditEvent.objects.count() == AccessEvent.objects.count() == 1


@pytest.mark.parametrize("table", TABLES)
def test_history_refuses_truncate_where_there_is_one(table: str, events: tuple[AuditEvent, AccessEvent]) -> None:
    if connection.vendor != "postgresql":
        assert connection.vendor == "sqlite"  # SQLite knows no TRUNCATE
        return
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(f"TRUNCATE {table} CASCADE")
    assert AuditEvent.objects.count() == AccessEvent.objects.count() == 1


@pytest.fixture
def committed(transactional_db: None) -> None:
    record("test.committed", actor=None, now=timezone.now())


@pytest.mark.parametrize("time", [1, 2])
def test_flush_between_tests_leaves_no_history_and_the_triggers(time: int, committed: None) -> None:
    assert AuditEvent.objects.count() == 1
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditevent")


def test_triggers_can_be_taken_back_and_put_again(transactional_db: None) -> None:
    from django.db.migrations.executor import MigrationExecutor

    MigrationExecutor(connection).migrate([("audit", "0001_initial")])
    record("test.loose", actor=None, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditevent")
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    record("test.tight", actor=None, now=timezone.now())
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditevent")
