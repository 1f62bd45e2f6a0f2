"""The job row: the record of background work. The message broker is only its bell."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.access.actor import Actor
from portal.access.scoping import GuardedModel
from portal.jobs import rules


class JobState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "处理中"
    SUCCEEDED = "succeeded", "已完成"
    FAILED = "failed", "未完成"


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)


class Job(GuardedModel):
    """One piece of background work, asked for once, finished once, however often it is run.

    `parameters` and `result` hold ids and choices, never personal data. `lease_key` names the one run that may write;
    `lease_owner` the process it runs in.
    """

    task = models.CharField("任务", max_length=80)
    kind = models.CharField("类别", max_length=40, db_index=True)
    label = models.CharField("名称", max_length=200)
    subject_model = models.CharField("对象类型", max_length=80, blank=True)
    subject_pk = models.CharField("对象编号", max_length=64, blank=True)
    parameters = models.JSONField("参数", default=dict, blank=True)
    unique_key = models.CharField("唯一标识", max_length=160, blank=True)

    state = models.CharField("状态", max_length=16, choices=JobState, default=JobState.QUEUED)
    done_count = models.PositiveIntegerField("已处理", default=0)
    total_count = models.PositiveIntegerField("总数", default=0)
    message = models.CharField("进展", max_length=200, blank=True)
    result = models.JSONField("结果", null=True, blank=True)
    error_code = models.CharField("错误代码", max_length=64, blank=True)
    error_message = models.CharField("错误说明", max_length=500, blank=True)

    attempts = models.PositiveSmallIntegerField("运行次数", default=0)
    lease_key = models.CharField("租约", max_length=32, blank=True)
    lease_owner = models.CharField("运行进程", max_length=120, blank=True)
    lease_until = models.DateTimeField("租约到期", null=True, blank=True)
    heartbeat_at = models.DateTimeField("最近心跳", null=True, blank=True)
    last_bell_at = models.DateTimeField("最近通知")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="发起人"
    )
    membership_id = models.BigIntegerField("身份编号", null=True)
    membership_label = models.CharField("身份", max_length=200, blank=True)
    created_at = models.DateTimeField("提交时间")
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["last_bell_at"], condition=Q(state__in=OPEN_STATES), name="jobs_open"),
            models.Index(fields=["user", "-created_at"], name="jobs_of_user"),
            models.Index(fields=["subject_model", "subject_pk"], name="jobs_of_subject"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["unique_key"], condition=~Q(unique_key=""), name="jobs_unique_key"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, finished_at__isnull=True)
                | Q(state__in=(JobState.SUCCEEDED, JobState.FAILED), finished_at__isnull=False),
                name="jobs_finished_at_with_state",
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.RUNNING) | (Q(lease_until__isnull=False) & ~Q(lease_key="")),
                name="jobs_running_with_lease",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Each person sees the work that he or she asked for, and nobody else's."""
        return Q(user_id=actor.user_id)

    @property
    def is_finished(self) -> bool:
        return self.state not in OPEN_STATES

    @property
    def percent(self) -> int | None:
        return rules.percent(self.done_count, self.total_count)

    @property
    def reference(self) -> str:
        """The number shown to people and written to the logs."""
        return f"J{self.pk}"


class Heartbeat(models.Model):
    """The last sign of life of a background process; no business data, so not guarded."""

    name = models.CharField("进程", max_length=40, unique=True)
    beat_at = models.DateTimeField("最近心跳")

    class Meta:
        verbose_name = verbose_name_plural = "进程心跳"

    def __str__(self) -> str:
        return self.name
