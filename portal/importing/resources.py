"""The one declaration of a kind for import, export and template: an import-export ``Resource`` of ``Column``s.

The library's own ``import_data()`` and ``export()`` are not used; the engine reads ``get_import_fields()``. A wing's
subclass says how rows are matched, what they change, and what a reference means; everything else is the engine's.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, ClassVar

from django.db.models import Model, Q
from django.urls import reverse
from import_export import fields, resources

from portal.access.actor import Actor
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.importing import masks
from portal.importing.enums import Action, DataSource, Outcome
from portal.importing.normalise import name_key
from portal.importing.parsers import ERROR, WARNING, Parser, shown
from portal.importing.references import ReferenceDomain
from portal.importing.transitions import KEEPERS

EXPORT_CHUNK = 1_000
# Where the sealed value of a personal column stands: the relation of the role row, and the field there.
NUMBERS = {"id_number": ("person", "id_number"), "phone": ("phone", "number")}
NUMBERED = "the numbers of records that the export has reached"


def hide(text: str) -> str:
    """Nothing of a personal value but its length."""
    return "*" * min(len(text), 18)


class Column(fields.Field):
    """One canonical column: code (by default the attribute it is declared under), label, heading synonyms, cell parser.

    ``required`` holds for a new row; ``key`` 1, 2 … is the order in which keys find an existing row (0: no key);
    ``attribute`` is the field of the main table that takes the value unchanged (empty: the resource deals with it in
    ``plan``). A ``personal`` value stays in memory: the resource seals it in ``plan``, and what is shown or kept of it
    beside a problem went through ``mask``. ``is_kept`` is false for a column without a store: mapped, said, not parsed.
    """

    def __init__(
        self,
        label: str,
        parser: Parser,
        *,
        code: str = "",
        attribute: str = "",
        synonyms: Sequence[str] = (),
        required: bool = False,
        key: int = 0,
        personal: bool = False,
        mask: Callable[[str], str] = hide,
        is_kept: bool = True,
        is_total: bool = False,
        hint: str = "",
        export: str = "",
    ) -> None:
        super().__init__(attribute=None if personal else attribute or None, column_name=code or None)
        self.label = label
        self.parser = parser
        self.synonyms = tuple(synonyms)
        self.required = required
        self.key = key
        self.personal = personal
        self.mask = mask if personal else masks.mask
        self.is_kept = is_kept
        self.is_total = is_total
        self.hint = hint
        self.export_path = export or attribute

    @property
    def code(self) -> str:
        return str(self.column_name)

    def shown(self, raw: Any) -> str:
        """The present value as it may be shown and kept: shortened, personal numbers masked."""
        return self.mask(shown(raw))


Key = int | uuid.UUID


@dataclass(slots=True)
class PlannedChange:
    """One insert or update of one table. ``key`` is the record's; a new one gets it from the engine, or brings a UUID
    that its resource had to make. ``refs`` names columns filled with the record of a row of the file.
    """

    table: str
    action: str
    key: Key | None = None
    after: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    refs: dict[str, int] = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    row: int
    column: str
    field: str
    value: str
    code: str
    message: str
    severity: str


class Cells:
    """The raw cells of one row by column code, each with its letter; empty cells are not in it."""

    __slots__ = ("places", "raws")

    def __init__(self, places: Mapping[str, tuple[str, int]], raws: Sequence[Any]) -> None:
        self.places = places
        self.raws = raws

    def __contains__(self, code: str) -> bool:
        place = self.places.get(code)
        return place is not None and self.raws[place[1]] is not None

    def get(self, code: str) -> tuple[str, Any]:
        """``(letter, raw value)``; the letter is empty when the file has no such column."""
        place = self.places.get(code)
        return ("", None) if place is None else (place[0], self.raws[place[1]])


class StagedRow:
    """A data row on its way: what was read, what it means, what is wrong with it, what it will change.

    ``pk`` is the record it was matched with (``None``: a new one), ``key`` the record it will be once written.
    """

    __slots__ = (
        "cells",
        "changes",
        "current",
        "is_outside",
        "is_rejected",
        "is_warned",
        "issues",
        "kept",
        "key",
        "label",
        "main",
        "number",
        "pk",
        "refs",
        "side_codes",
        "values",
        "version",
    )

    def __init__(self, number: int, cells: Cells) -> None:
        self.number = number
        self.cells = cells
        self.values: dict[str, Any] = {}
        self.issues: list[Issue] = []
        self.is_rejected = False
        self.is_warned = False
        self.is_outside = False
        self.label = ""
        self.pk: int | None = None
        self.key: int | None = None
        self.version: int | None = None
        self.current: Mapping[str, Any] | None = None
        self.main: dict[str, Any] = {}
        self.refs: dict[str, int] = {}
        self.kept: dict[str, Any] = {}
        self.side_codes: list[str] = []
        self.changes: list[PlannedChange] = []

    @property
    def is_new(self) -> bool:
        return self.pk is None

    @property
    def outcome(self) -> Outcome:
        if self.is_rejected:
            return Outcome.REJECTED
        if self.is_new:
            return Outcome.NEW
        return Outcome.CHANGED if self.changes else Outcome.SAME

    def error(self, code: str, column: str, message: str) -> None:
        """Reject the row for the cell under ``column``."""
        self.add(code, column, message, ERROR)

    def warn(self, code: str, column: str, message: str) -> None:
        self.add(code, column, message, WARNING)

    def add(self, code: str, column: str, message: str, severity: str) -> None:
        letter, raw = self.cells.get(column)
        self.issues.append(Issue(self.number, letter, column, shown(raw), code, message, severity))
        if severity == ERROR:
            self.is_rejected = True
            # Nothing more is looked up then, so that no message can tell of a record outside the actor's scope.
            self.is_outside |= code == "scope.outside"
        elif severity == WARNING:
            self.is_warned = True

    def has_error(self, column: str) -> bool:
        return any(issue.field == column and issue.severity == ERROR for issue in self.issues)

    def insert(self, table: str, values: dict[str, Any], *, object_uuid: uuid.UUID | None = None, **refs: int) -> None:
        """Plan a row of a side table; ``refs`` name columns filled with the record made by a row of the file.

        ``object_uuid`` is its key when the resource had to make one (what is sealed is bound to it).
        """
        self.changes.append(PlannedChange(table, Action.INSERT, object_uuid, values, refs=refs))

    def update(
        self,
        table: str,
        key: Key,
        *,
        before: dict[str, Any],
        after: dict[str, Any],
        version: int | None = None,
    ) -> None:
        """Plan a change of an existing row of a side table; ``version`` is the one seen, for a table that has one."""
        self.changes.append(PlannedChange(table, Action.UPDATE, key, after, before, version=version))

    def owner(self, column: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """How a side row names this row's record: a value when it exists, else a reference to this row."""
        return ({column: self.pk}, {}) if self.pk is not None else ({}, {column: self.number})


@dataclass(frozen=True)
class RunContext:
    """What is the same for all rows of a run. ``effective_on`` is the batch's effective date; ``is_dated`` whether
    the person gave it (else it is today); ``remembered`` the names that the sender's people have confirmed:
    ``{domain: {name key: row}}``. ``source`` is where the file's facts come from; of what a higher source keeps,
    the columns and rows of ``overwritten`` are written all the same.
    """

    batch_pk: int
    actor: Actor
    today: dt.date
    effective_on: dt.date
    is_dated: bool
    carried: frozenset[str]
    remembered: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    source: str = DataSource.HAND.value
    overwritten_columns: frozenset[str] = frozenset()
    overwritten_rows: frozenset[int] = frozenset()


@dataclass(frozen=True)
class FileIndex:
    """What the first pass over the file found: the first row of each key, for references inside the file."""

    rows_by_name: Mapping[str, int]
    parent_names: Mapping[str, str]


class ImportResource(resources.Resource):
    """Base of all kinds."""

    kind: ClassVar[str] = ""
    label: ClassVar[str] = ""
    load_order: ClassVar[int] = 100
    # Whose kind it is: `roles.md`.
    importers: ClassVar[frozenset[Role]] = KEEPERS
    main: ClassVar[str] = ""
    has_rows_of_itself: ClassVar[bool] = False
    absence_label: ClassVar[Sequence[str]] = ("name",)
    # Columns whose names a person may match to an existing row, and the rows they mean.
    references: ClassVar[Mapping[str, ReferenceDomain]] = {}
    export_order: ClassVar[Sequence[str]] = ("name", "pk")
    # What the cells of an export take from other tables, row by row.
    export_related: ClassVar[Sequence[str]] = ()
    # The route of a record's own page.
    page: ClassVar[str] = ""

    def __init__(self, run: RunContext | None = None, index: FileIndex | None = None) -> None:
        super().__init__()
        self.context = run
        self.index = index or FileIndex({}, {})

    @classmethod
    def columns(cls) -> list[Column]:
        """The declared columns in their order."""
        return list(cls().get_import_fields())

    @classmethod
    def tables(cls) -> dict[str, type[Model]]:
        """Every table a row may write, the main one first; inserted in this order, undone in the reverse one."""
        raise NotImplementedError

    @classmethod
    def main_model(cls) -> type[Model]:
        return cls.tables()[cls.main]

    @property
    def run(self) -> RunContext:
        if self.context is None:
            raise RuntimeError("this resource was made without a run")
        return self.context

    def confirmed(self, domain: ReferenceDomain, text: str) -> int | None:
        """The row that the sender's people said a name means; the caller still looks whether it may be meant."""
        return self.run.remembered.get(domain.code, {}).get(name_key(text))

    def prepare(self) -> None:
        """Load what all rows need, once."""

    def check(self, row: StagedRow) -> None:
        """Checks between the cells of one row; no database."""

    def match(self, rows: Sequence[StagedRow]) -> None:
        """Find the existing record of each row: set ``pk``, ``version`` and ``current`` (field → value)."""
        raise NotImplementedError

    def side_changes(self, row: StagedRow) -> Mapping[str, tuple[str, str]]:
        """Columns kept beside the record that the file would change: code → (present, coming) in words, present empty
        where there is nothing yet. Sources are ranked for them as for the record's own fields.
        """
        return {}

    def plan(self, row: StagedRow) -> None:
        """Resolve references into ``row.main`` and ``row.refs``, and plan the side tables. Columns with an
        ``attribute`` are already in ``row.main``.
        """

    def check_scope(self, rows: Sequence[StagedRow]) -> None:
        """Reject what lies outside the actor's scope, with ``scope.outside``."""
        raise NotImplementedError

    def file_key(self, row: StagedRow) -> Iterable[tuple[str, Any]]:
        """``(column, key)`` pairs by which two rows of the file are the same record."""
        raise NotImplementedError

    def derive(self, row: StagedRow) -> None:
        """Fill fields that follow from others (search keys) before comparing."""

    @classmethod
    def written(cls, batch: Any, *, actor: Actor, now: dt.datetime) -> None:
        """What else belongs to the commit of a batch: a history that the kind's records keep. In its transaction."""

    @classmethod
    def taken_back(cls, batch: Any, *, actor: Actor, now: dt.datetime) -> None:
        """The same for the undo of a batch; rows that were left are marked."""

    # Full lists ---------------------------------------------------------------------------------------------------

    def in_full_list(self, scope: str) -> Q:
        """The records that a full list of ``scope`` should hold; raises ``LookupError`` for an unknown scope."""
        raise LookupError("这类表格没有全量名单可核对")

    def absent(self, scope: str, seen: set[int]) -> list[tuple[int, str]]:
        """Key and label of every record inside ``scope`` that a full list lacks; raises ``LookupError``."""
        rows = scoped(self.main_model(), self.run.actor).filter(self.in_full_list(scope))  # type: ignore[type-var]
        found = rows.order_by(*self.absence_label, "pk").values_list("pk", *self.absence_label)
        return [(pk, " ".join(filter(None, label))) for pk, *label in found.iterator() if pk not in seen]

    @classmethod
    def absence_actions(cls) -> Mapping[str, str]:
        """What a person may do about an absent record beside keeping it: code → label."""
        return {}

    @classmethod
    def shown_absences(cls, pks: Sequence[int], actor: Actor) -> dict[int, tuple[str, str]]:
        """The page and the code of some records, where they have such."""
        if not cls.page:
            return {}
        found = scoped(cls.main_model(), actor).filter(pk__in=pks).values_list("pk", flat=True)  # type: ignore[type-var]
        return {pk: (reverse(cls.page, args=[pk]), "") for pk in found}

    @classmethod
    def settle(cls, pk: int, action: str, *, remark: str, actor: Actor, on: dt.date, now: dt.datetime) -> None:
        """Carry out one of ``absence_actions``: ``on`` is the first day without the record, ``remark`` the basis.

        Raises ``Refused`` and ``Conflict`` as the service of the kind does.
        """
        raise NotImplementedError

    # Lists and exports --------------------------------------------------------------------------------------------

    @classmethod
    def rows_for(cls, actor: Actor) -> Any:
        """The records that an actor may export; of the main table, unless a kind is listed otherwise."""
        return scoped(cls.main_model(), actor)  # type: ignore[type-var]

    @classmethod
    def filterset(cls) -> Any:
        """The filter set of the kind's list, for exports; ``None`` when it has none."""
        return None

    @classmethod
    def export_rows(cls, queryset: Any, on: dt.date) -> Iterator[list[Any]]:
        """One list of cell values a record, in the order of ``columns()``, as of a day."""
        return (row for _, row in cls.keyed_rows(queryset, on))

    @classmethod
    def keyed_rows(cls, queryset: Any, on: dt.date) -> Iterator[tuple[Key, list[Any]]]:
        """The rows with the key of each record, read a chunk at a time: the length of a list costs no memory."""
        columns = cls.columns()
        found = queryset.select_related(*cls.export_related).iterator(chunk_size=EXPORT_CHUNK)
        while chunk := list(islice(found, EXPORT_CHUNK)):
            for one, side in zip(chunk, cls.export_sides(chunk, on), strict=True):
                yield one.pk, [_cell(one, column, side) for column in columns]

    @classmethod
    def export_sides(cls, records: Sequence[Any], on: dt.date) -> Iterable[Mapping[str, Any]]:
        """For each record the cells that are no plain field of it (``Column.export_path``), by column code."""
        return ({} for _ in records)

    @classmethod
    def number_columns(cls) -> list[Column]:
        """The columns of personal numbers that an export can carry, once a second person agreed."""
        fields = {field.name for field in cls.main_model()._meta.fields}
        return [one for one in cls.columns() if one.personal and NUMBERS.get(one.code, ("", ""))[0] in fields]

    @classmethod
    def number_holders(cls, keys: Sequence[Key], code: str) -> Mapping[Key, Model]:
        """By record the row whose sealed field ``NUMBERS[code]`` is the number of that column."""
        holder = NUMBERS[code][0]
        rows = cls.main_model()._default_manager.unscoped(NUMBERED)  # type: ignore[attr-defined]
        found = rows.filter(pk__in=keys).exclude(**{holder: None}).select_related(holder)
        return {one.pk: getattr(one, holder) for one in found}


def path_value(record: Any, path: str) -> Any:
    """``region.name`` of a record, with empty relations giving ``None``."""
    for part in path.split(".") if path else ():
        record = getattr(record, part, None)
        if record is None:
            return None
    return record if path else None


def _cell(record: Any, column: Column, side: Mapping[str, Any]) -> Any:
    """A cell of an export: numbers stay out, they leave by approval only."""
    if column.personal:
        return None
    return side[column.code] if column.code in side else path_value(record, column.export_path)
