"""Opening and closing memberships, and the loader that the access layer calls."""

from datetime import date
from typing import Any

from portal.access.actor import Actor
from portal.memberships.selectors import actor_of, current_memberships


def load_actor(user: Any, membership_id: int | None, on: date) -> Actor | None:
    """The actor of `user` on a day: the chosen membership while it holds, else the oldest one, else none."""
    memberships = current_memberships(user.pk, on)
    chosen = next((one for one in memberships if one.pk == membership_id), None)
    if chosen is None and memberships:
        chosen = memberships[0]
    return actor_of(chosen) if chosen else None
