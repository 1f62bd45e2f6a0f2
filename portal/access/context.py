"""What every template knows about who acts."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from portal.access.requests import request_facts


def access(request: HttpRequest) -> dict[str, Any]:
    """`actor` (or none), the request's reference number, and whether this is a demonstration."""
    facts = request_facts.get()
    return {
        "actor": getattr(request, "actor", None),
        "reference": facts.request_id if facts else "",
        "is_demonstration": settings.PORTAL_MODE == "demonstration",
    }
