"""System checks that keep the house rules true before the server starts."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver

from portal import gates
from portal.access.policy import policy_of
from portal.access.roles import Role
from portal.screens import navigation


def walk_patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield (route, pattern) of the whole URLconf, included ones too."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk_patterns(entry, route)
        else:
            yield route, entry


def check_policies(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """`portal.E001`: every view names its `Policy`; one without would be refused at run time."""
    return [
        Error(f"The view of '/{route}' names no Policy.", hint="Give the view a `policy` attribute.", id="portal.E001")
        for route, pattern in walk_patterns()
        if policy_of(pattern.callback) is None
    ]


def check_gates(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """`portal.E002`: a gate has every provider that whoever asks at it expects."""
    return [
        Error(f"Gate '{gate}' lacks its provider '{name}'.", hint="Provide it in the wing's apps.py.", id="portal.E002")
        for gate, name in gates.lacking()
    ]


def check_navigation(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """`portal.E003`: every entry has its place, and no role has more of them than the bar holds."""
    return [
        Error(text, hint="Name a section of portal.screens.navigation in `under`.", id="portal.E003")
        for text in navigation.mistakes(Role)
    ]
