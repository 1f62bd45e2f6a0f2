"""What the portal remembers of a sender's files: which heading means which field, and whom an unknown name means.

A sender is the scope somebody acts in (the province, a city, a body), not the person: colleagues and successors profit.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import NOTHING, GuardedModel

SENDERS = DEPARTMENT | {Role.REGIONAL_OFFICE}


def sender_of(actor: Actor) -> str:
    """``region:12``, ``province:``."""
    return f"{actor.scope.kind}:{actor.scope.pk or ''}"


class _Remembered(GuardedModel):
    sender = models.CharField("来源单位", max_length=40)

    class Meta:
        abstract = True

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """The sender's own, for those who import."""
        return Q(sender=sender_of(actor)) if actor.role in SENDERS else NOTHING


class RememberedMapping(_Remembered):
    """What a person decided about the columns of one kind with one set of headings; a change makes a new version."""

    kind = models.CharField("导入内容", max_length=40)
    headings = models.CharField("表头摘要", max_length=64)
    columns = models.JSONField("列对应", default=dict)
    version = models.PositiveIntegerField("版本", default=1)
    used_at = models.DateTimeField("最近使用")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "记住的列对应"
        ordering = ["-used_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["sender", "kind", "headings"], name="remembered_mapping_once")]

    def __str__(self) -> str:
        return f"{self.kind} 第 {self.version} 版"


class RememberedReference(_Remembered):
    """A name that a sender writes and the row it means, confirmed once by a person. Nothing is created by it."""

    domain = models.CharField("名录", max_length=40)
    key = models.CharField("名称键", max_length=200)
    text = models.CharField("文件中的名称", max_length=200)
    object_pk = models.BigIntegerField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField("确认时间")

    class Meta:
        verbose_name = verbose_name_plural = "记住的名称"
        ordering = ["domain", "key"]
        constraints = [models.UniqueConstraint(fields=["sender", "domain", "key"], name="remembered_reference_once")]

    def __str__(self) -> str:
        return self.text
