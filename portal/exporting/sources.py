"""What can be exported: a list of the portal by its address, or a kind of spreadsheet; always as one actor sees it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve

from portal import importing
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.policy import policy_of
from portal.access.roles import WORKSPACE
from portal.audit.services import record_access
from portal.exporting.models import Export, Source
from portal.exporting.services import Labelled
from portal.importing.exports import filtered, in_words
from portal.privacy.masks import mask_text
from portal.screens.lists import ListScreen
from portal.screens.values import date_text, datetime_text


@dataclass(frozen=True)
class Rows:
    """Everything a writer needs. ``rows`` asks the database while it is read, so the actor must still be acting."""

    title: str
    name: str
    unit: str
    count: int
    columns: Sequence[Labelled]
    rows: Iterator[Sequence[Any]]
    notes: list[str]
    people: str = ""
    filters: str = ""

    def remember(self, *, actor: Actor, count: int, now: dt.datetime) -> None:
        """An export of people's data leaves one access event: what was exported, with which filters, how many rows."""
        if self.people and count:
            record_access(self.people, actor=actor, count=count, filters=self.filters, now=now)


def open_source(export: Export, *, actor: Actor, user: Any, now: dt.datetime, today: dt.date) -> Rows:
    """The rows of an export as ``actor`` may see them now."""
    if export.source == Source.LIST:
        screen = open_list(export.place, export.query, export.format, actor=actor, user=user, now=now)
        return of_list(screen, export.format, now)
    return of_kind(export.place, export.query, export.fields, export.format, actor=actor, now=now, today=today)


def open_list(path: str, query: str, format_: str, *, actor: Actor, user: Any, now: dt.datetime) -> ListScreen:
    """The list at an address of this portal, with its filters, for an actor.

    Raises ``Refused``: ``export.place`` for an address that is no list, ``policy.role`` for a list that is not the
    actor's, ``export.filter`` for filters that cannot be read.
    """
    try:
        match = resolve(path) if urlsplit(path).path == path else None
    except Resolver404:
        match = None
    view = getattr(match.func, "view_class", None) if match else None
    if match is None or view is None or not issubclass(view, ListScreen) or format_ not in view.exports:
        raise Refused("export.place", f"「{path[:60]}」不是可以导出的名单。请回到名单页，从“导出”菜单重新选择。")
    allowed = policy_of(view)
    if allowed is None or actor.role not in allowed.roles:
        raise Refused("policy.role", f"身份「{actor.label}」不能查看这份名单，也不能导出。")
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = path
    request.GET = QueryDict(query)
    request.user = user
    # What the request and the access middleware do.
    request.received_at = now  # type: ignore[attr-defined]
    request.actor = actor  # type: ignore[attr-defined]
    request.resolver_match = match
    screen = view()
    screen.setup(request, *match.args, **match.kwargs)
    if screen.filter_errors:
        raise Refused("export.filter", f"筛选条件读不懂：{screen.filter_errors[0]}")
    return screen


def of_list(screen: ListScreen, format_: str, now: dt.datetime) -> Rows:
    return Rows(
        screen.page_title(),
        screen.export_name(format_),
        screen.unit,
        screen.page.total,
        screen.export_columns(),
        screen.export_rows(),
        screen.export_notes(now),
        people=f"{screen.request.resolver_match.view_name}?tab=export" if screen.shows_people else "",
        filters=screen.filter_words(),
    )


def of_kind(
    kind: str, query: str, fields: Sequence[str], format_: str, *, actor: Actor, now: dt.datetime, today: dt.date
) -> Rows:
    """The records of a kind in the shape that can be imported again, all columns or the chosen ones.

    Raises ``Refused``: ``policy.role``, ``import.kind``, ``export.column``, ``export.filter``.
    """
    if actor.role not in WORKSPACE:
        raise Refused("policy.role", f"身份「{actor.label}」不能导出名单。")
    resource = importing.kinds().get(kind)
    if resource is None:
        raise Refused("import.kind", f"没有「{kind}」这类表格。可用：{'、'.join(importing.kinds())}。")
    columns = resource.columns()
    codes = [column.code for column in columns]
    if unknown := [code for code in fields if code not in codes]:
        raise Refused(
            "export.column", f"「{resource.label}」没有「{'、'.join(unknown)}」这些列。可用：{'、'.join(codes)}。"
        )
    found = filtered(resource, QueryDict(query), actor, today)
    rows: Iterator[Sequence[Any]] = iter(resource.export_rows(found, today))
    if fields:
        places = [codes.index(code) for code in fields]
        columns = [columns[place] for place in places]
        rows = ([row[place] for place in places] for row in rows)
    words = in_words(resource, query)
    notes = [
        f"筛选条件：{words or '无'}",
        f"范围：{actor.scope.label}",
        f"数据截至：{date_text(today)}",
        f"导出人：{actor.username}（{actor.label}）",
        f"导出时间：{datetime_text(now)}",
        "本表可以原样导入。",
    ]
    name = f"{resource.label}-{date_text(today)}.{format_}"
    people = f"export:{kind}" if any(column.personal for column in columns) else ""
    return Rows(
        resource.label, name, "行", found.count(), columns, rows, notes, people=people, filters=mask_text(words)
    )
