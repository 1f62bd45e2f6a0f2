"""The top bar: entries by role, the row of pages below an entry, search, role switch, unread count.

Rooms and wings register theirs in `apps.py`. A page that belongs to a subject with several lists is no further entry of
the bar: it names that subject (`under`), and stands in the row that every page of the subject shows below the bar.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

MAX_ENTRIES = 8


@dataclass(frozen=True)
class NavEntry:
    """An entry of the top bar for some roles. `prefix`: the path below which it counts as the current one (default: its
    own URL), `also`: further ones. `order`: smaller stands further left. `is_personal`: it stands in the menu under the
    person's name. `section`: the name of the row below the bar that begins with this entry (called `own_label` there);
    `under`: the section in whose row this entry stands instead of in the bar."""

    label: str
    url_name: str
    roles: frozenset[Any] | set[Any]
    order: int = 100
    prefix: str = ""
    also: tuple[str, ...] = ()
    is_personal: bool = False
    section: str = ""
    own_label: str = ""
    under: str = ""


@dataclass(frozen=True)
class Search:
    """The search box: a GET of the list's `?q=`."""

    url_name: str
    label: str
    placeholder: str
    roles: frozenset[Any] | set[Any]


@dataclass(frozen=True)
class SwitchOption:
    value: str
    label: str
    current: bool = False


@dataclass(frozen=True)
class Switcher:
    """The memberships a user may act through; changed by POST of `field_name` to `url`."""

    url: str
    field_name: str
    options: list[SwitchOption] = field(default_factory=list)


@dataclass(frozen=True)
class Bell:
    """The count of open things on this person's desk, and where they are."""

    url: str
    label: str
    count: int


@dataclass(frozen=True)
class ShownEntry:
    """`parts`: the row below the bar; empty where the entry has no page besides its own."""

    label: str
    url: str
    is_current: bool
    parts: tuple["ShownEntry", ...] = ()


_entries: list[NavEntry] = []
_searches: list[Search] = []
_switcher: Callable[[HttpRequest], Switcher | None] | None = None
_bell: Callable[[HttpRequest], Bell | None] | None = None


def register(entry: NavEntry) -> None:
    if entry not in _entries:
        _entries.append(entry)
        _entries.sort(key=lambda one: (one.order, one.label))


def register_search(search: Search) -> None:
    if search not in _searches:
        _searches.append(search)


def register_switcher(build: Callable[[HttpRequest], Switcher | None]) -> None:
    """The roof tells how a user changes role; one provider only."""
    global _switcher
    if _switcher is not None and _switcher is not build:
        raise ImproperlyConfigured("two role switchers are registered")
    _switcher = build


def register_bell(build: Callable[[HttpRequest], Bell | None]) -> None:
    """The notices room tells how many tasks are open; one provider only."""
    global _bell
    if _bell is not None and _bell is not build:
        raise ImproperlyConfigured("two bells are registered")
    _bell = build


def registered_entries() -> Iterable[NavEntry]:
    return tuple(_entries)


def entries_for(role: str | None, path: str) -> list[ShownEntry]:
    """The entries of a role with their rows. The page with the longest matching prefix is the current one, and so is
    the entry in whose row it stands."""
    mine = [entry for entry in _entries if not entry.is_personal and role is not None and role in entry.roles]
    bar = [entry for entry in mine if not entry.under]
    rows = {entry: [entry, *(one for one in mine if one.under and one.under == entry.section)] for entry in bar}
    here = _current((one for row in rows.values() for one in row), path)
    return [
        ShownEntry(
            entry.label,
            reverse(entry.url_name),
            here in row,
            tuple(_shown_part(one, entry, here) for one in row) if len(row) > 1 else (),
        )
        for entry, row in rows.items()
    ]


def mistakes(roles: Iterable[Any]) -> list[str]:
    """What is wrong with the registered entries; asked at start."""
    sections = {entry.section for entry in _entries if entry.section}
    found = [f"{one.label}: no section {one.under!r}" for one in _entries if one.under and one.under not in sections]
    for role in roles:
        bar = [one.label for one in _entries if role in one.roles and not one.is_personal and not one.under]
        if len(bar) > MAX_ENTRIES:
            found.append(f"the bar of {role} holds {MAX_ENTRIES} entries: {'、'.join(bar)}")
    return found


def _current(entries: Iterable[NavEntry], path: str) -> NavEntry | None:
    """The entry whose page is open: the longest prefix wins, the first of equals."""
    best, length = None, 0
    for entry in entries:
        for prefix in (entry.prefix or reverse(entry.url_name), *entry.also):
            if len(prefix) > length and (path == prefix if prefix == "/" else path.startswith(prefix)):
                best, length = entry, len(prefix)
    return best


def _shown_part(one: NavEntry, head: NavEntry, here: NavEntry | None) -> ShownEntry:
    label = (one.own_label or one.label) if one is head else one.label
    return ShownEntry(label, reverse(one.url_name), one is here)


def personal_entries(role: str | None) -> list[ShownEntry]:
    """What stands in the menu under the person's name, besides password and signing out."""
    mine = [entry for entry in _entries if entry.is_personal and role is not None and role in entry.roles]
    return [ShownEntry(entry.label, reverse(entry.url_name), False) for entry in mine]


def search_for(role: str | None) -> Search | None:
    return next((one for one in _searches if role is not None and role in one.roles), None)


def switcher_for(request: HttpRequest) -> Switcher | None:
    return _switcher(request) if _switcher else None


def bell_for(request: HttpRequest) -> Bell | None:
    return _bell(request) if _bell else None


def url_or_empty(name: str, *args: Any) -> str:
    """The URL of a page of another room, or "" where that room is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
