"""Which source may overwrite which: the rank of every source is dated data, a field may have an order of its own.

A record remembers in ``sources`` where a field came from (``*``: all fields not named); what is not there was entered
by hand. An import never lets a lower source replace what a higher one said, unless a person decides so.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from portal.access.actor import Actor
from portal.access.roles import Role
from portal.importing import precisions
from portal.importing.enums import DataSource
from portal.regulations.rules import ConfigurationError
from portal.regulations.selectors import values_under

ALL = "*"
FIELD = "sources"
PARAMETER = "import.source_order"
OF_ROLE = {
    Role.REGISTRAR: DataSource.REGISTRAR,
    Role.PARTY_COMMITTEE: DataSource.COMMITTEE,
    Role.REGIONAL_OFFICE: DataSource.CITY,
}


def default_source(actor: Actor) -> DataSource:
    """What an upload of this actor is taken for when nobody says."""
    return OF_ROLE.get(Role(actor.role), DataSource.HAND)


def source_of(sources: Mapping[str, str], name: str) -> str:
    return sources.get(name) or sources.get(ALL) or DataSource.HAND.value


def named(sources: Mapping[str, str] | None, names: Iterable[str], source: str) -> dict[str, str]:
    """The sources of a record after ``names`` were written from ``source``; those that say nothing new are left out."""
    before = dict(sources or {})
    rest = before.get(ALL, DataSource.HAND.value)
    kept = {name: known for name, known in before.items() if name not in set(names)}
    return kept | (dict.fromkeys(names, source) if source != rest else {})


def by_hand(record: Any, changed: Iterable[str]) -> dict[str, Any]:
    """What else changes when a person changes fields of ``record`` on a page: those fields come from hand now."""
    fields = [record._meta.get_field(name).attname for name in changed]
    sources = named(record.sources, fields, DataSource.HAND.value)
    return ({FIELD: sources} if sources != record.sources else {}) | precisions.by_hand(record, set(fields))


class Ranks:
    """The order of sources for one kind on one day; the first is the highest. Read when two sources first disagree."""

    def __init__(self, kind: str, on: dt.date) -> None:
        self._kind = kind
        self._on = on

    @cached_property
    def _orders(self) -> dict[str, list[str]]:
        found = values_under(PARAMETER, on=self._on)
        if PARAMETER not in found:
            raise ConfigurationError(
                f"规则参数 {PARAMETER} 在{self._on.isoformat()}没有取值，无法比较数据来源。",
                "请由系统管理员运行 load_reference，或录入该参数及其依据后再试。",
            )
        return {code: str(text).split("/") for code, text in found.items()}

    def is_higher(self, name: str, present: str, coming: str) -> bool:
        """Whether ``present`` outranks ``coming`` for a field; a source without a rank is the lowest."""
        if present == coming:
            return False
        order = self._orders.get(f"{PARAMETER}.{self._kind}.{name}", self._orders[PARAMETER])
        places = {source: place for place, source in enumerate(order)}
        return places.get(present, len(order)) < places.get(coming, len(order))
