"""The acting person: one user in one role on one scope node, for the length of a request, a job or a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.conf import settings
from django.utils.module_loading import import_string

ScopeKind = Literal["province", "region", "department", "association", "organization", "installation"]


@dataclass(frozen=True)
class Scope:
    """The node that a membership reaches from.

    `pk` is the node's key (none for the province and the installation); `path` is the region's tree path, for a region
    and for a department that answers for one; `level` is a registrar's registration level; `association_pks` are the
    associations of a filer, a signer or a branch secretary; `department_pks` are the bodies of a department's scope, a
    committee's with those below it.
    """

    kind: ScopeKind
    pk: int | None
    label: str
    path: str = ""
    level: str = ""
    association_pks: tuple[int, ...] = ()
    department_pks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Actor:
    """`user_id` and `membership_id` are what history keeps; `label` is how a person reads it."""

    user_id: int
    username: str
    membership_id: int
    role: str
    scope: Scope
    label: str


_current: ContextVar[Actor | None] = ContextVar("portal_actor", default=None)


def current_actor() -> Actor | None:
    """The actor in force, or none outside requests, jobs and `--as` commands."""
    return _current.get()


@contextmanager
def acting_as(actor: Actor | None) -> Iterator[None]:
    """Act as `actor` inside the block; while it is set, unscoped querysets are refused."""
    token = _current.set(actor)
    try:
        yield
    finally:
        _current.reset(token)


def load_actor(user: Any, membership_id: int | None, on: date) -> Actor | None:
    """The actor of `user`'s membership on a day, through the loader named in the settings; none if there is none."""
    return import_string(settings.PORTAL_ACTOR_LOADER)(user, membership_id, on)
