"""The stored file: a generated name on disk, the original name for people."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.access.actor import Actor
from portal.access.scoping import GuardedModel


class StoredFile(GuardedModel):
    """A file under `PORTAL_DATA/files`. It is reached through the record it belongs to; `kind` says what it is for."""

    name = models.CharField("文件名", max_length=255)
    stored_as = models.CharField("存储名", max_length=80, unique=True)
    kind = models.CharField("用途", max_length=40)
    media_type = models.CharField("类型", max_length=120)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField("摘要", max_length=64, db_index=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    is_sealed = models.BooleanField("加密存放", default=False)
    created_at = models.DateTimeField("存入时间")
    deleted_at = models.DateTimeField("删除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "文件"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return Q(owner_id=actor.user_id)
