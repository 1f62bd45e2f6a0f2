"""Keys of the records an import will insert. They are known when a change is planned, so that what is written later is
what was planned: a UUID is made in Python, a number is taken from the table's own sequence. A batch that is never
written leaves a gap in the numbers and nothing else.
"""

# Statements are put together from table and column names of models only; every value is a parameter.
# ruff: noqa: S608

import uuid
from collections.abc import Sequence

from django.db import connection
from django.db.models import Model, UUIDField


def has_uuid(model: type[Model]) -> bool:
    """Whether records of this table are named by a UUID (people, tables with sealed columns)."""
    return isinstance(model._meta.pk, UUIDField)


def take(model: type[Model], count: int) -> Sequence[int | uuid.UUID]:
    """``count`` keys nobody else will get. On SQLite this writes: call it in the transaction that plans."""
    if count == 0:
        return ()
    if has_uuid(model):
        return [uuid.uuid4() for _ in range(count)]
    if connection.vendor == "postgresql":
        return _from_sequence(model, count)
    return _from_counter(model, count)


def _from_sequence(model: type[Model], count: int) -> list[int]:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [table, model._meta.pk.column, count],
        )
        return [number for (number,) in cursor.fetchall()]


def _from_counter(model: type[Model], count: int) -> range:
    """SQLite's AUTOINCREMENT keeps the highest number ever used in a table of its own."""
    name = model._meta.db_table
    highest = f"(SELECT COALESCE(MAX(id), 0) FROM {connection.ops.quote_name(name)})"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sqlite_sequence (name, seq) "
            "SELECT %s, 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = %s)",
            [name, name],
        )
        cursor.execute(
            f"UPDATE sqlite_sequence SET seq = MAX(seq, {highest}) + %s WHERE name = %s RETURNING seq", [count, name]
        )
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)
