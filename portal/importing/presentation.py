"""Planned or applied changes in words: field names, old and new values as a person reads them."""

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import Field, Model

from portal import importing
from portal.importing.enums import Action
from portal.importing.models import ImportBatch, ImportChange, ImportRow
from portal.importing.selectors import changes

SHOWN = "names of records beside a change that the caller has already reached"
INTERNAL = frozenset({"key", "search_key", "source", "version", "recorded_by_id"})
NOTHING = "空"


def change_lines(batch: ImportBatch, page: Sequence[ImportRow]) -> dict[int, list[str]]:
    """``{row number: lines}`` for a page of rows: one line a touched field."""
    resource = importing.resource_for(batch.kind)
    tables = resource.tables()
    found = changes(batch, [row.row_number for row in page])
    names = _names(found, tables)
    return {
        row.row_number: [
            line
            for change in found[row.row_number]
            for line in _lines(change, tables[change.table], tables[resource.main], names)
        ]
        for row in page
    }


def _lines(
    change: ImportChange, model: type[Model], main: type[Model], names: dict[tuple[type[Model], int], str]
) -> list[str]:
    """One line a field of the record itself, one line a row of a side table."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    # The column by which a side row hangs on its record says nothing new.
    own = {field.attname for field in fields.values() if field.related_model is main and model is not main}
    parts = []
    for name, field in fields.items():
        if name in INTERNAL or name in own:
            continue
        after = change.after.get(name)
        if name in change.refs:
            parts.append(f"{field.verbose_name} 本文件第 {change.refs[name]} 行")
        elif name in change.after and (after not in (None, "") or change.action == Action.UPDATE):
            words = _words(field, after, names)
            if change.action == Action.UPDATE:
                words = f"{_words(field, change.before.get(name), names)} → {words}"
            parts.append(f"{field.verbose_name} {words}")
    if model is main or not parts:
        return parts
    what = "新增" if change.action == Action.INSERT else "更新"
    return [f"{what}{model._meta.verbose_name}（{'，'.join(parts)}）"]


def _words(field: Field, value: Any, names: dict[tuple[type[Model], int], str]) -> str:
    if value in (None, ""):
        return NOTHING
    if field.is_relation:
        return names.get((cast("type[Model]", field.related_model), value), NOTHING)
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(value)


def _names(found: dict[int, list[ImportChange]], tables: dict[str, type[Model]]) -> dict[tuple[type[Model], int], str]:
    """The names of all records that the changes point at, one query a table."""
    wanted: dict[type[Model], set[int]] = {}
    for planned in found.values():
        for change in planned:
            for field in tables[change.table]._meta.concrete_fields:
                if field.is_relation and field.attname not in INTERNAL:
                    values = {change.after.get(field.attname), change.before.get(field.attname)} - {None}
                    if values:
                        wanted.setdefault(cast("type[Model]", field.related_model), set()).update(values)
    names = {}
    for model, pks in wanted.items():
        manager: Any = model._default_manager
        rows = manager.unscoped(SHOWN) if hasattr(manager, "unscoped") else manager.all()
        for record in rows.filter(pk__in=pks):
            names[model, record.pk] = str(record)
    return names
