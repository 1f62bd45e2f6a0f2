"""A column of a list: where its value comes from and how it is drawn. Drawn in Python, not by a template per cell,
because a list of 200 rows has 2,000 cells."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from portal.screens import values

TONES = ("red", "green", "blue", "amber", "grey")
# What choices say a state means, and the tone it is shown in.
MEANINGS = {"danger": "red", "success": "green", "info": "blue", "warning": "amber", "neutral": "grey"}
KINDS = ("text", "number", "date", "datetime", "rate", "money", "state", "bool", "deadline")
NUMERIC = ("number", "rate", "money")


def tag_html(label: str, tone: str = "grey") -> SafeString:
    """A state as a word in a tone; the word always carries the meaning, the tone only repeats it."""
    tone = MEANINGS.get(tone, tone)
    if tone not in TONES:
        raise ValueError(f"tone must be one of {TONES}, not {tone!r}")
    return format_html('<span class="tag tag-{}">{}</span>', tone, label)


def missing_html(value: values.Missing | None) -> SafeString:
    if value is None:
        return mark_safe(f'<span class="missing">{values.DASH}</span>')  # noqa: S308 (a constant)
    return format_html('<span class="missing">{}</span>', value.label)


def value_html(value: Any, kind: str = "text", tone: str = "") -> SafeString:
    """One value as HTML, escaped."""
    if value is None or value == "" or isinstance(value, values.Missing):
        return missing_html(None if value == "" else value)
    if kind == "number":
        text: str = values.number_text(value)
    elif kind == "rate":
        text = values.rate_text(value)
    elif kind == "money":
        text = values.money_text(value)
    elif kind == "date":
        shown = values.date_text(value)
        return format_html('<time datetime="{}">{}</time>', shown, shown)
    elif kind == "datetime":
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), values.datetime_text(value))
    elif kind == "deadline":
        due_on, today, *marks = value if isinstance(value, tuple) else (value, values.timezone.localdate())
        words, tone = values.deadline_text(due_on, today)
        return tag_html("".join((words, *marks)), tone)
    elif kind == "state":
        return tag_html(str(getattr(value, "label", value)), tone or getattr(value, "tone", "grey"))
    elif kind == "bool":
        text = "是" if value else "否"
    else:
        return conditional_escape(getattr(value, "label", value))
    return conditional_escape(text)


@dataclass(frozen=True)
class Column:
    """One column. `value` is an attribute path or a callable of the row; default: the attribute named `code`.

    `sort`: the field (or fields, comma separated) it sorts by; only declared columns sort. `tone`: a tone or a callable
    of the row, for kind "state". `card` places it on the phone's card: "title", "tag", "row" or "hide". `link`: a
    callable of the row giving a URL or None. `export`: False keeps a column out of exports.
    """

    code: str
    label: str
    value: str | Callable[[Any], Any] | None = None
    kind: str = "text"
    link: Callable[[Any], str | None] | None = None
    sort: str | None = None
    align: str = ""
    tone: str | Callable[[Any], str] = ""
    card: str = "row"
    css: str = ""
    export: bool = True

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.code}: kind must be one of {KINDS}, not {self.kind!r}")

    def raw(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        found = row
        for part in (self.value or self.code).split("."):
            found = getattr(found, part)
            if found is None:
                return None
        return found

    def plain(self, row: Any) -> Any:
        """The value as an export writes it."""
        found = self.raw(row)
        if self.kind == "deadline" and isinstance(found, tuple):
            found = found[0]
        return values.plain_value(found)

    def html(self, row: Any) -> SafeString:
        tone = self.tone(row) if callable(self.tone) else self.tone
        shown = value_html(self.raw(row), self.kind, tone)
        url = self.link(row) if self.link else None
        return format_html('<a href="{}">{}</a>', url, shown) if url else shown

    @property
    def css_class(self) -> str:
        align = self.align or ("end" if self.kind in NUMERIC else "")
        parts = [f"card-{self.card}", "num" if align == "end" else "", "centre" if align == "center" else "", self.css]
        return " ".join(part for part in parts if part)

    def sort_fields(self, *, descending: bool) -> list[str]:
        names = [name.strip() for name in (self.sort or "").split(",") if name.strip()]
        return [f"-{name}" if descending else name for name in names]


@dataclass(frozen=True)
class Row:
    """One drawn row: `html` is its `<td>`s."""

    pk: Any
    name: str
    html: SafeString


@dataclass(frozen=True)
class Heading:
    """A column head with its sort link: `direction` is "", "ascending" or "descending"."""

    label: str
    css_class: str
    url: str = ""
    direction: str = ""


@dataclass(frozen=True)
class Fact:
    """One line of a definition list on a detail page."""

    label: str
    html: SafeString
    source: str = ""


def fact(label: str, value: Any, kind: str = "text", *, tone: str = "", source: str = "", url: str = "") -> Fact:
    shown = value_html(value, kind, tone)
    return Fact(label, format_html('<a href="{}">{}</a>', url, shown) if url else shown, source)


def known(*facts: Fact) -> list[Fact]:
    """Those facts that say something: for facts that most objects never get, such as an end."""
    return [one for one in facts if one.html != missing_html(None)]


@dataclass(frozen=True)
class Tag:
    label: str
    tone: str = "grey"


@dataclass(frozen=True)
class TextTable:
    """A small table declared by a page: headings and drawn rows (see `table`)."""

    caption: str
    headings: Sequence[Heading]
    rows: Sequence[Row]
    empty: str = "没有记录。"


def table(caption: str, columns: Sequence[Column], rows: Sequence[Any], *, empty: str = "没有记录。") -> TextTable:
    """A table of a detail page from the same columns a list uses; not sorted, not paged."""
    return TextTable(
        caption,
        [Heading(column.label, column.css_class) for column in columns],
        draw_rows(columns, rows),
        empty,
    )


def serial(value: str | None = None) -> Column:
    """The number that a row has in its own list: narrow on a desk, left to the order on a phone."""
    return Column("number", "序号", value=value, kind="number", card="hide", css="serial")


def filled(columns: Sequence[Column], rows: Sequence[Any]) -> list[Column]:
    """The columns in which at least one row says something; an empty column tells nobody anything."""
    return [one for one in columns if one.link is not None or any(one.raw(row) not in (None, "") for row in rows)]


def draw_rows(columns: Sequence[Column], rows: Sequence[Any]) -> list[Row]:
    starts = [
        format_html('<td role="cell" class="{}" data-label="{}">', column.css_class, column.label) for column in columns
    ]
    drawn = []
    for row in rows:
        cells = [f"{start}{column.html(row)}</td>" for start, column in zip(starts, columns, strict=True)]
        drawn.append(Row(getattr(row, "pk", None), str(row), mark_safe("".join(cells))))  # noqa: S308 (each part is)
    return drawn


@dataclass(frozen=True)
class Empty:
    """Why there is nothing, and the next step."""

    text: str
    action_label: str = ""
    url_name: str = ""
    roles: frozenset[Any] | set[Any] = field(default_factory=frozenset)


@dataclass(frozen=True)
class PageAction:
    """A button in the page's head, shown to `roles` (empty: everybody who sees the page); its URL takes the page's own
    arguments."""

    label: str
    url_name: str
    roles: frozenset[Any] | set[Any] = field(default_factory=frozenset)
    primary: bool = True
    query: str = ""
    icon: str = ""


@dataclass(frozen=True)
class BulkAction:
    """A button under a list that posts the chosen rows (`pk`, repeated; or `all=1` with the list's query); its URL
    takes the page's own arguments."""

    code: str
    label: str
    url_name: str
    roles: frozenset[Any] | set[Any] = field(default_factory=frozenset)


def may_see(roles: frozenset[Any] | set[Any], actor: Any) -> bool:
    return not roles or (actor is not None and actor.role in roles)


def today_or(value: dt.date | None) -> dt.date:
    return value or values.timezone.localdate()
