"""From staging into the real tables and back, by set-based statements on PostgreSQL and SQLite alike.

Every statement works on all rows of one table of one batch. Values are taken out of the JSON of ``ImportRow`` with the
type of their column, so nothing is loaded into Python. The staging itself is read only, but for rows an undo leaves.
"""

# Statements are put together from table, column and index names of models and from one whole number, the batch's key;
# every other value is a parameter.
# ruff: noqa: S608

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.db.models.fields import NOT_PROVIDED

from portal.importing.enums import Outcome, Undo
from portal.importing.models import ImportBatch, ImportRow

ROWS = ImportRow._meta.db_table
ADDED, CHANGED = "added", "changed"
MANY = 5_000


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
        self._prepared: set[str] = set()
        self._apart: set[str] = set()

    @cached_property
    def adding(self) -> list[str]:
        """The tables that get a new record at all: most kinds could write many more."""
        keys = "jsonb_object_keys(r.added)" if connection.vendor == "postgresql" else "x.key"
        source = f"{quote(ROWS)} r" + ("" if connection.vendor == "postgresql" else ", json_each(r.added) x")
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT {keys} FROM {source} WHERE r.batch_id = %s AND r.added IS NOT NULL", [self.batch.pk]
            )
            found = {row[0] for row in cursor.fetchall()}
        return [table for table in self.tables if table in found]

    # Forward ------------------------------------------------------------------------------------------------------

    @contextmanager
    def prepared(self) -> Iterator[None]:
        """On SQLite take the values of new records out of the staging into temporary tables, before anything is
        locked: writers on the web then wait for a plain copy only. Staging does not change, so nothing can move.
        """
        tables = self.adding if connection.vendor == "sqlite" else []
        try:
            for table in tables:
                names, values, parameters = self._new_record(table)
                columns = ", ".join(f"{value} AS {name}" for name, value in zip(names, values, strict=True))
                self._run(f"DROP TABLE IF EXISTS temp.{temporary(table)}")
                self._run(
                    f"CREATE TEMPORARY TABLE {temporary(table)} AS SELECT {columns} "
                    f"FROM {self._planned(ADDED, table)} ORDER BY c.row_number, c.place",
                    parameters,
                )
                self._prepared.add(table)
            yield
        finally:
            self._prepared.clear()
            for table in tables:
                self._run(f"DROP TABLE IF EXISTS temp.{temporary(table)}")

    @contextmanager
    def taken_apart(self) -> Iterator[None]:
        """The same for an undo: what was added, with its values for a table that counts no versions."""
        tables = self.adding if connection.vendor == "sqlite" else []
        try:
            for table in tables:
                model = self.tables[table]
                parts = ["c.row_number", "c.place", "c.key"]
                for field in () if _is_versioned(model) else _fields(model):
                    parts.append(f"{extract('c.after', field)} AS {quote('is_' + field.attname)}")
                    parts.append(f"{has('c.after', field.attname)} AS {quote('has_' + field.attname)}")
                self._run(f"DROP TABLE IF EXISTS temp.{temporary(table)}")
                self._run(
                    f"CREATE TEMPORARY TABLE {temporary(table)} AS SELECT {', '.join(parts)} "
                    f"FROM {self._planned(ADDED, table)} ORDER BY c.key"
                )
                self._apart.add(table)
            yield
        finally:
            self._apart.clear()
            for table in tables:
                self._run(f"DROP TABLE IF EXISTS temp.{temporary(table)}")

    def commit(self) -> None:
        """Apply all planned changes; raises ``Stale`` when a record moved since it was checked."""
        written = {model: self._update(table) + self._insert(table) for table, model in self.tables.items()}
        for model, count in written.items():
            if count >= MANY:
                learn(model)

    def _insert(self, table: str) -> int:
        if table not in self.adding:
            return 0
        names, values, parameters = self._new_record(table)
        into = f"INSERT INTO {quote(self.tables[table]._meta.db_table)} ({', '.join(names)})"
        if table in self._prepared:
            return self._run(f"{into} SELECT {', '.join(names)} FROM temp.{temporary(table)} ORDER BY rowid")
        return self._run(
            f"{into} SELECT {', '.join(values)} FROM {self._planned(ADDED, table)} ORDER BY c.row_number, c.place",
            parameters,
        )

    def _new_record(self, table: str) -> tuple[list[str], list[str], list[Any]]:
        """The columns of a new record, where each takes its value from, and the parameters of that."""
        model = self.tables[table]
        names, values, parameters = [quote(model._meta.pk.column)], ["c.key"], []
        for field in _fields(model):
            names.append(quote(field.column))
            expression, more = self._new_value(field)
            values.append(expression)
            parameters.extend(more)
        return names, values, parameters

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
        """The record of the row of the file that ``refs`` names for this column."""
        return (
            f"(SELECT m.subject_pk FROM {quote(ROWS)} m WHERE m.batch_id = {int(self.batch.pk)} "
            f"AND m.row_number = {integer('c.refs', field.attname)})"
        )

    def _update(self, table: str) -> int:
        model = self.tables[table]
        if table not in self.touched:
            return 0
        sets: list[str] = []
        parameters: list[Any] = []
        for field in _fields(model, self.touched[table]):
            parts = [extract("c.after", field)]
            if field.related_model is self.tables[self.main]:
                parts.append(self._reference(field))
            parts.append(f"t.{quote(field.column)}")
            sets.append(f"{quote(field.column)} = COALESCE({', '.join(parts)})")
        bookkeeping, more = self._bookkeeping(model)
        if not sets + bookkeeping:
            return 0
        done = self._run(
            f"WITH c AS MATERIALIZED (SELECT * FROM {self._planned(CHANGED, table)}) "
            f"UPDATE {quote(model._meta.db_table)} AS t SET {', '.join(sets + bookkeeping)} FROM c "
            f"WHERE {same_record(model)} AND {self._is_unmoved(model, table, 'before')}",
            [*parameters, *more],
        )
        self._expect(done, table)
        return done

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

    # What is planned, and what became of it -----------------------------------------------------------------------

    def _planned(self, what: str, table: str, *, alias: str = "c", undone_only: bool = False) -> str:
        """SQL: the planned inserts (``added``) or updates (``changed``) of one table as rows of a sub-query, with
        ``row_number``, ``place``, ``key``, ``version_before``, ``before``, ``after`` and ``refs``.
        """
        model = self.tables[table]
        if what == ADDED and table in self._apart:
            left = f"SELECT row_number FROM {quote(ROWS)} WHERE batch_id = {int(self.batch.pk)} AND undo <> ''"
            limit = f" WHERE row_number NOT IN ({left})" if undone_only else ""
            return f"(SELECT * FROM temp.{temporary(table)}{limit}) {alias}"
        mine = f"r.batch_id = {int(self.batch.pk)}" + (" AND r.undo = ''" if undone_only else "")
        if connection.vendor == "postgresql":
            key = f"CAST(x.plan ->> 'id' AS {model._meta.pk.rel_db_type(connection)})"
            taken = (
                "x.plan -> 'before' AS before, x.plan -> 'after' AS after, "
                "CAST(x.plan ->> 'version' AS bigint) AS version_before"
                if what == CHANGED
                else "NULL::jsonb AS before, x.plan AS after, NULL::bigint AS version_before"
            )
            source = (
                f"{quote(ROWS)} r CROSS JOIN LATERAL jsonb_array_elements(r.{what} -> '{table}') "
                f"WITH ORDINALITY AS x(plan, place) WHERE {mine} AND jsonb_exists(r.{what}, '{table}')"
            )
            refs = "x.plan -> 'refs'"
            place = "x.place"
        else:
            # With the column's own affinity SQLite can make an index for a join; without it looks row by row.
            key = f"CAST(json_extract(x.value, '$.id') AS {model._meta.pk.rel_db_type(connection)})"
            taken = (
                "json_extract(x.value, '$.before') AS before, json_extract(x.value, '$.after') AS after, "
                "json_extract(x.value, '$.version') AS version_before"
                if what == CHANGED
                else "NULL AS before, x.value AS after, NULL AS version_before"
            )
            source = f"{quote(ROWS)} r, json_each(r.{what}, '$.{table}') x WHERE {mine} AND r.{what} IS NOT NULL"
            refs = "json_extract(x.value, '$.refs')"
            place = "x.key"
        return f"(SELECT r.row_number, {place} AS place, {key} AS key, {taken}, {refs} AS refs FROM {source}) {alias}"

    def _is_unmoved(self, model: type[Model], table: str, side: str, *, is_new: bool = False) -> str:
        """SQL: the record ``t`` is still what it was when checked (before) or when written (after)."""
        same = f"NOT {self._differs(model, table, None if is_new else self.touched.get(table), side)}"
        if not _is_versioned(model):
            return same
        if is_new:
            return f"t.version = {_first_version(model)}"
        return f"COALESCE(t.version = c.version_before{'' if side == 'before' else ' + 1'}, {same})"

    def _differs(self, model: type[Model], table: str, names: Collection[str] | None, side: str) -> str:
        """SQL: one of the touched columns is not what ``side`` (before or after) says."""
        if names is None and table in self._apart and not _is_versioned(model):
            apart = (
                f"(c.{quote(f'has_{name}')} AND t.{quote(column)} IS NOT c.{quote(f'is_{name}')})"
                for name, column in ((field.attname, field.column) for field in _fields(model))
            )
            return f"({' OR '.join(apart)})"
        differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
        source = f"c.{side}"
        parts = [
            f"({has(source, field.attname)} AND t.{quote(field.column)} {differs} {extract(source, field)})"
            for field in _fields(model, names)
        ]
        return f"({' OR '.join(parts)})" if parts else "(1 = 0)"

    def _expect(self, done: int, table: str, *, undone_only: bool = False) -> None:
        """As many records as planned, or somebody was faster."""
        if done != self._count(f"SELECT COUNT(*) FROM {self._planned(CHANGED, table, undone_only=undone_only)}"):
            raise Stale(table)

    # Back ---------------------------------------------------------------------------------------------------------

    def undo(self) -> int:
        """Reverse every row whose records nobody touched since; the others are marked and left. Returns their count."""
        for table in self.tables:
            self._leave_changed(table)
        while sum(self._leave_referenced(table) for table in self.adding):
            continue
        # What was added goes first: a reopened assignment would meet its successor otherwise.
        for table in reversed(self.adding):
            self._delete(table)
        for table in self.tables:
            self._restore(table)
        return self._count(
            f"SELECT COUNT(*) FROM {quote(ROWS)} WHERE batch_id = %s AND undo = %s", [self.batch.pk, Undo.LEFT]
        )

    def _leave_changed(self, table: str) -> None:
        model = self.tables[table]
        name, key = quote(model._meta.db_table), quote(model._meta.pk.column)
        for what in (ADDED, CHANGED):
            if table not in (self.adding if what == ADDED else self.touched):
                continue
            unmoved = self._is_unmoved(model, table, "after", is_new=what == ADDED)
            self._leave(
                f"SELECT c.row_number FROM {self._planned(what, table)} LEFT JOIN {name} t ON {same_record(model)} "
                f"WHERE t.{key} IS NULL OR NOT ({unmoved})"
            )

    def _leave_referenced(self, table: str) -> int:
        """Inserted records that something outside what is being undone refers to."""
        model = self.tables[table]
        codes = {its: code for code, its in self.tables.items()}
        found = 0
        for relation in model._meta.related_objects:
            other = relation.related_model
            column = str(relation.field.column)
            if relation.many_to_many or not other._meta.managed or self._points_nowhere(other, column):
                continue
            # What is planned stands in lists of its own: left inside the join, SQLite reads them once for every row.
            ours = " UNION ALL ".join(
                f"SELECT o.key FROM {self._planned(what, codes[other], alias='o', undone_only=True)}"
                + (f" WHERE {has('o.before', column)}" if what == CHANGED else "")
                for what in ((ADDED, CHANGED) if other in codes else ())
                if codes[other] in (self.adding if what == ADDED else self.touched)
            )
            key = quote(other._meta.pk.column)
            found += self._leave(
                "WITH c AS MATERIALIZED "
                f"(SELECT row_number, key FROM {self._planned(ADDED, table, undone_only=True)})"
                + (f", ours AS MATERIALIZED ({ours})" if ours else "")
                + " SELECT c.row_number FROM c "
                f"JOIN {quote(other._meta.db_table)} r ON r.{quote(column)} = c.key"
                + (f" LEFT JOIN ours ON ours.key = r.{key} WHERE ours.key IS NULL" if ours else "")
            )
        return found

    def _points_nowhere(self, model: type[Model], column: str) -> bool:
        """Whether no record names another in this column: then there is nothing to join, whatever statistics say."""
        return not self._count(
            f"SELECT EXISTS (SELECT 1 FROM {quote(model._meta.db_table)} WHERE {quote(column)} IS NOT NULL)"
        )

    def _leave(self, row_numbers: str) -> int:
        return self._run(
            f"UPDATE {quote(ROWS)} SET undo = %s WHERE batch_id = %s AND undo = '' AND outcome IN (%s, %s) "
            f"AND row_number IN ({row_numbers})",
            [Undo.LEFT, self.batch.pk, Outcome.NEW, Outcome.CHANGED],
        )

    def _restore(self, table: str) -> None:
        model = self.tables[table]
        if table not in self.touched:
            return
        sets = [
            f"{quote(field.column)} = CASE WHEN {has('c.before', field.attname)} THEN {extract('c.before', field)} "
            f"ELSE t.{quote(field.column)} END"
            for field in _fields(model, self.touched[table])
        ]
        bookkeeping, parameters = self._bookkeeping(model)
        if not sets + bookkeeping:
            return
        done = self._run(
            f"WITH c AS MATERIALIZED (SELECT * FROM {self._planned(CHANGED, table, undone_only=True)}) "
            f"UPDATE {quote(model._meta.db_table)} AS t SET {', '.join(sets + bookkeeping)} FROM c "
            f"WHERE {same_record(model)} AND {self._is_unmoved(model, table, 'after')}",
            parameters,
        )
        self._expect(done, table, undone_only=True)

    def _delete(self, table: str) -> None:
        model = self.tables[table]
        self._run(
            f"DELETE FROM {quote(model._meta.db_table)} WHERE {quote(model._meta.pk.column)} IN "
            f"(SELECT c.key FROM {self._planned(ADDED, table, undone_only=True)})"
        )

    # Plumbing -----------------------------------------------------------------------------------------------------

    def _run(self, sql: str, parameters: Iterable[Any] = ()) -> int:
        """Execute; how many rows it wrote."""
        with connection.cursor() as cursor:
            cursor.execute(sql, list(parameters))
            if cursor.rowcount < 0 and connection.vendor == "sqlite":
                # Python counts the rows of a statement only when it begins with the verb itself.
                cursor.execute("SELECT changes()")
                return int(cursor.fetchone()[0])
            return int(cursor.rowcount)

    def _count(self, sql: str, parameters: Iterable[Any] = ()) -> int:
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


def learn(model: type[Model], *columns: str) -> None:
    """Let PostgreSQL look at a table that grew at a stroke: until it has, it may search a foreign key's rows in the
    wrong index, once for every record.
    """
    if connection.vendor == "postgresql":
        named = f" ({', '.join(map(quote, columns))})" if columns else ""
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {quote(model._meta.db_table)}{named}")


def temporary(table: str) -> str:
    return quote(f"import_added_{table}")


def quote(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


def same_record(model: type[Model], change: str = "c", record: str = "t") -> str:
    """SQL: the change is about this record."""
    return f"{record}.{quote(model._meta.pk.column)} = {change}.key"


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
        return f"COALESCE(jsonb_exists({source}, '{key}'), FALSE)"
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


def _first_version(model: type[Model]) -> int:
    version: Any = model._meta.get_field("version")
    return int(version.get_default())
