"""Signing in and out, and changing one's own password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse_lazy
from django.utils import timezone

from portal.access.policy import Policy
from portal.accounts.activation import activate
from portal.accounts.forms import ActivationForm, ChangePasswordForm, SignInForm
from portal.accounts.selectors import account_named
from portal.audit.models import Result
from portal.audit.services import record
from portal.screens.columns import fact
from portal.screens.screen import Screen

SIGN_IN_BACKEND = "portal.accounts.backends.AccountBackend"


class SignInView(auth_views.LoginView):
    policy = Policy.public({"GET", "POST"})
    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"title": "登录", "has_errors": bool(context["form"].errors)}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record("accounts.sign_in", actor=None, user=form.get_user(), subject=form.get_user(), now=timezone.now())
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        # An unknown name is not kept: people type passwords into the wrong field.
        user = account_named(str(form.data.get("username", ""))[:64])
        record(
            "accounts.sign_in_failed",
            actor=None,
            user=user,
            subject=user,
            subject_label="" if user else "不存在的用户名",
            result=Result.FAILED,
            now=timezone.now(),
        )
        return super().form_invalid(form)


class ActivateView(Screen):
    """Taking an account over with the code of a printed slip: for people who come once a year."""

    policy = Policy.public({"GET", "POST"})
    title = "激活账号"
    template_name = "accounts/activate.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render(form=ActivationForm(request=request))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ActivationForm(request.POST, request=request)
        if not form.is_valid():
            if form.non_field_errors():
                known = form.user
                record(
                    "accounts.activate_failed",
                    actor=None,
                    user=known,
                    subject=known,
                    subject_label="" if known else "不存在的用户名",
                    result=Result.FAILED,
                    now=timezone.now(),
                )
            return self.render(form=form, has_errors=True, status=422)
        user: Any = form.user
        now = timezone.now()
        activate(user, form.cleaned_data["code"], form.cleaned_data["new_password1"], now=now)
        login(request, user, backend=SIGN_IN_BACKEND)
        record("accounts.sign_in", actor=None, user=user, subject=user, now=now)
        messages.success(request, "账号已激活，密码已设好。激活单已失效，请销毁。下次用用户名和新密码登录。")
        return HttpResponseRedirect("/")


class AccountView(Screen):
    """One's own account: who I am here, my password, the memberships I may act through."""

    policy = Policy.signed_in(needs_membership=False)
    title = "我的账号"
    template_name = "accounts/account.html"

    def context(self) -> dict[str, Any]:
        user: Any = self.request.user
        return {"facts": [fact("用户名", user.username), fact("姓名或岗位", user.display_name)]}


class SignOutView(auth_views.LogoutView):
    policy = Policy.signed_in({"POST"}, needs_membership=False)
    http_method_names = ["post"]

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        record("accounts.sign_out", actor=request.actor, user=request.user, subject=request.user, now=timezone.now())
        return super().post(request, *args, **kwargs)


class ChangePasswordView(auth_views.PasswordChangeView):
    policy = Policy.signed_in({"GET", "POST"}, needs_membership=False)
    template_name = "accounts/password.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("home:home")
    extra_context = {"title": "修改密码", "has_errors": False, "crumbs": [], "page_actions": []}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "has_errors": bool(kwargs.get("form") and kwargs["form"].errors),
            "must_change": getattr(self.request.user, "must_change_password", False),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        request: Any = self.request
        user = request.user
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])
        record("accounts.change_password", actor=request.actor, user=user, subject=user, now=timezone.now())
        messages.success(self.request, "密码已修改。下次登录请使用新密码。")
        return response
