"""What wings hang on a page they do not own: tabs, attention items, timeline entries. A registry filled in `apps.py`;
the page of the subject asks it, so the foundation never imports a wing."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.screens.columns import may_see

AttentionProvider = Callable[[Any, Any, dt.date], "list[AttentionItem]"]
TimelineProvider = Callable[[Any, Any, dt.date], "list[TimelineEntry]"]


@dataclass(frozen=True)
class PanelContent:
    """What a panel shows: a template (a fragment, not a page) and what it needs, by name and under `panel`.

    `people` are the keys of the role rows whose personal data it shows; the reading is written down.
    """

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    people: list[int | str] = field(default_factory=list)


@dataclass(frozen=True)
class Panel:
    """A tab of a subject's page. `render(actor, obj, as_of)` gives its content; `roles` empty: all who see the page;
    `applies(actor, obj)` says which objects have it, all without."""

    subject: str
    key: str
    label: str
    order: int
    roles: frozenset[Any]
    render: Callable[[Any, Any, dt.date], PanelContent]
    applies: Callable[[Any, Any], bool] | None = None


@dataclass(frozen=True)
class AttentionItem:
    """Something on this subject a person should look at: words, a tone, a link."""

    text: str
    tone: str = "amber"
    url: str = ""


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened: when, what, by whom; `kind` is the short word it is filtered by."""

    on: dt.date | dt.datetime
    kind: str
    text: str
    by: str = ""
    url: str = ""

    @property
    def day(self) -> dt.date:
        return self.on.date() if isinstance(self.on, dt.datetime) else self.on


@dataclass(frozen=True)
class ListPart:
    """What a wing adds to the list of a subject: filters by name, columns, the annotations that both need, and what can
    be done with the rows that are chosen.

    A filter finds actor and date in its `parent` (the filter set); `annotate(queryset, actor, as_of)` joins nothing.
    """

    subject: str
    order: int
    filters: dict[str, Any] = field(default_factory=dict)
    primary: tuple[str, ...] = ()
    columns: tuple[Any, ...] = ()
    bulk_actions: tuple[Any, ...] = ()
    annotate: Callable[[Any, Any, dt.date], Any] | None = None


_panels: dict[tuple[str, str], Panel] = {}
_list_parts: dict[str, list[ListPart]] = {}
_attention: dict[str, list[AttentionProvider]] = {}
_timeline: dict[str, list[TimelineProvider]] = {}


def register_panel(
    *,
    subject: str,
    key: str,
    label: str,
    order: int,
    render: Callable[[Any, Any, dt.date], PanelContent],
    roles: frozenset[Any] | set[Any] = frozenset(),
    applies: Callable[[Any, Any], bool] | None = None,
) -> None:
    """Add a tab `?tab=key` to the page of `subject` ("associations.Association"). The same key twice replaces it."""
    _panels[(subject, key)] = Panel(subject, key, label, order, frozenset(roles), render, applies)


def attention(subject: str, provide: AttentionProvider) -> None:
    if provide not in _attention.setdefault(subject, []):
        _attention[subject].append(provide)


def timeline(subject: str, provide: TimelineProvider) -> None:
    if provide not in _timeline.setdefault(subject, []):
        _timeline[subject].append(provide)


def register_list_part(part: ListPart) -> None:
    """Add filters and columns to the list of a subject that the wing does not own."""
    parts = _list_parts.setdefault(part.subject, [])
    if part not in parts:
        parts.append(part)
        parts.sort(key=lambda one: one.order)


def list_parts(subject: str) -> list[ListPart]:
    return list(_list_parts.get(subject, []))


def panels_for(subject: str, actor: Any, obj: Any) -> list[Panel]:
    """The tabs of one object that an actor may see, in their order."""
    mine = [one for (owner, _key), one in _panels.items() if owner == subject and may_see(one.roles, actor)]
    mine = [one for one in mine if one.applies is None or one.applies(actor, obj)]
    return sorted(mine, key=lambda one: (one.order, one.key))


def attention_for(subject: str, actor: Any, obj: Any, as_of: dt.date) -> list[AttentionItem]:
    return [item for provide in _attention.get(subject, []) for item in provide(actor, obj, as_of)]


def timeline_for(subject: str, actor: Any, obj: Any, as_of: dt.date) -> list[TimelineEntry]:
    """All entries, latest first; of one day in the order they were provided."""
    entries = [entry for provide in _timeline.get(subject, []) for entry in provide(actor, obj, as_of)]
    return sorted(entries, key=lambda entry: entry.day, reverse=True)


def has_timeline(subject: str) -> bool:
    return bool(_timeline.get(subject))
