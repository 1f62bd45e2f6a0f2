"""What an act changed, in the words of the record's own fields."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field

from portal.audit.models import AuditEvent
from portal.screens.values import DASH

# Keys of `before` and `after` that are no fields of the record.
OTHER_KEYS = {
    "about": "对象",
    "addressee": "承办",
    "committee": "综合（行业）党委",
    "count": "数量",
    "counts": "行数",
    "covers": "覆盖的社会组织",
    "file": "文件",
    "format": "格式",
    "kind": "类别",
    "membership": "身份",
    "role": "角色",
    "rows": "行数",
    "scope": "范围",
    "user": "账号",
    "username": "用户名",
}


@dataclass(frozen=True)
class Change:
    """One field before and after, as a person reads it."""

    field: str
    before: str
    after: str


def changes_of(event: AuditEvent) -> list[Change]:
    """The fields that the act touched; those that were and stayed empty are left out."""
    before, after = event.before or {}, event.after or {}
    found = []
    for key in [*before, *(name for name in after if name not in before)]:
        field = _field(event.subject_model, key)
        change = Change(_label(field, key), _words(field, before.get(key)), _words(field, after.get(key)))
        if (change.before, change.after) != (DASH, DASH):
            found.append(change)
    return found


def _field(subject_model: str, key: str) -> "Field[Any, Any] | None":
    try:
        found = apps.get_model(subject_model)._meta.get_field(key) if subject_model else None
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return found if isinstance(found, Field) else None


def _label(field: "Field[Any, Any] | None", key: str) -> str:
    return str(field.verbose_name) if field is not None else OTHER_KEYS.get(key, key)


def _words(field: "Field[Any, Any] | None", value: Any) -> str:
    if value is None or value in ("", [], {}):
        return DASH
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_words(field, one) for one in value)
    if isinstance(value, dict):
        return "；".join(f"{key} {_words(None, one)}" for key, one in value.items())
    choices = dict(field.flatchoices) if field is not None and field.choices else {}
    return str(choices.get(value, value))
