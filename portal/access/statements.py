"""Questions that are put together once a process and asked many times with other values.

To turn a queryset into SQL takes Django longer than the database needs to answer, and PostgreSQL plans the SQL anew
each time. For what every request of a rush asks both happen once: the SQL is kept with places for the values (`Slot`),
and PostgreSQL keeps its plan with the connection. Rows, models and scope are those of the queryset.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from portal.access.actor import Actor, Scope
from portal.access.roles import FILING
from portal.access.scoping import GuardedQuerySet, Unscoped

PLACE = re.compile(r"%%|%s")
OWN = ("actor_user", "actor_membership", "actor_node")
T = TypeVar("T")


class Slot(Expression):
    """The place of a value that is given when the statement is asked; `field` prepares it for the database."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A queryset, what Django made of it for a kind of database, and its parameters: slots among plain values.

    `converters` turn the columns of a row into Python's values.
    """

    queryset: QuerySet[Any]
    compiler: SQLCompiler
    sql: str
    places: tuple[Any, ...]
    converters: dict[int, Any]


class Statement:
    """`ask` makes the queryset of a `Slot` for each field, by name; calling the statement gives its rows.

    A queryset over guarded rows has come through `scoped()` or `.unscoped()`: nobody looks again later.
    """

    def __init__(self, ask: Callable[..., QuerySet[Any]], **fields: "Field[Any, Any]") -> None:
        self.ask = ask
        self.fields = fields
        self._compiled: dict[str, _Compiled] = {}

    def __call__(self, **given: Any) -> list[Any]:
        """The rows, as the queryset would give them."""
        connection: Any = connections[DEFAULT_DB_ALIAS]
        kept = self._compiled.get(connection.vendor)
        if kept is None:
            kept = self._compiled[connection.vendor] = self._compile(connection)
        if not kept.sql:
            return []
        values = {name: field.get_db_prep_value(given[name], connection) for name, field in self.fields.items()}
        params = [values[one.name] if isinstance(one, Slot) else one for one in kept.places]
        with _cursor(connection) as cursor:
            cursor.execute(kept.sql, params)
            rows = cursor.fetchall()
        # From here on it is Django's own way from rows to objects, with a compiler that has its rows already.
        compiler = _like(
            kept.compiler,
            connection=connection,
            execute_sql=lambda *_args, **_kwargs: [rows],
            get_converters=lambda _columns: kept.converters,
        )
        query = _like(kept.queryset.query, get_compiler=lambda *_args, **_kwargs: compiler)
        rows_to_objects: Any = kept.queryset._iterable_class  # type: ignore[attr-defined]
        return list(rows_to_objects(_like(kept.queryset, _query=query)))

    def first(self, **given: Any) -> Any:
        """The first row, or none."""
        return next(iter(self(**given)), None)

    def _compile(self, connection: Any) -> _Compiled:
        queryset = self.ask(**{name: Slot(name, field) for name, field in self.fields.items()})
        if isinstance(queryset, GuardedQuerySet) and not queryset._is_scoped:
            raise Unscoped(f"{queryset.model.__name__}: a kept statement needs scoped() or .unscoped().")
        compiler = queryset.query.get_compiler(connection=connection)
        try:
            sql, places = compiler.as_sql()
        except EmptyResultSet:
            return _Compiled(queryset, compiler, "", (), {})
        if compiler.has_extra_select:
            raise ValueError("a kept statement selects nothing besides its own columns")
        if connection.vendor == "postgresql":
            sql, places = _with_literals(sql, places, connection)
        columns = [column for column, *_rest in compiler.select[: compiler.col_count]]
        return _Compiled(queryset, compiler, sql, tuple(places), compiler.get_converters(columns))


class ActorStatement:
    """A statement over what an actor reaches: `ask(actor, **slots)`.

    For the people of associations it is kept, by role and number of associations: the actor that `ask` receives then
    has slots for its keys, so that the models' own scope filters say what is reached. For others, whose reach takes
    other shapes, `ask` makes its queryset each time.
    """

    def __init__(self, ask: Callable[..., QuerySet[Any]], **fields: "Field[Any, Any]") -> None:
        self.ask = ask
        self.fields = fields
        self._statements: dict[tuple[str, str, int], Statement] = {}

    def __call__(self, actor: Actor, **given: Any) -> list[Any]:
        """The rows, as the queryset would give them."""
        if actor.role not in FILING:
            return list(self.ask(actor, **given))
        scope = actor.scope
        kind = (actor.role, scope.kind, len(scope.association_pks))
        if kind not in self._statements:
            self._statements[kind] = self._statement(actor)
        reach = {f"reach_{place}": pk for place, pk in enumerate(scope.association_pks)}
        own = zip(OWN, (actor.user_id, actor.membership_id, scope.pk), strict=True)
        return self._statements[kind](**dict(own), **reach, **given)

    def first(self, actor: Actor, **given: Any) -> Any:
        """The first row, or none."""
        return next(iter(self(actor, **given)), None)

    def _statement(self, actor: Actor) -> Statement:
        reach = [f"reach_{place}" for place in range(len(actor.scope.association_pks))]

        def ask(**slots: Any) -> QuerySet[Any]:
            user, membership, node = (slots.pop(name) for name in OWN)
            keys = tuple(slots.pop(name) for name in reach)
            scope = Scope(actor.scope.kind, node, "", association_pks=keys)
            return self.ask(Actor(user, "", membership, actor.role, scope, ""), **slots)

        return Statement(ask, **dict.fromkeys((*OWN, *reach), BigIntegerField()), **self.fields)


def _like(original: T, **changes: Any) -> T:
    """A shallow copy with other attributes; nothing of the original is evaluated, cloned or changed."""
    made: T = object.__new__(type(original))
    made.__dict__.update(original.__dict__ | changes)
    return made


def _cursor(connection: Any) -> Any:
    """A cursor; on PostgreSQL one that leaves the values to the server, which keeps the plan (`prepare_threshold`).

    Where queries are logged, they are with their values: the log knows the text that was sent, no more.
    """
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return connection._prepare_cursor(ServerBindingCursor(connection.connection))  # type: ignore[call-arg]


def _with_literals(sql: str, places: Any, connection: Any) -> tuple[str, list[Slot]]:
    """The plain values written into the text, slots left: the planner sees conditions that never change."""
    waiting = iter(places)
    slots: list[Slot] = []

    def fill(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%%"
        one = next(waiting)
        if isinstance(one, Slot):
            slots.append(one)
            return "%s"
        return str(connection.ops.compose_sql("%s", [one])).replace("%", "%%")

    return PLACE.sub(fill, sql), slots
