"""Checking every row of a sheet and writing what it means to staging, chunk by chunk.

Two passes over the rows the child process left: the first finds keys (duplicates, references inside the file), the
second parses, checks, matches and plans. Nothing of the register is written here.
"""

import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from portal.importing import keys, masks
from portal.importing.bulk import encode, load, uuid_value
from portal.importing.enums import Action, Outcome, Severity, Undo
from portal.importing.layout import Layout
from portal.importing.models import ImportBatch, ImportChange, ImportIssue, ImportRow
from portal.importing.normalise import clean, name_key
from portal.importing.parsers import ERROR, CellContext, Parsed
from portal.importing.places import SHEET_STEP
from portal.importing.reader import Cell
from portal.importing.remarks import remarks, set_aside
from portal.importing.resources import (
    FileIndex,
    ImportResource,
    Issue,
    PlannedChange,
    RunContext,
    StagedRow,
)
from portal.importing.rowkinds import RowKind, Totals

CHUNK = 1_000
REMEMBERED = 20_000
PAUSE_SECONDS = 0.03
CHANGE_COLUMNS = (
    "batch_id",
    "row_number",
    "table",
    "action",
    "object_pk",
    "object_uuid",
    "refs",
    "before",
    "after",
    "version_before",
)
REASON = "staging belongs to the batch that the caller has reached"
Progress = Callable[[int, int, str], None]


class Stager:
    """One run of the check over one sheet."""

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
        self.mapped = [
            (match.number - 1, match.letter, self.columns[match.code], self._cell_context(match.code, match.unit))
            for match in layout.matches
            if match.code
        ]
        self.kept = [item for item in self.mapped if item[2].is_kept]
        # A parser gives the same answer for the same text, so each column remembers what it has parsed.
        self.readers: list[tuple[int, str, str, Callable[..., Parsed], CellContext, dict[str, Parsed]]] = [
            (index, letter, column.code, column.parser.parse, context, {})
            for index, letter, column, context in self.kept
        ]
        self.key_numbers = frozenset(index + 1 for index, _, column, _ in self.kept if column.key)
        self.resource = resource_class(run, self._index(resource_class))
        self.totals = Totals()
        self.declared = list(self.columns.values())
        self.direct = [(column.code, column.attribute) for column in self.declared if column.attribute]
        self.required = [column for column in self.declared if column.required]
        self.summed = [column.code for _, _, column, _ in self.kept if column.is_total]
        self.file_keys: dict[tuple[str, Any], int] = {}
        self.seen: set[int] = set()
        self.rows_that_refer: dict[int, set[int]] = {}
        self.rejected: set[int] = set()
        self.touched: dict[str, set[str]] = {}
        self.counts = dict.fromkeys(
            ("read", "new", "changed", "same", "rejected", "warned", "total_row", "changed_cell"), 0
        )
        self.missing = [code for code, column in self.columns.items() if column.required and code not in run.carried]

    def _cell_context(self, code: str, unit: str) -> CellContext:
        return CellContext(
            label=self.columns[code].label,
            today=self.run.today,
            unit=unit or self._sheet_unit(),
            is_1904=self.layout.sheet.is_1904,
        )

    def _sheet_unit(self) -> str:
        stated = self.layout.header.metadata
        text = stated.get("计量单位", stated.get("单位", ""))
        return text if text in ("元", "万元", "亿元") else ""

    def stage(self) -> dict[str, int]:
        """Replace the batch's staging by a fresh one; returns the counts."""
        self._clear()
        self.resource.prepare()
        self._write([], list(remarks(self.layout, self.columns, self.resource.label)))
        total, done = self.layout.filled_rows, 0
        for chunk in _chunks(self._data_rows()):
            self._stage_chunk(chunk)
            done += len(chunk)
            if self.progress:
                self.progress(min(done, total), total, f"正在校验{self.layout.say(chunk[-1].number)}")
        self._reject_dependants()
        return self.counts

    # Reading ------------------------------------------------------------------------------------------------------

    def _index(self, resource_class: type[ImportResource]) -> FileIndex:
        """First pass, only for kinds whose rows may refer to each other."""
        if not resource_class.has_rows_of_itself:
            return FileIndex({}, {})
        places = {column.code: index for index, _, column, _ in self.kept}
        name_at, parent_at = places.get("name"), places.get("parent")
        by_name: dict[str, int] = {}
        parents: dict[str, str] = {}
        for number, kind, cells in self.layout.rows(self.key_numbers):
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

    def _data_rows(self) -> Iterator[StagedRow]:
        sheet = 0
        for number, kind, cells in self.layout.rows(self.key_numbers):
            if number // SHEET_STEP != sheet and len(self.layout.parts) > 1:
                sheet = number // SHEET_STEP
                self.totals.turn()
            if kind is RowKind.DATA:
                row = self._parse(number, cells)
                self.totals.add(*self._numbers(row))
                yield row
            elif kind is RowKind.TOTAL:
                self.counts["total_row"] += 1
                self._write([], self._total_issues(number, cells))
            else:
                self._write([], [set_aside(number, self.layout.say(number), kind)])

    def _parse(self, number: int, cells: Sequence[Cell]) -> StagedRow:
        row = StagedRow(number)
        width = len(cells)
        for index, letter, code, parse, context, known in self.readers:
            raw = cells[index] if index < width else None
            if raw is None:
                continue
            row.cells[code] = (letter, raw)
            found = known.get(raw) if type(raw) is str else None
            if found is None:
                found = parse(raw, context)
                if type(raw) is str and len(known) < REMEMBERED:
                    known[raw] = found
            value, problems = found
            if value is not None:
                row.values[code] = value
            for problem in problems:
                row.add(problem.code, code, problem.message, problem.severity)
        row.label = str(row.values.get("name") or row.values.get("uscc") or "")[:200]
        return row

    def _numbers(self, row: StagedRow) -> tuple[dict[str, Any], list[str]]:
        numbers, broken = {}, []
        for code in self.summed:
            if code in row.values:
                numbers[code] = row.values[code]
            elif _has_error(row, code):
                broken.append(code)
        return numbers, broken

    def _total_issues(self, number: int, cells: Sequence[Cell]) -> list[Issue]:
        """Compare a 合计 row with the rows above it; it is never data."""
        stated, letters = {}, {}
        for index, letter, column, context in self.kept:
            raw = cells[index] if index < len(cells) else None
            if column.is_total and raw is not None:
                value, _ = column.parser.parse(raw, context)
                if value is not None:
                    stated[column.code], letters[column.code] = value, letter
        issues = [set_aside(number, self.layout.say(number), RowKind.TOTAL)]
        for code, (said, counted) in self.totals.compare(stated).items():
            message = (
                f"{self.layout.say(number)}合计的{self.columns[code].label}是 {said:,}，各行相加是 {counted:,}，"
                f"相差 {abs(said - counted):,}。"
                "请核对是否漏行或填错。"
            )
            issues.append(Issue(number, letters[code], code, f"{said:,}", "total.mismatch", message, Severity.WARNING))
        return issues

    # Checking -----------------------------------------------------------------------------------------------------

    def _stage_chunk(self, rows: list[StagedRow]) -> None:
        resource = self.resource
        for row in rows:
            resource.check(row)
            self._check_duplicates(row)
        resource.match(rows)
        resource.check_scope(rows)
        for row in rows:
            self._check_required(row)
            if row.pk is not None:
                if row.pk in self.seen and not row.is_rejected:
                    first = next((column for column, _ in resource.file_key(row)), "")
                    row.error(
                        "duplicate.in_file", first, "与本文件前面的一行是同一条记录。请合并为一行，或删除多余的行。"
                    )
                elif not row.is_rejected:
                    self.seen.add(row.pk)
            values = row.values
            row.main |= {attribute: values[code] for code, attribute in self.direct if code in values}
            if not row.is_outside:
                resource.plan(row)
                resource.derive(row)
                self._plan_main(row)
            self._count(row)
        self._write(rows, [])

    def _check_duplicates(self, row: StagedRow) -> None:
        for column, key in self.resource.file_key(row):
            first = self.file_keys.setdefault((column, key), row.number)
            if first != row.number:
                label = self.columns[column].label
                text = f"{label}与{self.layout.say(first)}重复，本行没有导入。请核对两行，保留正确的一行。"
                row.error("duplicate.in_file", column, text)
                return

    def _check_required(self, row: StagedRow) -> None:
        if not row.is_new or any(column.key and _has_error(row, code) for code, column in self.columns.items()):
            return
        for column in self.required:
            code = column.code
            if code not in row.values and not _has_error(row, code):
                letter = next((letter for _, letter, mapped, _ in self.kept if mapped.code == code), "")
                where = "" if letter else "，但文件里没有这一列"
                text = f"新增一行必须填写{column.label}{where}。请填写后重新上传，例如「{column.parser.example}」。"
                row.issues.append(Issue(row.number, letter, code, "", "required", text, Severity.ERROR))

    def _plan_main(self, row: StagedRow) -> None:
        """Compare the main record: a new one is inserted whole, an existing one only where it differs. One whose
        side tables alone change moves its version on too, so that later changes can be told from ours.
        """
        if row.is_rejected:
            return
        table = self.resource.main
        if row.is_new:
            row.changes.insert(0, PlannedChange(table, Action.INSERT, after=dict(row.main), refs=dict(row.refs)))
            return
        current = row.current or {}
        after = {name: value for name, value in row.main.items() if current.get(name) != value}
        if after or row.refs or row.changes:
            before = {name: current.get(name) for name in (*after, *row.refs)}
            change = PlannedChange(
                table, Action.UPDATE, row.pk, None, after, before, dict(row.refs), version_before=row.version
            )
            row.changes.insert(0, change)

    def _count(self, row: StagedRow) -> None:
        self.counts["read"] += 1
        outcome = row.outcome
        self.counts[outcome.value] += 1
        self.counts["warned"] += row.is_warned
        if outcome is Outcome.REJECTED:
            self.rejected.add(row.number)
            row.changes = []
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
            rows.update(outcome=Outcome.REJECTED)
            ImportChange.objects.unscoped(REASON).filter(batch=self.batch, row_number=number).delete()
            self._insert_issues([Issue(number, "", "parent", "", "reference.unknown", message, Severity.ERROR)])
        self.counts[previous] -= 1
        self.counts[Outcome.REJECTED.value] += 1

    # Writing ------------------------------------------------------------------------------------------------------

    def _clear(self) -> None:
        with transaction.atomic():
            for model in (ImportIssue, ImportChange, ImportRow):
                rows = model.objects.unscoped(REASON).filter(batch=self.batch)
                rows._raw_delete(rows.db)

    def _name_records(self, rows: Sequence[StagedRow]) -> None:
        """Give every planned insert its key, and whatever refers to a record of its own row that record's key."""
        planned: dict[str, list[PlannedChange]] = {}
        for row in rows:
            for change in row.changes:
                if not change.is_named:
                    planned.setdefault(change.table, []).append(change)
        for table, changes in planned.items():
            for change, key in zip(changes, keys.take(self.tables[table], len(changes)), strict=True):
                change.name(key)
        for row in rows:
            row.key = row.changes[0].object_pk if row.is_new and row.changes else row.pk
            for change in row.changes:
                if row.number in change.refs.values():
                    change.after |= {name: row.key for name, target in change.refs.items() if target == row.number}
                    change.refs = {name: target for name, target in change.refs.items() if target != row.number}

    def _write(self, rows: Sequence[StagedRow], issues: Sequence[Issue]) -> None:
        if not rows and not issues:
            return
        batch = self.batch.pk
        with transaction.atomic():
            self._name_records(rows)
            load(
                ImportRow,
                ("batch_id", "row_number", "outcome", "label", "subject_pk", "is_warned", "undo"),
                [
                    (batch, row.number, row.outcome.value, row.label, row.key, row.is_warned, Undo.NONE.value)
                    for row in rows
                ],
            )
            load(
                ImportChange,
                CHANGE_COLUMNS,
                [
                    (
                        batch,
                        row.number,
                        change.table,
                        str(change.action),
                        change.object_pk,
                        uuid_value(change.object_uuid),
                        encode(change.refs),
                        encode(plain(change.before)),
                        encode(plain(change.after)),
                        change.version_before,
                    )
                    for row in rows
                    for change in row.changes
                ],
            )
            self._insert_issues([issue for row in rows for issue in row.issues] + list(issues))
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


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them: dates in ISO form, amounts and keys as text."""
    return {
        name: value
        if value is None or type(value) in AS_THEY_ARE
        else value.isoformat()
        if isinstance(value, dt.date)
        else value.hex
        if isinstance(value, uuid.UUID)
        else str(value)
        if isinstance(value, Decimal)
        else value
        for name, value in values.items()
    }


AS_THEY_ARE = frozenset({str, int, bool})


def _has_error(row: StagedRow, code: str) -> bool:
    return any(issue.field == code and issue.severity == ERROR for issue in row.issues)


def _chunks(rows: Iterator[StagedRow]) -> Iterator[list[StagedRow]]:
    chunk: list[StagedRow] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
