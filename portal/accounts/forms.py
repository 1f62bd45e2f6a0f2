"""The sign-in and change-of-password forms."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.http import HttpRequest

from portal.accounts.activation import password_problems
from portal.accounts.models import User
from portal.accounts.selectors import account_named


class SignInForm(AuthenticationForm):
    """User name and password; the answer never says which of the two was wrong."""

    error_messages = {
        "invalid_login": "用户名或密码不正确。请核对后重新输入；连续失败 5 次，账号将暂停登录 15 分钟。",
        "inactive": "这个账号已停用。请联系本单位的门户联系人。",
    }
    username = forms.CharField(
        label="用户名",
        max_length=64,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none"}),
        error_messages={"required": "用户名不能为空。请填写用户名。"},
    )
    password = forms.CharField(
        label="密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "密码不能为空。请填写密码。"},
    )


class ChangePasswordForm(PasswordChangeForm):
    """The present password and the new one twice."""

    error_messages = {
        **PasswordChangeForm.error_messages,
        "password_incorrect": "当前密码不正确。请重新输入现在使用的密码。",
        "password_mismatch": "两次输入的新密码不一致。请重新输入。",
    }
    old_password = forms.CharField(
        label="当前密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
        error_messages={"required": "当前密码不能为空。请填写现在使用的密码。"},
    )
    new_password1 = forms.CharField(
        label="新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="至少 10 个字符，不能全是数字，不能与用户名相近，不能是常见密码。",
        error_messages={"required": "新密码不能为空。请填写新密码。"},
    )
    new_password2 = forms.CharField(
        label="再次输入新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "请再次输入新密码。"},
    )


class NewPasswordForm(forms.Form):
    """A new password, twice. `user` is who it will be for, as far as that is known."""

    user: User | None = None
    new_password1 = forms.CharField(
        label="新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="至少 10 个字符，不能全是数字，不能与用户名相近，不能是常见密码。",
        error_messages={"required": "新密码不能为空。请填写新密码。"},
    )
    new_password2 = forms.CharField(
        label="再次输入新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "请再次输入新密码。"},
    )

    def clean_new_password1(self) -> str:
        password: str = self.cleaned_data["new_password1"]
        for problem in password_problems(password, self.user):
            self.add_error("new_password1", problem)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("new_password1"), cleaned.get("new_password2")
        if first and second and first != second:
            self.add_error("new_password2", "两次输入的新密码不一致。请重新输入。")
        return cleaned


class UsernameForm(forms.Form):
    """Which account."""

    username = forms.CharField(
        label="用户名",
        max_length=64,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none"}),
        error_messages={"required": "用户名不能为空。请填写用户名。"},
    )


class ActivationForm(NewPasswordForm, UsernameForm):
    """The slip's user name and code, and the own password. The code is only tried when everything else is in order."""

    code = forms.CharField(
        label="激活码",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
        help_text="激活单上的 16 位字母和数字，不分大小写，横线可以不输。",
        error_messages={"required": "激活码不能为空。请照激活单填写。"},
    )
    field_order = ("username", "code", "new_password1", "new_password2")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"].strip()
        self.user = account_named(username)
        return username

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            found = authenticate(self.request, username=cleaned["username"], code=cleaned["code"])
            if not isinstance(found, User):
                raise forms.ValidationError(
                    "用户名与激活码不相符，或激活码已使用、已过期。请照激活单逐字核对；仍不成功时请致电主管单位补打。"
                    "连续失败 5 次，账号将暂停登录 15 分钟。"
                )
            self.user = found
        return cleaned
