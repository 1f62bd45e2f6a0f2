"""Checking every row of a sheet and writing what it means to staging, chunk by chunk.

Two passes over the rows the child process left: the first finds keys (duplicates, references inside the file), the
second parses, checks, matches and plans. Nothing of the register is written here.
"""

import datetime as dt
import gc
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from json import JSONEncoder
from typing import Any

from django.db import connection, transaction

from portal.importing import keys, masks, precisions
from portal.importing.bulk import MANY, learn, load
from portal.importing.enums import Action, DataSource, Outcome, Severity, Undo
from portal.importing.layout import Layout
from portal.importing.models import ImportBatch, ImportIssue, ImportRow
from portal.importing.normalise import clean, name_key
from portal.importing.remarks import remarks
from portal.importing.resources import (
    FileIndex,
    ImportResource,
    Issue,
    PlannedChange,
    RunContext,
    StagedRow,
)
from portal.importing.rowkinds import RowKind
from portal.importing.rowreader import RowReader
from portal.importing.sources import ALL, FIELD, Ranks, named, source_of
from portal.importing.templates import template_mark

# What is checked between two writes is the pause that others need; this only makes sure of one.
PAUSE_SECONDS = 0.005
REASON = "staging belongs to the batch that the caller has reached"
Progress = Callable[[int, int, str], None]


class Stager:
    """One run of the check over what was laid out."""

    def __init__(
        self,
        batch: ImportBatch,
        resource_class: type[ImportResource],
        layout: Layout,
        run: RunContext,
        progress: Progress | None = None,
    ) -> None:
        self.batch = batch
        self.layout = layout
        self.run = run
        self.progress = progress
        self.tables = resource_class.tables()
        self.columns = {column.code: column for column in resource_class.columns()}
        self.reader = RowReader(layout, self.columns, run.today)
        self.resource = resource_class(run, self._index(resource_class))
        self.direct = [(column.code, column.attribute) for column in self.columns.values() if column.attribute]
        self.ranks = Ranks(resource_class.kind, run.effective_on)
        fields = {field.attname for field in resource_class.main_model()._meta.concrete_fields}
        self.has_sources = FIELD in fields
        self.has_precisions = precisions.FIELD in fields
        # A column and the field of the record that it fills, as far as one field takes it.
        places = [(code, [column.attribute, column.export_path, f"{code}_id"]) for code, column in self.columns.items()]
        self.ranked = [(code, next(filter(fields.__contains__, names))) for code, names in places if fields & {*names}]
        self.required = [column for column in self.columns.values() if column.required]
        self.keys = [column.code for column in self.columns.values() if column.key]
        self.file_keys: dict[tuple[str, Any], int] = {}
        self.seen: set[int] = set()
        self.present: set[int] = set()
        self.rows_that_refer: dict[int, set[int]] = {}
        self.rejected: set[int] = set()
        self.touched: dict[str, set[str]] = {}
        self.counts = dict.fromkeys(
            ("read", "new", "changed", "same", "rejected", "warned", "kept", "total_row", "changed_cell"), 0
        )

    def stage(self) -> dict[str, int]:
        """Replace the batch's staging by a fresh one; returns the counts."""
        self._clear()
        self.resource.prepare()
        self._write(
            [], list(remarks(self.layout, self.columns, self.resource.label, template_mark(type(self.resource))))
        )
        total, done = self.layout.filled_rows, 0
        with collected_by_chunk() as collect:
            for rows, said in self.reader:
                self._check(rows)
                self._write(rows, said)
                done += len(rows) + len(said)
                if self.progress and rows:
                    self.progress(min(done, total), total, f"正在校验{self.layout.say(rows[-1].number)}")
                rows, said = [], []
                collect()
        if self.counts["read"] >= MANY:
            learn(ImportRow, "batch_id", "row_number", "outcome", "undo")
        self._reject_dependants()
        self.counts["total_row"] = self.reader.total_count
        return self.counts

    def _index(self, resource_class: type[ImportResource]) -> FileIndex:
        """First pass, only for kinds whose rows may refer to each other."""
        if not resource_class.has_rows_of_itself:
            return FileIndex({}, {})
        places = {code: index for code, (_, index) in self.reader.places.items()}
        name_at, parent_at = places.get("name"), places.get("parent")
        by_name: dict[str, int] = {}
        parents: dict[str, str] = {}
        for number, kind, cells in self.layout.rows(self.reader.key_numbers):
            if kind is not RowKind.DATA or name_at is None:
                continue
            name = cells[name_at] if name_at < len(cells) else None
            if not isinstance(name, str) or not name.strip():
                continue
            by_name.setdefault(name_key(name), number)
            parent = cells[parent_at] if parent_at is not None and parent_at < len(cells) else None
            if isinstance(parent, str) and parent.strip():
                parents.setdefault(name_key(name), clean(parent))
        return FileIndex(by_name, parents)

    # Checking -----------------------------------------------------------------------------------------------------

    def _check(self, rows: Sequence[StagedRow]) -> None:
        """Everything that is to be found out about a chunk of rows, and what each will change."""
        resource, direct = self.resource, self.direct
        for row in rows:
            resource.check(row)
            self._check_duplicates(row)
        resource.match(rows)
        resource.check_scope(rows)
        for row in rows:
            self._check_required(row)
            if row.pk is not None:
                self.present.add(row.pk)
                if row.pk in self.seen and not row.is_rejected:
                    first = next((column for column, _ in resource.file_key(row)), "")
                    row.error(
                        "duplicate.in_file", first, "与本文件前面的一行是同一条记录。请合并为一行，或删除多余的行。"
                    )
                elif not row.is_rejected:
                    self.seen.add(row.pk)
            if row.current is not None and not row.is_rejected:
                self._weigh(row, row.current)
            values = row.values
            row.main |= {attribute: values[code] for code, attribute in direct if code in values}
            if not row.is_outside:
                resource.plan(row)
                resource.derive(row)
                self._plan_main(row)
            self._count(row)

    def _weigh(self, row: StagedRow, current: Mapping[str, Any]) -> None:
        """Set aside what a higher source said: the resource never sees those values, unless a person decided so."""
        run, sources = self.run, current.get(FIELD)
        row.side_codes = list(beside := self.resource.side_changes(row)) if self.has_sources else []
        if not sources or row.number in run.overwritten_rows:
            return
        for code, (before, after) in beside.items():
            present = source_of(sources, code)
            if before and code not in run.overwritten_columns and self.ranks.is_higher(code, present, run.source):
                row.kept[code] = {"before": before, "after": after, "source": present}
                row.values.pop(code)
                row.side_codes.remove(code)
        for code, attribute in self.ranked:
            coming = row.values.get(code) if attribute in current else None
            coming = row.main.get(f"{code}_id", coming) if attribute == f"{code}_id" else coming
            present = source_of(sources, attribute)
            if coming is None or coming == current[attribute] or code in run.overwritten_columns:
                continue
            if self.ranks.is_higher(attribute, present, run.source):
                row.kept[code] = {"before": current[attribute], "after": coming, "source": present}
                row.values.pop(code, None)
                row.main.pop(attribute, None)

    def _remember_sources(self, row: StagedRow, written: Collection[str]) -> None:
        """Where the fields written come from; a new record says it once for all."""
        if row.is_new:
            if self.has_sources and self.run.source != DataSource.HAND:
                row.main[FIELD] = {ALL: self.run.source}
            return
        before = (row.current or {}).get(FIELD)
        after = named(before, written, self.run.source)
        if self.has_sources and after != (before or {}):
            row.main[FIELD] = after

    def _check_duplicates(self, row: StagedRow) -> None:
        for column, key in self.resource.file_key(row):
            first = self.file_keys.setdefault((column, key), row.number)
            if first != row.number:
                label = self.columns[column].label
                text = f"{label}与{self.layout.say(first)}重复，本行没有导入。请核对两行，保留正确的一行。"
                row.error("duplicate.in_file", column, text)
                return

    def _check_required(self, row: StagedRow) -> None:
        if not row.is_new or (row.is_rejected and any(row.has_error(code) for code in self.keys)):
            return
        for column in self.required:
            code = column.code
            if code not in row.values and not (row.is_rejected and row.has_error(code)):
                where = "" if code in self.reader.places else "，但文件里没有这一列"
                text = f"新增一行必须填写{column.label}{where}。请填写后重新上传，例如「{column.parser.example}」。"
                row.error("required", code, text)

    def _plan_main(self, row: StagedRow) -> None:
        """Compare the main record: a new one is inserted whole, an existing one only where it differs. One whose
        side tables alone change moves its version on too, so that later changes can be told from ours.
        """
        if row.is_rejected:
            return
        table = self.resource.main
        current = row.current or {}
        if self.has_precisions:
            precisions.settle(row.main, current)
        written = [name for name, value in row.main.items() if current.get(name) != value]
        self._remember_sources(row, [*written, *row.side_codes])
        if row.is_new:
            row.changes.insert(0, PlannedChange(table, Action.INSERT, None, row.main, refs=row.refs))
            return
        after = {name: value for name, value in row.main.items() if current.get(name) != value}
        if after or row.refs or row.changes:
            before = {name: current.get(name) for name in (*after, *row.refs)}
            row.changes.insert(0, PlannedChange(table, Action.UPDATE, row.pk, after, before, row.refs, row.version))

    def _count(self, row: StagedRow) -> None:
        self.counts["read"] += 1
        outcome = row.outcome
        self.counts[outcome.value] += 1
        self.counts["warned"] += row.is_warned
        if outcome is Outcome.REJECTED:
            self.rejected.add(row.number)
            row.changes, row.kept = [], {}
        self.counts["kept"] += bool(row.kept)
        if outcome is Outcome.CHANGED:
            self.counts["changed_cell"] += sum(len(change.after) + len(change.refs) for change in row.changes)
        for change in row.changes:
            if change.action == Action.UPDATE:
                self.touched.setdefault(change.table, set()).update(change.after, change.refs)
            for target in change.refs.values():
                if target != row.number:
                    self.rows_that_refer.setdefault(target, set()).add(row.number)

    def _reject_dependants(self) -> None:
        """A row that refers to a rejected row of the same file is rejected too, until nothing changes."""
        waiting = [number for number in self.rows_that_refer if number in self.rejected]
        known = set(self.rejected)
        while waiting:
            target = waiting.pop()
            for number in sorted(self.rows_that_refer.get(target, ())):
                if number in known:
                    continue
                known.add(number)
                waiting.append(number)
                self._reject_later(number, target)

    def _reject_later(self, number: int, target: int) -> None:
        rows = ImportRow.objects.unscoped(REASON).filter(batch=self.batch, row_number=number)
        previous = rows.get().outcome
        where = self.layout.say(target)
        message = f"上级在本文件{where}，那一行有错误没有导入。请先改正{where}。"
        with transaction.atomic():
            rows.update(outcome=Outcome.REJECTED, added=None, changed=None, kept=None)
            self._insert_issues([Issue(number, "", "parent", "", "reference.unknown", message, Severity.ERROR)])
        self.counts[previous] -= 1
        self.counts[Outcome.REJECTED.value] += 1

    # Writing ------------------------------------------------------------------------------------------------------

    def _clear(self) -> None:
        with transaction.atomic():
            for model in (ImportIssue, ImportRow):
                rows = model.objects.unscoped(REASON).filter(batch=self.batch)
                rows._raw_delete(rows.db)

    def _name_records(self, rows: Sequence[StagedRow]) -> None:
        """Give every planned insert its key, and whatever refers to a record of its own row that record's key."""
        nameless: dict[str, list[PlannedChange]] = {}
        for row in rows:
            for change in row.changes:
                if change.key is None:
                    nameless.setdefault(change.table, []).append(change)
        for table, changes in nameless.items():
            for change, key in zip(changes, keys.take(self.tables[table], len(changes)), strict=True):
                change.key = key
        for row in rows:
            number = row.number
            row.key = row.changes[0].key if row.is_new and row.changes else row.pk  # type: ignore[assignment]
            for change in row.changes:
                if change.refs and number in change.refs.values():
                    change.after |= {name: row.key for name, target in change.refs.items() if target == number}
                    change.refs = {name: target for name, target in change.refs.items() if target != number}

    def _write(self, rows: Sequence[StagedRow], said: Sequence[Issue]) -> None:
        if not rows and not said:
            return
        with transaction.atomic():
            self._name_records(rows)
            load(
                ImportRow,
                ("batch_id", "row_number", "outcome", "label", "subject_pk", "is_warned", "undo", *PLAN),
                [
                    (
                        self.batch.pk,
                        row.number,
                        row.outcome.value,
                        row.label,
                        row.key,
                        row.is_warned,
                        Undo.NONE.value,
                        *_plan(row),
                    )
                    for row in rows
                ],
            )
            self._insert_issues([issue for row in rows for issue in row.issues] + list(said))
        if connection.vendor == "sqlite" and rows:
            time.sleep(PAUSE_SECONDS)

    def _insert_issues(self, issues: Sequence[Issue]) -> None:
        load(
            ImportIssue,
            ("batch_id", "row_number", "column", "field", "value", "code", "message", "severity"),
            [
                (
                    self.batch.pk,
                    issue.row,
                    issue.column,
                    issue.field,
                    self._masked(issue.field, issue.value)[:80],
                    issue.code,
                    self._masked_message(issue)[:500],
                    str(issue.severity),
                )
                for issue in issues
            ],
        )

    def _masked(self, code: str, text: str) -> str:
        """What may be kept of a text about a column; a credit code names a body, not a person."""
        if code == "uscc":
            return text
        column = self.columns.get(code)
        return column.mask(text) if column is not None else masks.mask(text)

    def _masked_message(self, issue: Issue) -> str:
        """A parser quotes the value it refuses: of a personal column the mask is quoted."""
        message = issue.message
        if issue.value and issue.field in self.columns and self.columns[issue.field].personal:
            message = message.replace(issue.value, self._masked(issue.field, issue.value))
        return message if issue.field == "uscc" else masks.mask(message)


@contextmanager
def collected_by_chunk() -> Iterator[Callable[[], object]]:
    """The rows of a chunk live exactly as long as the chunk: looking for garbage among them after every 700 objects
    cost a fifth of the check. Once a chunk, among the new objects only, finds the same.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield lambda: gc.collect(0)
    finally:
        if was_on:
            gc.enable()


PLAN = ("added", "changed", "kept")


def _plan(row: StagedRow) -> tuple[str | None, str | None, str | None]:
    """The JSON texts of a row's inserts and updates by table, and of what a higher source keeps."""
    added: dict[str, list[dict[str, Any]]] = {}
    changed: dict[str, list[dict[str, Any]]] = {}
    for change in row.changes:
        if change.action == Action.INSERT:
            record = {"id": change.key, **change.after}
            added.setdefault(change.table, []).append(record | {"refs": change.refs} if change.refs else record)
        else:
            plan = {"id": change.key, "before": change.before, "after": change.after}
            plan |= {"version": change.version} if change.version is not None else {}
            changed.setdefault(change.table, []).append(plan | {"refs": change.refs} if change.refs else plan)
    return (
        encode(added) if added else None,
        encode(changed) if changed else None,
        encode(row.kept) if row.kept else None,
    )


def _plain(value: Any) -> str:
    """A value as JSON keeps it: dates in ISO form, amounts and keys as text."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be planned")


encode = JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
