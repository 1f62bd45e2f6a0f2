"""Accounts: who signs in. What a person may do hangs on memberships, never on the account."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    """Makes accounts; there is no superuser."""

    def create_user(self, username: str, password: str | None, display_name: str, **fields: Any) -> "User":
        """A new account; without a password nobody can sign in to it."""
        user = self.model(username=username, display_name=display_name, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """One person's account. `display_name` is what colleagues read; no other personal data is kept here."""

    username = models.CharField("用户名", max_length=64, unique=True)
    display_name = models.CharField("姓名或岗位", max_length=64)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("首次登录须改密码", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        constraints = [models.UniqueConstraint(Lower("username"), name="user_username_ci")]

    def __str__(self) -> str:
        return self.display_name
