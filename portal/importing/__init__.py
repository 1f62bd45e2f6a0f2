"""Spreadsheets in: one engine for every kind (design: import contract).

``register`` is the one way a wing tells the engine about a kind. This module stays free of Django
models, because the reading child process imports it too.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.importing.resources import ImportResource

_resources: dict[str, "type[ImportResource]"] = {}


def register(kind: str, resource_class: "type[Any]") -> None:
    """Declare ``kind`` (a code such as ``associations``); registering it twice is a mistake and raises."""
    if _resources.get(kind, resource_class) is not resource_class:
        raise ValueError(f"import kind {kind!r} is already registered by {_resources[kind].__name__}")
    _resources[kind] = resource_class


def resource_for(kind: str) -> "type[ImportResource]":
    """The resource class of a registered kind; raises ``KeyError`` for an unknown one."""
    return _resources[kind]


def kinds_of(role: str) -> "dict[str, type[ImportResource]]":
    """The kinds that a role brings in."""
    return {code: resource for code, resource in kinds().items() if role in resource.importers}


def kinds() -> "dict[str, type[ImportResource]]":
    """All registered kinds in the order in which a first day loads them."""
    return dict(sorted(_resources.items(), key=lambda item: (item[1].load_order, item[0])))
