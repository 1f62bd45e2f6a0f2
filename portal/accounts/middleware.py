"""Sessions end after half an hour without work, and after twelve hours in any case."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from portal.access.policy import policy_of

SIGNED_IN_KEY = "signed_in_at"
SEEN_KEY = "seen_at"
# One session write a minute is enough to measure half an hour.
SEEN_STEP = timedelta(minutes=1)


class SessionLimitMiddleware:
    """Signs out a session that is too old or was idle for too long; the sign-in page says which."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._limit(request, timezone.now())
        return self.get_response(request)

    def _limit(self, request: HttpRequest, now: datetime) -> None:
        signed_in_at = self._instant(request, SIGNED_IN_KEY)
        seen_at = self._instant(request, SEEN_KEY)
        if signed_in_at is None or seen_at is None:
            request.session[SIGNED_IN_KEY] = request.session[SEEN_KEY] = now.isoformat()
            return
        if now - signed_in_at > settings.SESSION_ABSOLUTE_LIMIT:
            logout(request)
            messages.warning(request, "本次登录已满 12 小时，请重新登录。")
        elif now - seen_at > settings.SESSION_IDLE_LIMIT:
            logout(request)
            messages.warning(request, "您已超过 30 分钟没有操作，请重新登录。")
        elif now - seen_at > SEEN_STEP:
            request.session[SEEN_KEY] = now.isoformat()

    def _instant(self, request: HttpRequest, key: str) -> datetime | None:
        kept = request.session.get(key)
        return datetime.fromisoformat(kept) if kept else None


class PasswordDueMiddleware:
    """An account whose password was set by somebody else opens nothing before the person has set an own one."""

    OPEN = ("accounts:password", "accounts:logout")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.user.is_authenticated or not request.user.must_change_password:
            return None
        if policy_of(view) is None or policy_of(view).is_public:  # type: ignore[union-attr]
            return None
        if request.resolver_match and request.resolver_match.view_name in self.OPEN:
            return None
        url = reverse("accounts:password")
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        messages.warning(request, "这是首次登录或密码已被重置，请先设置新密码。")
        return HttpResponseRedirect(url)
