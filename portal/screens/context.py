"""What the frame of every page knows: who is acting, for which scope, where they can go. Database work happens only
when the template asks for it, and never on an error page."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from portal.access.roles import FILING, Role
from portal.screens import navigation

SYSTEM_NAME = "社会组织党建与监督管理门户"


class Shell:
    """The frame of a page for one request."""

    system_name = SYSTEM_NAME

    def __init__(self, request: HttpRequest | None) -> None:
        self.request = request
        self.actor = getattr(request, "actor", None)

    @property
    def kind(self) -> str:
        """Filing for the people of an association, workspace for staff, plain before sign-in."""
        if self.actor is None:
            return "plain"
        return "filing" if self.actor.role in FILING else "workspace"

    @property
    def is_signed_in(self) -> bool:
        return self.actor is not None or bool(getattr(getattr(self.request, "user", None), "is_authenticated", False))

    @property
    def username(self) -> str:
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            return ""
        return getattr(user, "display_name", "") or user.get_username()

    @property
    def role_label(self) -> str:
        return Role(self.actor.role).label if self.actor is not None else ""

    @property
    def scope_label(self) -> str:
        return self.actor.scope.label if self.actor is not None else ""

    @cached_property
    def entries(self) -> list[navigation.ShownEntry]:
        role = self.actor.role if self.actor is not None else None
        return navigation.entries_for(role, self.request.path if self.request is not None else "/")

    @cached_property
    def section(self) -> navigation.ShownEntry | None:
        """The current entry, where it has a row of pages below the bar."""
        return next((entry for entry in self.entries if entry.is_current and entry.parts), None)

    @cached_property
    def personal_entries(self) -> list[navigation.ShownEntry]:
        return navigation.personal_entries(self.actor.role if self.actor is not None else None)

    @cached_property
    def search(self) -> navigation.Search | None:
        return navigation.search_for(self.actor.role if self.actor is not None else None)

    @cached_property
    def switcher(self) -> navigation.Switcher | None:
        return navigation.switcher_for(self.request) if self.request is not None and self.is_signed_in else None

    @cached_property
    def bell(self) -> navigation.Bell | None:
        return navigation.bell_for(self.request) if self.request is not None and self.actor is not None else None

    @property
    def is_demonstration(self) -> bool:
        return getattr(settings, "PORTAL_MODE", "") == "demonstration"

    @property
    def path(self) -> str:
        return self.request.get_full_path() if self.request is not None else "/"

    @property
    def search_text(self) -> str:
        return self.request.GET.get("q", "")[:100] if self.request is not None else ""

    @property
    def printed_at(self) -> Any:
        return timezone.now()

    @property
    def logout_url(self) -> str:
        return navigation.url_or_empty("accounts:logout")

    @property
    def account_url(self) -> str:
        return navigation.url_or_empty("accounts:password")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` in every template."""
    return {"shell": Shell(request)}
