"""Accounts: who signs in, and the printed slips by which a person takes an account over. What a person may do hangs on
memberships, never on the account.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from portal.access.actor import Actor
from portal.access.scoping import NOTHING, GuardedModel


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


class ActivationCode(GuardedModel):
    """One slip: who may take the account over with it, and until when. The code itself stands on the paper alone; its
    keyed hash is set when the paper is made.
    """

    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="activation_codes", verbose_name="账号")
    sheet_number = models.BigIntegerField("打印件", db_index=True)
    label = models.CharField("身份", max_length=300)
    code_hash = models.CharField(max_length=64, blank=True)
    valid_until = models.DateTimeField("有效期至", null=True)
    used_at = models.DateTimeField("使用时间", null=True)
    withdrawn_at = models.DateTimeField("作废时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "激活码"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(used_at=None, withdrawn_at=None), name="activation_one_open"
            ),
            models.CheckConstraint(
                condition=Q(code_hash="", valid_until=None) | (~Q(code_hash="") & ~Q(valid_until=None)),
                name="activation_hash_with_end",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Nobody lists codes; they are reached by taking an account over."""
        return NOTHING

    def is_valid(self, now: datetime) -> bool:
        is_open = self.used_at is None and self.withdrawn_at is None
        return is_open and self.valid_until is not None and now <= self.valid_until
