"""The choice of memberships in the top bar."""

from django.http import HttpRequest
from django.urls import reverse

from portal.access.actor import Actor
from portal.screens.navigation import Switcher, SwitchOption


def switcher(request: HttpRequest) -> Switcher | None:
    """The memberships of the signed-in user; the one in use is marked."""
    if not request.user.is_authenticated:
        return None
    actor: Actor | None = getattr(request, "actor", None)
    options = [
        SwitchOption(str(one.pk), str(one), current=actor is not None and one.pk == actor.membership_id)
        for one in request.user.memberships_today  # type: ignore[attr-defined]  # read when the actor was loaded
    ]
    return Switcher(reverse("memberships:switch"), "membership", options)
