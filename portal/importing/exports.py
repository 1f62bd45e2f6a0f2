"""The rows of a kind that an actor may export, narrowed by the same filters as the list on the screen."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, QueryDict

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.importing.resources import ImportResource
from portal.privacy.masks import has_number


def without_numbers(query: str) -> str:
    """The filter of an export that is to be kept, as it is. Raises ``Refused`` when a personal number stands in it:
    nothing is found by one, and it would stay readable.
    """
    if any(has_number(value) for values in QueryDict(query).lists() for value in (values[0], *values[1])):
        raise Refused(
            "export.filter",
            "筛选条件里有身份证号码或手机号码。名单不按号码查找，号码也不能留在导出记录里。请去掉号码，改用姓名等条件。",
        )
    return query


def in_words(resource: type[ImportResource], query: str) -> str:
    """A filter as a person reads it; empty without one."""
    filterset_class = resource.filterset()
    known = filterset_class.base_filters if filterset_class else {}
    given = [(name, value) for name, values in QueryDict(query).lists() for value in values if value]
    return "；".join(f"{getattr(known.get(name), 'label', None) or name}：{value}" for name, value in given)


def filtered(resource: type[ImportResource], query: QueryDict, actor: Actor, on: dt.date) -> Any:
    """The scoped records, in a stable order. Raises ``Refused`` for a filter the list does not have."""
    rows = resource.rows_for(actor)
    if query:
        filterset_class = resource.filterset()
        known = set(filterset_class.base_filters) if filterset_class else set()
        unknown = [name for name in query if name not in known]
        if unknown or filterset_class is None:
            names = "、".join(sorted(known)) or "无"
            raise Refused("export.filter", f"名单没有筛选项「{'、'.join(unknown)}」。可用的筛选项：{names}。")
        request = HttpRequest()
        request.actor = actor  # type: ignore[attr-defined]
        found = filterset_class(query, rows, request=request, actor=actor, as_of=on)
        if not found.is_valid():
            problems = "；".join(f"{name}：{problem}" for name, errors in found.errors.items() for problem in errors)
            raise Refused("export.filter", f"筛选条件读不懂：{problems}。")
        rows = found.qs
    return rows.order_by(*resource.export_order)
