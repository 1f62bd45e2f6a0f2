"""Forgotten passwords: the public pages of the person, and the office's list and decision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.accounts.forms import NewPasswordForm, UsernameForm
from portal.memberships import resets
from portal.memberships.enums import RESET_TONES, ResetState
from portal.memberships.forms import ConfirmForm, ReasonForm
from portal.memberships.models import MANAGERS, ResetRequest
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen
from portal.screens.values import datetime_text

SESSION_KEY = "reset"


class AskReset(Screen):
    """Public: which account. The answer is the same whether it exists or not."""

    policy = Policy.public({"GET", "POST"})
    title = "忘记密码"
    template_name = "memberships/reset_ask.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render(form=UsernameForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = UsernameForm(request.POST)
        if not form.is_valid():
            return self.render(form=form, has_errors=True, status=422)
        asked = resets.ask(form.cleaned_data["username"], now=timezone.now())
        request.session[SESSION_KEY] = {
            "secret": asked.secret,
            "number": asked.number,
            "valid_until": asked.valid_until.isoformat(),
        }
        return HttpResponseRedirect(reverse("memberships:reset_mine"))


class MyReset(Screen):
    """Public: the page of the browser that asked. It shows the number to read out, later the form for the password."""

    policy = Policy.public({"GET", "POST"})
    title = "重置密码"
    template_name = "memberships/reset_mine.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if SESSION_KEY not in request.session:
            return HttpResponseRedirect(reverse("memberships:reset_ask"))
        return self.render(form=NewPasswordForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.found
        if found is None or found.state != ResetState.APPROVED:
            return HttpResponseRedirect(reverse("memberships:reset_ask"))
        form = NewPasswordForm(request.POST)
        form.user = found.account
        if not form.is_valid():
            return self.render(form=form, has_errors=True, status=422)
        resets.use(found, password=form.cleaned_data["new_password1"], now=timezone.now())
        del request.session[SESSION_KEY]
        messages.success(request, "新密码已设好，请用用户名和新密码登录。")
        return HttpResponseRedirect(reverse("accounts:login"))

    @property
    def found(self) -> ResetRequest | None:
        return resets.request_of(self.request.session.get(SESSION_KEY, {}).get("secret", ""))

    def context(self) -> dict[str, Any]:
        kept, found = self.request.session[SESSION_KEY], self.found
        now = timezone.now()
        is_over = now.isoformat() > kept["valid_until"] if found is None else now > found.valid_until
        state = found.state if found else ResetState.WAITING
        return {
            "number": kept["number"],
            "valid_until": datetime.fromisoformat(kept["valid_until"]),
            "is_over": is_over or state == ResetState.USED,
            "is_refused": state == ResetState.REFUSED,
            "is_approved": state == ResetState.APPROVED and not is_over,
        }


class ResetList(ListScreen):
    """Requests of the accounts that the office looks after, the open ones first."""

    policy = Policy(MANAGERS)
    title = "密码重置申请"
    unit = "项"
    model = ResetRequest
    default_order = ("-asked_at", "-pk")
    exports = ()
    columns = (
        Column(
            "account",
            "账号",
            value="account.display_name",
            link=lambda row: reverse("memberships:reset_confirm", args=[row.pk]),
            card="title",
        ),
        Column("username", "用户名", value="account.username"),
        Column("asked_at", "申请时间", kind="datetime", sort="asked_at"),
        Column(
            "state",
            "状态",
            value=lambda row: ResetState(row.state),
            kind="state",
            tone=lambda row: RESET_TONES[ResetState(row.state)],
            card="tag",
        ),
        Column("decided_by_label", "核实人"),
        Column("number_called", "回拨号码"),
        Column("answered_by_name", "接电话人"),
    )
    empty = Empty("没有密码重置申请。本人在登录页点“忘记密码”后，申请会出现在这里。")
    intro = "先回拨存档的联系电话，确认是本人后再核实。新密码只在申请人自己的页面上设置，本单位看不到。"

    def get_queryset(self, actor: Actor) -> QuerySet[ResetRequest]:
        return super().get_queryset(actor).select_related("account")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("账号", reverse("memberships:accounts"))]


class ResetDecision(ActionScreen):
    """What confirming and declining share."""

    policy = Policy(MANAGERS, {"GET", "POST"})
    model = ResetRequest
    pk_kwarg = "reset_request_pk"

    def get_queryset(self, actor: Actor) -> QuerySet[ResetRequest]:
        return super().get_queryset(actor).select_related("account")

    def crumbs(self) -> list[Crumb]:
        return [
            Crumb("账号", reverse("memberships:accounts")),
            Crumb("密码重置申请", reverse("memberships:resets")),
        ]

    def success_url(self, result: Any) -> str:
        return reverse("memberships:resets")


class ConfirmReset(ResetDecision):
    title = "回电核实"
    submit_label = "核实无误，准许本人设新密码"
    form_class = ConfirmForm
    template_name = "memberships/reset_confirm.html"

    def decision(self) -> Decision:
        return resets.may(self.object, self.actor, timezone.now())

    def consequences(self) -> Sequence[str]:
        request: ResetRequest = self.object
        labels = "、".join(resets.held_labels(request, timezone.now())) or "没有现任身份"
        return [
            f"账号：{request.account.display_name}（{request.account.username}），现任：{labels}。",
            f"申请于 {datetime_text(request.asked_at)}，{datetime_text(request.valid_until)} 前有效。",
            "核实后，申请人在自己的页面上设置新密码；密码和任何代码都不经过您。",
            "回拨号码（首尾几位）、接电话人、核实人和时间记入操作日志。",
        ]

    def context(self) -> dict[str, Any]:
        return {"decline_url": reverse("memberships:reset_decline", args=[self.object.pk])}

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return resets.confirm(
            self.object,
            typed=data["typed"],
            number_called=data["number_called"],
            answered_by=data["answered_by"],
            actor=self.actor,
            version=self.version,
            now=timezone.now(),
        )

    def success_text(self, result: ResetRequest) -> str:
        return f"已核实。请告诉{result.account.display_name}：刷新申请页面，即可设置新密码。"


class DeclineReset(ResetDecision):
    title = "不予办理"
    submit_label = "不予办理"
    form_class = ReasonForm
    is_dangerous = True

    def consequences(self) -> Sequence[str]:
        return ["申请随即关闭，对方页面会显示“未予办理”。原密码不变。"]

    def perform(self, form: Any) -> Any:
        return resets.decline(
            self.object,
            reason=form.cleaned_data["reason"],
            actor=self.actor,
            version=self.version,
            now=timezone.now(),
        )

    def success_text(self, result: Any) -> str:
        return "申请已关闭。"
