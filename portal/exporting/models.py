"""A long export that was asked for: which list by which filters, and the file while it is kept."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.access.actor import Actor
from portal.access.scoping import GuardedModel


class Source(models.TextChoices):
    LIST = "list", "名单"
    KIND = "kind", "导入表格"


class Format(models.TextChoices):
    XLSX = "xlsx", "Excel 工作簿（.xlsx）"
    CSV = "csv", "逗号分隔文本（.csv）"
    JSON = "json", "结构化数据（.json）"


class Export(GuardedModel):
    """One file built in the background. `place` is the address of a list or the code of a kind; `fields` the chosen
    columns of a kind, all when empty. The file goes when `expires_at` has passed; the row stays.
    """

    title = models.CharField("名单", max_length=200)
    source = models.CharField("来源", max_length=8, choices=Source)
    place = models.CharField("地址", max_length=300)
    query = models.TextField("筛选条件", blank=True)
    fields = models.JSONField("列", default=list, blank=True)
    format = models.CharField("格式", max_length=8, choices=Format)
    row_count = models.PositiveIntegerField("行数", null=True)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    membership_id = models.BigIntegerField("身份编号")
    membership_label = models.CharField("身份", max_length=200)
    created_at = models.DateTimeField("申请时间")
    ready_at = models.DateTimeField("生成时间", null=True)
    expires_at = models.DateTimeField("保留至", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "导出"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["user", "membership_id", "-created_at"], name="export_of_membership")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ready_at=None, file=None, expires_at=None)
                | (~Q(ready_at=None) & ~Q(file=None) & ~Q(expires_at=None)),
                name="export_ready_with_file",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.format}）"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """The exports asked for in the membership now in use: what another one may see is another list."""
        return Q(membership_id=actor.membership_id)

    def is_kept(self, now: datetime) -> bool:
        return self.expires_at is not None and now < self.expires_at
