"""Acting through another of one's own memberships."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from portal.access.middleware import MEMBERSHIP_KEY
from portal.access.policy import Policy
from portal.memberships import services
from portal.screens.screen import Screen


class SwitchMembership(Screen):
    """POST only; leads to the home page, because the page before may lie outside the new scope."""

    policy = Policy.signed_in({"POST"})
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        posted = request.POST.get("membership", "")
        pk = int(posted) if posted.isdecimal() and len(posted) < 19 else 0
        chosen = services.choose_membership(request.user, pk, actor=self.actor, now=timezone.now())  # type: ignore[arg-type]
        request.session.cycle_key()
        request.session[MEMBERSHIP_KEY] = chosen.pk
        messages.success(request, f"已切换身份：{chosen}。")
        return HttpResponseRedirect("/")
