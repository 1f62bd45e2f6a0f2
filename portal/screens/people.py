"""Pages of personal or inner-Party data: each reading leaves one access event, and no copy is kept on the way."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from portal.audit.services import record_access

NO_STORE = "private, no-store"


def never_kept(response: HttpResponse) -> HttpResponse:
    """Neither the browser nor anything between keeps the page."""
    response["Cache-Control"] = NO_STORE
    return response


class ShowsPeople:
    """For a screen: `show_people` writes down whose data the page shows, with the keys of their role rows."""

    request: Any
    actor: Any
    has_shown_people = False

    def show_people(self, keys: Sequence[int | str], *, tab: str = "", filters: str = "") -> None:
        view = self.request.resolver_match.view_name
        record_access(
            f"{view}?tab={tab}" if tab else view,
            actor=self.actor,
            object_ids=list(keys),
            filters=filters,
            now=timezone.now(),
        )
        self.has_shown_people = True
