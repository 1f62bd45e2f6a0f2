"""Append-only history: what was done, and who read what."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.access.actor import Actor
from portal.access.roles import Role
from portal.access.scoping import EVERYTHING, NOTHING, GuardedManager, GuardedModel, GuardedQuerySet


class AppendOnly(Exception):
    """Somebody tried to change or delete history."""


class AppendOnlyQuerySet(GuardedQuerySet):
    def update(self, **kwargs: Any) -> int:
        raise AppendOnly("History is never changed.")

    def _update(self, values: Any) -> int:
        raise AppendOnly("History is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("History is never deleted.")

    def _raw_delete(self, using: str | None) -> int:
        raise AppendOnly("History is never deleted.")


class HistoryManager(GuardedManager.from_queryset(AppendOnlyQuerySet)):  # type: ignore[misc]
    """The manager of history."""


class Result(models.TextChoices):
    SUCCESS = "success", "成功"
    REFUSED = "refused", "拒绝"
    FAILED = "failed", "失败"


class HistoryRow(GuardedModel):
    """Who, as what, when, from where. `membership_id` is a plain integer: history outlives memberships."""

    at = models.DateTimeField("时间", db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="用户"
    )
    membership_id = models.BigIntegerField("身份编号", null=True)
    membership_label = models.CharField("身份", max_length=200, blank=True)
    address = models.CharField("来源地址", max_length=64, blank=True)
    request_id = models.CharField("请求编号", max_length=32, blank=True)
    result = models.CharField("结果", max_length=16, choices=Result, default=Result.SUCCESS)

    objects = HistoryManager()  # type: ignore[misc]

    class Meta:
        abstract = True

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """History is the auditor's; nobody else lists it."""
        return EVERYTHING if actor.role == Role.AUDITOR else NOTHING

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("History is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly("History is never deleted.")


class AuditEvent(HistoryRow):
    """One state-changing act, done or refused."""

    action = models.CharField("操作", max_length=80, db_index=True)
    subject_model = models.CharField("对象类型", max_length=80, blank=True)
    subject_pk = models.CharField("对象编号", max_length=64, blank=True)
    subject_label = models.CharField("对象", max_length=200, blank=True)
    before = models.JSONField("变更前", null=True)
    after = models.JSONField("变更后", null=True)
    reason = models.CharField("原因", max_length=500, blank=True)
    purpose = models.CharField("用途", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "操作日志"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject_model", "subject_pk"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_label}".strip()


class AccessEvent(HistoryRow):
    """One page or export that showed personal or inner-Party data, or a reading that was refused."""

    view = models.CharField("页面", max_length=160, db_index=True)
    object_ids = models.JSONField("对象编号", default=list)
    object_count = models.PositiveIntegerField("对象数", default=0)
    filters = models.CharField("条件", max_length=500, blank=True)
    reason = models.CharField("原因", max_length=500, blank=True)
    purpose = models.CharField("用途", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "查阅日志"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.view
