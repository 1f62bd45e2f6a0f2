"""Signing in and out, and changing one's own password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone

from portal.access.policy import Policy
from portal.accounts.forms import ChangePasswordForm, SignInForm
from portal.audit.services import record


class SignInView(auth_views.LoginView):
    policy = Policy.public({"GET", "POST"})
    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record("accounts.sign_in", actor=None, user=form.get_user(), subject=form.get_user(), now=timezone.now())
        return response


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

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record(
            "accounts.change_password",
            actor=self.request.actor,
            user=self.request.user,
            subject=self.request.user,
            now=timezone.now(),
        )
        messages.success(self.request, "密码已修改。下次登录请使用新密码。")
        return response
