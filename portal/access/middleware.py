"""The gate of every request: who acts, whether the view lets them, and how a refusal is answered and remembered."""

import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from portal.access.actor import Actor, acting_as, load_actor
from portal.access.decisions import Conflict, Refused
from portal.access.kept import keep_text
from portal.access.policy import Policy, keeps_text, policy_of
from portal.access.requests import RequestFacts, client_address, request_facts, was_cut_off
from portal.audit.services import record_refusal
from portal.screens.errors import render_error

Handler = Callable[[HttpRequest], HttpResponse]
logger = logging.getLogger("portal.requests")
SAFE_METHODS = frozenset({"GET", "HEAD"})
MEMBERSHIP_KEY = "membership_id"


class RequestMiddleware:
    """Gives each request its instant, a number and an address, for deadlines, history, logs and error pages."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        facts = RequestFacts(
            request_id=secrets.token_hex(6).upper(),
            address=client_address(
                request.META.get("REMOTE_ADDR", ""),
                request.META.get("HTTP_X_FORWARDED_FOR", ""),
                settings.PORTAL_TRUSTED_PROXIES,
            ),
            method=request.method or "",
            path=request.path,
        )
        # Before a byte of the body is read: who pressed in time is in time, however long the photographs take.
        request.received_at = timezone.now()  # type: ignore[attr-defined]
        started = time.perf_counter()
        token = request_facts.set(facts)
        try:
            response = self.get_response(request)
            milliseconds = round((time.perf_counter() - started) * 1000)
            logger.info("%s in %s ms", response.status_code, milliseconds)
        finally:
            request_facts.reset(token)
        response["X-Request-ID"] = facts.request_id
        return response


class ActorMiddleware:
    """Loads the actor, refuses what the view's policy does not allow, answers `Refused` and `Conflict`."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = self._actor(request)
        request.actor = actor  # type: ignore[attr-defined]
        with acting_as(actor):
            return self.get_response(request)

    def _actor(self, request: HttpRequest) -> Actor | None:
        if not request.user.is_authenticated:
            return None
        return load_actor(request.user, request.session.get(MEMBERSHIP_KEY), timezone.localdate())

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        policy = policy_of(view)
        if policy is None:
            return self._refuse(request, "policy.undeclared", "这个页面没有登记访问规则，系统按不可访问处理。")
        if not policy.accepts(request.method or ""):
            response = render_error(
                request,
                405,
                title="不支持这种操作方式",
                cause=f"本页不接受 {request.method} 请求。",
                remedy="请返回上一页，使用页面上的按钮操作。",
            )
            response["Allow"] = ", ".join(sorted(policy.methods))
            return response
        if was_cut_off(request):
            cause = "网络中断，页面内容没有传完，本次操作没有进行。"
            record_refusal(request, "request.cut_off", cause, now=timezone.now())
            return render_error(
                request, 400, title="没有收全", cause=cause, remedy="请返回上一页，确认网络后重新提交或重新选择文件。"
            )
        if policy.is_public:
            return None
        return self._check(request, policy, keeps_text=keeps_text(view))

    def _check(self, request: HttpRequest, policy: Policy, *, keeps_text: bool) -> HttpResponse | None:
        if not request.user.is_authenticated:
            if keeps_text and request.method == "POST":
                return self._kept(request)
            if request.htmx:  # type: ignore[attr-defined]
                response = HttpResponse(status=401)
                response["HX-Refresh"] = "true"
                return response
            return redirect_to_login(request.get_full_path() if request.method in SAFE_METHODS else "/")
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        if actor is None:
            if not policy.needs_membership:
                return None
            return self._refuse(
                request,
                "membership.none",
                "您的账号目前没有有效的任职身份。请联系本单位的门户联系人，由其为您登记身份。",
            )
        if actor.role not in policy.roles:
            return self._refuse(request, "policy.role", f"您当前的身份是「{actor.label}」，无权使用这个页面。")
        return None

    def _kept(self, request: HttpRequest) -> HttpResponse:
        """A page with a person's typing was sent too late: the text waits on the server for the next sign-in."""
        is_kept = keep_text(request)
        to_sign_in = redirect_to_login(request.path)
        if is_kept:
            messages.warning(request, "登录已过期，您填写的内容已保存在服务器。请重新登录，登录后继续填写。")
        if request.headers.get("X-Requested-With") == "fetch":
            return JsonResponse({"sign_in": to_sign_in["Location"], "is_kept": is_kept}, status=401)
        return to_sign_in

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return self._refuse(request, exception.code, exception.reason)
        if isinstance(exception, Conflict):
            record_refusal(request, "conflict", exception.reason, now=timezone.now())
            return render_error(
                request,
                409,
                title="这条记录已被他人修改",
                cause=exception.reason,
                remedy="请核对下面两个版本，回到页面重新打开后再修改。您填写的内容列在下面，可以复制。",
                detail={"ours": exception.ours, "theirs": exception.theirs},
            )
        return None

    def _refuse(self, request: HttpRequest, code: str, reason: str) -> HttpResponse:
        record_refusal(request, code, reason, now=timezone.now())
        return render_error(
            request,
            403,
            title="不能进行这项操作",
            cause=reason,
            remedy="如果您认为应当可以操作，请切换身份，或联系社会工作部核实权限。",
        )
