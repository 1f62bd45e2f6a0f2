"""The rows of a kind that an actor may export, narrowed by the same filters as the list on the screen."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, QueryDict

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.importing.resources import ImportResource


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
