"""The first page after signing in: what waits for the person, by role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.access.policy import Policy, policy


@policy(Policy.signed_in())
def home(request: HttpRequest) -> HttpResponse:
    """Work first, then warnings, progress and what was seen last."""
    return render(request, "home/home.html")
