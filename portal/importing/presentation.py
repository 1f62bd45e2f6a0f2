"""What a page of a batch shows: tabs with counts, rows and problems, changes as a person reads them."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Field, Model
from django.http import HttpRequest

from portal import importing
from portal.importing import precisions, selectors, sources
from portal.importing.enums import Action, DataSource, Outcome, Severity
from portal.importing.models import ImportBatch, ImportRow
from portal.importing.partial import DAY, MONTH, YEAR
from portal.importing.selectors import Change
from portal.importing.wording import split_message
from portal.privacy.fields import SealedField
from portal.screens.columns import Column, table
from portal.screens.lists import Page, page_numbers

SHOWN = "names of records beside a change that the caller has already reached"
INTERNAL = frozenset(
    {"key", "search_key", "source", "version", "recorded_by_id", "name_key", "id_number_index", "number_index"}
    | {sources.FIELD, precisions.FIELD}
)
EXACT = {DAY: "日", MONTH: "月", YEAR: "年"}
WRITTEN = {MONTH: 7, YEAR: 4}
NOTHING = "空"
UNSHOWN = "号码不显示"
PAGE_SIZE = 50


def change_lines(batch: ImportBatch, page: Sequence[ImportRow]) -> dict[int, list[str]]:
    """``{row number: lines}`` for a page of rows: one line a touched field."""
    resource = importing.resource_for(batch.kind)
    tables = resource.tables()
    found = selectors.changes(batch, [row.row_number for row in page])
    names = _names(found, tables)
    return {
        row.row_number: [
            line
            for change in found[row.row_number]
            for line in _lines(
                change,
                tables[change.table],
                tables[resource.main],
                names,
                batch.say,
                is_own=change.table == resource.main and change.key == row.subject_pk,
            )
        ]
        for row in page
    }


def _lines(
    change: Change,
    model: type[Model],
    main: type[Model],
    names: dict[tuple[str, Any], str],
    say: Callable[[int], str],
    *,
    is_own: bool,
) -> list[str]:
    """One line a field of the record itself, one line a row of a side table or another record of the same."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    # The column by which a side row hangs on its record says nothing new.
    own = {field.attname for field in fields.values() if field.related_model is main and not is_own}
    parts = []
    says_more = is_own
    for name, field in fields.items():
        if name in INTERNAL or name in own:
            continue
        after = change.after.get(name)
        if name in change.refs:
            parts.append(f"{field.verbose_name} 本文件{say(change.refs[name])}")
        elif name in change.after and (after not in (None, "") or change.action == Action.UPDATE):
            is_sealed = isinstance(field, SealedField)
            says_more = says_more or not is_sealed
            words = UNSHOWN if is_sealed else _words(field, after, names, _told(change.after, name))
            if change.action == Action.UPDATE:
                before = _words(field, change.before.get(name), names, _told(change.before, name))
                words = f"已更改（{UNSHOWN}）" if is_sealed or words == before == UNSHOWN else f"{before} → {words}"
            parts.append(f"{field.verbose_name} {words}")
        elif _told(change.after, name) != _told(change.before, name):
            parts.append(f"{field.verbose_name} 精确到{EXACT[_told(change.after, name)]}")
    if is_own or not parts:
        return parts
    if not says_more:
        # The row that names a telephone already says that there is one.
        return []
    what = "新增" if change.action == Action.INSERT else "更新"
    return [f"{what}{model._meta.verbose_name}（{'，'.join(parts)}）"]


def _told(side: dict[str, Any], name: str) -> str:
    """How exactly a date of one side of a change is known."""
    return str((side.get(precisions.FIELD) or {}).get(name, DAY))


def _words(field: Field | None, value: Any, names: dict[tuple[str, Any], str], precision: str = DAY) -> str:
    if value in (None, ""):
        return NOTHING
    if precision != DAY:
        return str(value)[: WRITTEN[precision]]
    if field is None:
        return str(value)
    if field.is_relation:
        return names.get((str(field.related_model), _plain_key(value)), NOTHING)
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(value)


def _plain_key(value: Any) -> Any:
    """A key as the plan keeps it: a UUID by its digits."""
    return value.hex if isinstance(value, UUID) else value


def _names(found: dict[int, list[Change]], tables: dict[str, type[Model]]) -> dict[tuple[str, Any], str]:
    """The names of all records that the changes point at, one query a table; those that are new by what the plan
    says of them.
    """
    wanted: dict[Any, set[Any]] = {}
    for planned in found.values():
        for change in planned:
            for field in tables[change.table]._meta.concrete_fields:
                if field.is_relation and field.attname not in INTERNAL:
                    values = {change.after.get(field.attname), change.before.get(field.attname)} - {None}
                    if values:
                        wanted.setdefault(field.related_model, set()).update(values)
    names = {}
    for model, pks in wanted.items():
        manager: Any = model._default_manager
        rows = manager.unscoped(SHOWN) if hasattr(manager, "unscoped") else manager.all()
        for record in rows.filter(pk__in=pks):
            names[str(model), _plain_key(record.pk)] = str(record)
    for change in (change for planned in found.values() for change in planned):
        if change.action == Action.INSERT and change.key is not None:
            model = tables[change.table]
            hides = any(isinstance(field, SealedField) for field in model._meta.concrete_fields)
            names[str(model), _plain_key(change.key)] = str(change.after.get("name", UNSHOWN if hides else NOTHING))
    return names


TABS = (
    ("rejected", "错误"),
    ("warning", "提醒"),
    ("new", "新增"),
    ("changed", "更新"),
    ("kept", "按来源保留"),
    ("same", "无变化"),
    ("note", "略过和补全"),
)


def rows_context(request: HttpRequest, batch: ImportBatch, *, previewing: bool) -> dict[str, Any]:
    """Tabs with exact counts, and one page of the chosen one."""
    by_severity = selectors.issue_counts(batch)
    counts = {
        "rejected": by_severity[Severity.ERROR],
        "warning": by_severity[Severity.WARNING],
        "new": batch.new_count,
        "changed": batch.changed_count,
        "kept": batch.kept_count,
        "same": batch.same_count,
        "note": by_severity[Severity.NOTE],
    }
    order = ("rejected", "new", "changed", "warning", "same", "note")
    default = next((code for code in order if counts[code]), "same")
    if not previewing:
        default = next((code for code in ("new", "changed", "rejected") if counts[code]), "same")
    asked = request.GET.get("show", "")
    show = asked if asked in counts else default
    total = counts[show]
    page_count = max(1, -(-total // PAGE_SIZE))
    text = request.GET.get("page", "1")
    number = min(max(int(text), 1), page_count) if text.isdecimal() and len(text) < 9 else 1
    page = Page(number, page_count, PAGE_SIZE, total)
    window = slice(page.first - 1 if total else 0, page.last)
    return {
        "tabs": [(code, label, counts[code], code == show) for code, label in TABS if code != "kept" or counts["kept"]],
        "show": show,
        "page": page,
        "page_links": [(one, one == number) for one in page_numbers(number, page_count)],
        "rows_table": TABLES.get(show, row_table)(batch, show, window),
        "code_counts": selectors.issue_codes(batch, SEVERITIES[show]) if show in SEVERITIES else [],
    }


SEVERITIES = {"rejected": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.NOTE}


def place_of(batch: ImportBatch, issue: Any) -> str:
    """Where it stands in the person's own file."""
    if not issue.row_number:
        return "—"
    return batch.say(issue.row_number) + (f" {issue.column} 列" if issue.column else "")


def issue_table(batch: ImportBatch, show: str, window: slice) -> Any:
    labels = {column.code: column.label for column in importing.resource_for(batch.kind).columns()}
    columns = [
        Column("place", "位置", value=lambda one: place_of(batch, one), card="title"),
        Column("field", "项目", value=lambda one: labels.get(one.field, "—")),
        Column("value", "现在的值"),
        Column("cause", "原因", value=lambda one: split_message(one.message)[0]),
        Column("remedy", "怎么改", value=lambda one: split_message(one.message)[1]),
    ]
    found = list(selectors.issues(batch, SEVERITIES[show])[window])
    return table(dict(TABS)[show], columns, found, empty="没有。")


def row_table(batch: ImportBatch, show: str, window: slice) -> Any:
    found = list(selectors.rows(batch, Outcome(show))[window])
    lines = change_lines(batch, found)
    columns = [
        Column("row_number", "行", value=lambda one: batch.say(one.row_number)),
        Column("label", "名称", card="title"),
        Column("lines", "内容" if show == "new" else "改动", value=lambda one: "；".join(lines[one.row_number])),
    ]
    return table(dict(TABS)[show], columns[:2] if show == "same" else columns, found, empty="没有。")


def kept_table(batch: ImportBatch, show: str, window: slice) -> Any:
    """What a higher source keeps, cell by cell; nothing of it is written unless a person says so."""
    found = list(selectors.kept_rows(batch)[window])
    resource = importing.resource_for(batch.kind)
    declared = {column.code: column for column in resource.columns()}
    fields = {field.attname: field for field in resource.main_model()._meta.concrete_fields}

    def field_of(code: str) -> Field | None:
        """The record's own field; none for what is kept beside it, whose words stand in the plan."""
        column = declared[code]
        return fields.get(f"{code}_id") or fields.get(column.attribute or column.export_path)

    as_changes = {
        row.row_number: [
            Change(
                resource.main,
                Action.UPDATE,
                0,
                {field.attname: cell["before"] for code, cell in (row.kept or {}).items() if (field := field_of(code))},
                {field.attname: cell["after"] for code, cell in (row.kept or {}).items() if (field := field_of(code))},
                {},
            )
        ]
        for row in found
    }
    names = _names(as_changes, resource.tables())

    def lines(row: ImportRow) -> str:
        return "；".join(
            f"{declared[code].label}：保留「{_words(field_of(code), cell['before'], names)}」"
            f"（{DataSource(cell['source']).label}），文件中是「{_words(field_of(code), cell['after'], names)}」"
            for code, cell in (row.kept or {}).items()
        )

    columns = [
        Column("row_number", "行", value=lambda one: batch.say(one.row_number)),
        Column("label", "名称", card="title"),
        Column("kept", "保留的内容", value=lines),
    ]
    return table(dict(TABS)[show], columns, found, empty="没有。")


TABLES: dict[str, Callable[[ImportBatch, str, slice], Any]] = {
    **dict.fromkeys(SEVERITIES, issue_table),
    "kept": kept_table,
}
