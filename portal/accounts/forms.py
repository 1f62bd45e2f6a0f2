"""The sign-in and change-of-password forms."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm


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
