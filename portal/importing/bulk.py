"""From staging into the real tables and back, by set-based statements on PostgreSQL and SQLite alike.

Every statement works on all rows of one table of one batch. Values are taken out of the JSON of ``ImportChange`` with
the type of their column, so nothing is loaded into Python.
"""

# Statements are put together from table and column names of models only; every value is a parameter.
# ruff: noqa: S608

import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.db.models.fields import NOT_PROVIDED

from portal.importing.enums import Action, Outcome, Undo
from portal.importing.keys import has_uuid
from portal.importing.models import ImportBatch, ImportChange, ImportRow

CHANGES = ImportChange._meta.db_table
ROWS = ImportRow._meta.db_table
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Stale(Exception):
    """The register moved between the check and the commit; nothing was written."""


class Bulk:
    """The statements for one batch. ``tables`` maps table codes to models, the main table first."""

    def __init__(self, batch: ImportBatch, tables: dict[str, type[Model]], main: str, now: dt.datetime) -> None:
        self.batch = batch
        self.tables = tables
        self.main = main
        self.now = now
        self.touched: dict[str, list[str]] = batch.touched

    # Forward ------------------------------------------------------------------------------------------------------

    def commit(self) -> None:
        """Apply all planned changes; raises ``Stale`` when a record moved since it was checked."""
        for table in self.tables:
            self._update(table)
            self._insert(table)

    def _is_unmoved(self, model: type[Model], table: str, side: str) -> str:
        """SQL: the record ``t`` is still what it was when checked (before) or when written (after)."""
        if _is_versioned(model):
            return (
                "t.version = c.version_before" if side == "before" else "t.version = COALESCE(c.version_before, 0) + 1"
            )
        return f"NOT {self._differs(model, table, side)}"

    def _expect(self, done: int, table: str, action: str, undo: str | None = None) -> None:
        """As many records as planned, or somebody was faster."""
        sql = (
            f"SELECT COUNT(*) FROM {quote(CHANGES)} c "
            f"WHERE {self._mine()} AND c.{quote('table')} = %s AND c.action = %s"
        )
        parameters: list[Any] = [self.batch.pk, table, action]
        if undo:
            sql += f" AND c.row_number IN (SELECT row_number FROM {quote(ROWS)} WHERE batch_id = %s AND undo = %s)"
            parameters += [self.batch.pk, undo]
        planned = self._count(sql, parameters)
        if done != planned:
            raise Stale(table)

    def _differs(self, model: type[Model], table: str, side: str) -> str:
        """SQL: one of the touched columns is not what ``side`` (before or after) says."""
        differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
        source = f"c.{side}"
        parts = [
            f"({has(source, field.attname)} AND t.{quote(field.column)} {differs} {extract(source, field)})"
            for field in _fields(model, self.touched.get(table) if side == "before" else None)
        ]
        return f"({' OR '.join(parts)})" if parts else "(1 = 0)"

    def _insert(self, table: str) -> None:
        model = self.tables[table]
        columns, values, parameters = [quote(model._meta.pk.column)], [key_of(model)], []
        for field in _fields(model):
            columns.append(quote(field.column))
            expression, more = self._new_value(field)
            values.append(expression)
            parameters.extend(more)
        self._run(
            f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM {quote(CHANGES)} c WHERE {self._mine()} AND c.{quote('table')} = %s AND c.action = %s "
            f"ORDER BY c.row_number, c.id",
            [*parameters, self.batch.pk, table, Action.INSERT],
        )

    def _new_value(self, field: Field) -> tuple[str, list[Any]]:
        """The planned value, else the record another row makes, else the field's default."""
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            return constant(field, self.now)
        parts, parameters = [extract("c.after", field)], []
        if field.related_model is self.tables[self.main]:
            parts.append(self._reference(field))
        if field.has_default():
            default = field.get_default() if field.default is not NOT_PROVIDED else None
        else:
            default = "" if field.empty_strings_allowed and not field.null else None
        if default is not None:
            expression, more = constant(field, default)
            parts.append(expression)
            parameters.extend(more)
        return (f"COALESCE({', '.join(parts)})" if len(parts) > 1 else parts[0]), parameters

    def _reference(self, field: Field) -> str:
        """The key of the main record made by the row that ``refs`` names for this column."""
        return (
            f"(SELECT m.object_pk FROM {quote(CHANGES)} m WHERE m.batch_id = c.batch_id "
            f"AND m.{quote('table')} = '{self.main}' AND m.row_number = {integer('c.refs', field.attname)} "
            f"AND {has('c.refs', field.attname)})"
        )

    def _update(self, table: str) -> None:
        model = self.tables[table]
        touched = self.touched.get(table, [])
        if not touched and not _is_versioned(model):
            return
        name = quote(model._meta.db_table)
        sets, parameters = [], []
        for field in _fields(model, touched):
            parts = [extract("c.after", field)]
            if field.related_model is self.tables[self.main]:
                parts.append(self._reference(field))
            parts.append(f"t.{quote(field.column)}")
            sets.append(f"{quote(field.column)} = COALESCE({', '.join(parts)})")
        bookkeeping, more = self._bookkeeping(model)
        parameters.extend(more)
        done = self._run(
            f"UPDATE {name} AS t SET {', '.join(sets + bookkeeping)} FROM {quote(CHANGES)} c "
            f"WHERE {self._mine()} AND c.{quote('table')} = %s AND c.action = %s AND {same_record(model)} "
            f"AND {self._is_unmoved(model, table, 'before')}",
            [*parameters, self.batch.pk, table, Action.UPDATE],
        )
        self._expect(done, table, Action.UPDATE)

    def _bookkeeping(self, model: type[Model]) -> tuple[list[str], list[Any]]:
        """``version`` and ``updated_at`` always move on."""
        sets, parameters = [], []
        for field in model._meta.concrete_fields:
            if field.attname == "version":
                sets.append("version = t.version + 1")
            elif getattr(field, "auto_now", False):
                expression, more = constant(field, self.now)
                sets.append(f"{quote(field.column)} = {expression}")
                parameters.extend(more)
        return sets, parameters

    # Back ---------------------------------------------------------------------------------------------------------

    def undo(self) -> int:
        """Reverse every row whose records nobody touched since; the others are marked and left. Returns their count."""
        rows = quote(ROWS)
        self._run(
            f"UPDATE {rows} SET undo = %s WHERE batch_id = %s AND outcome IN (%s, %s)",
            [Undo.UNDONE, self.batch.pk, Outcome.NEW, Outcome.CHANGED],
        )
        for table in self.tables:
            self._leave_changed(table)
        while sum(self._leave_referenced(table) for table in self.tables):
            continue
        # What was added goes first: a reopened assignment would meet its successor otherwise.
        for table in reversed(self.tables):
            self._delete(table)
        for table in self.tables:
            self._restore(table)
        return self._count(f"SELECT COUNT(*) FROM {rows} WHERE batch_id = %s AND undo = %s", [self.batch.pk, Undo.LEFT])

    def _leave_changed(self, table: str) -> None:
        model = self.tables[table]
        differs = f"(t.{quote(model._meta.pk.column)} IS NULL OR NOT ({self._is_unmoved(model, table, 'after')}))"
        self._leave(
            f"SELECT c.row_number FROM {quote(CHANGES)} c LEFT JOIN {quote(model._meta.db_table)} t "
            f"ON {same_record(model)} WHERE {self._mine()} AND c.{quote('table')} = %s AND {differs}",
            [self.batch.pk, table],
        )

    def _leave_referenced(self, table: str) -> int:
        """Inserted records that something outside what is being undone refers to."""
        model = self.tables[table]
        codes = {its: code for code, its in self.tables.items()}
        found = 0
        for relation in model._meta.related_objects:
            other = relation.related_model
            column = str(relation.field.column)
            if relation.many_to_many or not other._meta.managed:
                continue
            ours = "1 = 0"
            parameters: list[Any] = []
            if other in codes:
                ours = (
                    f"EXISTS (SELECT 1 FROM {quote(CHANGES)} o JOIN {quote(ROWS)} orow ON orow.batch_id = o.batch_id "
                    f"AND orow.row_number = o.row_number WHERE o.batch_id = c.batch_id AND o.{quote('table')} = %s "
                    f"AND {same_record(other, change='o', record='r')} AND orow.undo = %s "
                    f"AND (o.action = %s OR {has('o.before', column)}))"
                )
                parameters = [codes[other], Undo.UNDONE, Action.INSERT]
            found += self._leave(
                f"SELECT c.row_number FROM {quote(CHANGES)} c JOIN {quote(other._meta.db_table)} r "
                f"ON r.{quote(column)} = {key_of(model)} WHERE {self._mine()} AND c.{quote('table')} = %s "
                f"AND c.action = %s AND NOT {ours}",
                [self.batch.pk, table, Action.INSERT, *parameters],
            )
        return found

    def _leave(self, row_numbers: str, parameters: Iterable[Any]) -> int:
        return self._run(
            f"UPDATE {quote(ROWS)} SET undo = %s WHERE batch_id = %s AND undo = %s AND row_number IN ({row_numbers})",
            [Undo.LEFT, self.batch.pk, Undo.UNDONE, *parameters],
        )

    def _restore(self, table: str) -> None:
        model = self.tables[table]
        touched = self.touched.get(table, [])
        if not touched and not _is_versioned(model):
            return
        name = quote(model._meta.db_table)
        sets = [
            f"{quote(field.column)} = CASE WHEN {has('c.before', field.attname)} THEN {extract('c.before', field)} "
            f"ELSE t.{quote(field.column)} END"
            for field in _fields(model, touched)
        ]
        bookkeeping, parameters = self._bookkeeping(model)
        done = self._run(
            f"UPDATE {name} AS t SET {', '.join(sets + bookkeeping)} FROM {quote(CHANGES)} c {self._undone_rows()} "
            f"AND c.{quote('table')} = %s AND c.action = %s AND {same_record(model)} "
            f"AND {self._is_unmoved(model, table, 'after')}",
            [*parameters, Undo.UNDONE, self.batch.pk, table, Action.UPDATE],
        )
        self._expect(done, table, Action.UPDATE, Undo.UNDONE)

    def _delete(self, table: str) -> None:
        model = self.tables[table]
        name, key = quote(model._meta.db_table), quote(model._meta.pk.column)
        self._run(
            f"DELETE FROM {name} WHERE {key} IN (SELECT {key_of(model)} FROM {quote(CHANGES)} c {self._undone_rows()} "
            f"AND c.{quote('table')} = %s AND c.action = %s)",
            [Undo.UNDONE, self.batch.pk, table, Action.INSERT],
        )

    def _undone_rows(self) -> str:
        return (
            f"JOIN {quote(ROWS)} w ON w.batch_id = c.batch_id AND w.row_number = c.row_number AND w.undo = %s "
            f"WHERE {self._mine()}"
        )

    # Plumbing -----------------------------------------------------------------------------------------------------

    def _mine(self) -> str:
        return "c.batch_id = %s"

    def _run(self, sql: str, parameters: Iterable[Any]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql, list(parameters))
            return int(cursor.rowcount)

    def _count(self, sql: str, parameters: Iterable[Any]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql, list(parameters))
            return int(cursor.fetchone()[0] or 0)


def load(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert ``rows`` into a staging table by the fastest way the database has: COPY on PostgreSQL, one prepared
    statement on SQLite. Values are in the order of ``columns`` (database column names), JSON columns as text.
    """
    names = ", ".join(quote(column) for column in columns)
    table = quote(model._meta.db_table)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", list(rows))


def uuid_value(value: uuid.UUID | None) -> str | None:
    """A UUID as both databases take it from a COPY or a plain statement: 32 hexadecimal digits."""
    return value.hex if value is not None else None


def quote(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


def key_of(model: type[Model], change: str = "c") -> str:
    """SQL: the key that a change names, by the kind of key its table has."""
    return f"{change}.object_uuid" if has_uuid(model) else f"{change}.object_pk"


def same_record(model: type[Model], change: str = "c", record: str = "t") -> str:
    """SQL: the change is about this record."""
    return f"{record}.{quote(model._meta.pk.column)} = {key_of(model, change)}"


def extract(source: str, field: Field) -> str:
    """The value of ``field`` inside a JSON column, with the field's own database type; NULL when absent or null."""
    if connection.vendor == "postgresql":
        return f"CAST({source} ->> '{field.attname}' AS {field.db_type(connection)})"
    taken = f"json_extract({source}, '$.{field.attname}')"
    return f"CAST({taken} AS NUMERIC)" if field.get_internal_type() == "DecimalField" else taken


def integer(source: str, key: str) -> str:
    if connection.vendor == "postgresql":
        return f"CAST({source} ->> '{key}' AS bigint)"
    return f"json_extract({source}, '$.{key}')"


def has(source: str, key: str) -> str:
    """SQL: the JSON object has the key, even when its value is null."""
    if connection.vendor == "postgresql":
        return f"jsonb_exists({source}, '{key}')"
    return f"(json_type({source}, '$.{key}') IS NOT NULL)"


def constant(field: Field, value: Any) -> tuple[str, list[Any]]:
    """A parameter with the field's type."""
    prepared = field.get_db_prep_save(value, connection)
    if connection.vendor == "postgresql":
        return f"CAST(%s AS {field.db_type(connection)})", [prepared]
    return "%s", [prepared]


def _fields(model: type[Model], names: Collection[str] | None = None) -> list[Field]:
    """Concrete fields but the key, all or those named."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and (names is None or field.attname in names)
    ]


def _is_versioned(model: type[Model]) -> bool:
    return any(field.attname == "version" for field in model._meta.concrete_fields)
