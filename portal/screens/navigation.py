"""The top bar: entries by role, search, role switch, unread count. Rooms and wings register theirs in `apps.py`."""

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
    person's name."""

    label: str
    url_name: str
    roles: frozenset[Any] | set[Any]
    order: int = 100
    prefix: str = ""
    also: tuple[str, ...] = ()
    is_personal: bool = False


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
    label: str
    url: str
    is_current: bool


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
    """The entries of a role, the one with the longest matching prefix marked as current."""
    mine = [entry for entry in _entries if not entry.is_personal and role is not None and role in entry.roles]
    mine = mine[:MAX_ENTRIES]
    urls = [reverse(entry.url_name) for entry in mine]
    prefixes = [(entry.prefix or url, *entry.also) for entry, url in zip(mine, urls, strict=True)]
    matching = [one for ones in prefixes for one in ones if (path == one if one == "/" else path.startswith(one))]
    current = max(matching, key=len, default=None)
    return [
        ShownEntry(entry.label, url, current in ones) for entry, url, ones in zip(mine, urls, prefixes, strict=True)
    ]


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
