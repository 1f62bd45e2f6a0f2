"""Report runs with their stored figures and lists, their files, and the schedules that ask for them."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, WORKSPACE
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.files.models import StoredFile
from portal.jobs.models import Job
from portal.reporting.enums import FileFormat, RunState
from portal.reporting.registry import title_of
from portal.reporting.rules import FIRST_DAY, LAST_DAY
from portal.workflow.models import Versioned, WorkflowModel


class Asked(models.Model):
    """Who asked, as which body: a membership's number, its label and its scope are copied, never linked."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    membership_id = models.BigIntegerField("身份编号")
    membership_label = models.CharField("身份", max_length=200)
    role = models.CharField("角色", max_length=24)
    scope_kind = models.CharField("范围类别", max_length=16)
    scope_pk = models.BigIntegerField("范围编号", null=True)
    scope_label = models.CharField("范围", max_length=200)

    class Meta:
        abstract = True

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """The department reads every report; another body reads those made in its own role and scope."""
        if actor.role in DEPARTMENT:
            return EVERYTHING
        if actor.role in WORKSPACE:
            return Q(role=actor.role, scope_kind=actor.scope.kind, scope_pk=actor.scope.pk)
        return NOTHING

    def is_of(self, actor: Actor) -> bool:
        """Whether `actor` would build the same figures: same scope, and a role that reads the same rows."""
        same_role = actor.role == self.role or {actor.role, self.role} <= DEPARTMENT
        return same_role and (actor.scope.kind, actor.scope.pk) == (self.scope_kind, self.scope_pk)


class Schedule(Asked, Versioned):
    """Makes last month's draft by itself, on a day of each month. It belongs to a membership and ends with it."""

    report_key = models.CharField("报告", max_length=40)
    day_of_month = models.PositiveSmallIntegerField(
        "每月几日", validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
    )
    hour = models.PositiveSmallIntegerField("几时", validators=[MaxValueValidator(23)])
    params = models.JSONField("参数", default=dict)
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("设立时间")
    stopped_at = models.DateTimeField("停用时间", null=True)
    stopped_reason = models.CharField("停用原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "定时报告"
        ordering = ["-is_active", "report_key", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(day_of_month__gte=FIRST_DAY, day_of_month__lte=LAST_DAY, hour__lte=23),
                name="schedule_day_and_hour",
                violation_error_message="每月几日应在 1 至 28 之间，几时应在 0 至 23 之间。",
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, stopped_at=None) | Q(is_active=False, stopped_at__isnull=False),
                name="schedule_stopped_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{title_of(self.report_key)}：每月 {self.day_of_month} 日 {self.hour} 时"


class ReportRun(Asked, WorkflowModel):
    """One building of one report: its figures as they were known when it was built."""

    state = models.CharField("状态", max_length=24, choices=RunState, editable=False, db_index=True)
    key = models.CharField("报告", max_length=40)
    number = models.CharField("编号", max_length=40, unique=True)
    month = models.CharField("数据月份", max_length=7)
    series = models.PositiveIntegerField("序号")
    edition = models.PositiveIntegerField("版次", default=1)
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="successor", verbose_name="上一版"
    )
    as_of = models.DateField("数据截至")
    params = models.JSONField("参数", default=dict)
    fingerprint = models.CharField(max_length=64)
    title = models.CharField("标题", max_length=200)
    data = models.JSONField("数据", null=True)
    data_sha256 = models.CharField("数据摘要", max_length=64, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="后台任务")
    schedule = models.ForeignKey(
        Schedule, on_delete=models.PROTECT, null=True, related_name="runs", verbose_name="定时"
    )
    period = models.CharField("定时期间", max_length=7, blank=True)
    requested_at = models.DateTimeField("申请时间")
    built_at = models.DateTimeField("生成时间", null=True)
    failed_at = models.DateTimeField("失败时间", null=True)
    failure_code = models.CharField(max_length=60, blank=True)
    failure_text = models.CharField("失败原因", max_length=500, blank=True)
    locked_at = models.DateTimeField("签发时间", null=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="签发人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "报告"
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["month", "series", "edition"], name="report_run_number"),
            models.UniqueConstraint(
                fields=["schedule", "period"], condition=Q(schedule__isnull=False), name="report_run_period"
            ),
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(state=RunState.BUILDING), name="report_run_one_building"
            ),
            models.CheckConstraint(
                condition=Q(state=RunState.BUILDING, built_at=None, locked_at=None)
                | Q(state=RunState.FAILED, built_at=None, locked_at=None, failed_at__isnull=False)
                | Q(
                    state__in=[RunState.DRAFT, RunState.IN_REVIEW],
                    built_at__isnull=False,
                    data__isnull=False,
                    locked_at=None,
                )
                | Q(
                    state=RunState.LOCKED,
                    built_at__isnull=False,
                    data__isnull=False,
                    locked_at__isnull=False,
                    locked_by__isnull=False,
                ),
                name="report_run_state_stamps",
            ),
        ]
        indexes = [
            models.Index(fields=["role", "scope_kind", "scope_pk", "-requested_at"], name="report_run_scope"),
            models.Index(fields=["-requested_at", "-id"], name="report_run_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    @property
    def is_finished(self) -> bool:
        return self.state in {RunState.DRAFT, RunState.IN_REVIEW, RunState.LOCKED}

    @property
    def is_locked(self) -> bool:
        return self.state == RunState.LOCKED


def through_run(actor: Actor) -> Q:
    """Rows that belong to a run the actor reaches."""
    reach = ReportRun.scope_q(actor)
    return EVERYTHING if reach == EVERYTHING else Q(run__in=ReportRun.objects.filter(reach))


class ReportRow(GuardedModel):
    """One subject that a run counted, as it stood then. A drill-down names its rows by position."""

    run = models.ForeignKey(ReportRun, on_delete=models.CASCADE, related_name="rows")
    roster = models.CharField(max_length=40)
    position = models.PositiveIntegerField()
    subject_pk = models.BigIntegerField()
    cells = models.JSONField()

    class Meta:
        verbose_name = verbose_name_plural = "报告名单"
        ordering = ["run", "roster", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "roster", "position"], name="report_row_position")]

    def __str__(self) -> str:
        return str(self.cells[0]) if self.cells else f"{self.roster} {self.position}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_run(actor)


class ReportDrill(GuardedModel):
    """The list behind a figure of a run: its rows' positions in the roster, in order, and the live list's query."""

    run = models.ForeignKey(ReportRun, on_delete=models.CASCADE, related_name="drills")
    key = models.CharField(max_length=120)
    label = models.CharField(max_length=200)
    roster = models.CharField(max_length=40)
    list_url_name = models.CharField(max_length=80, blank=True)
    query = models.JSONField(default=dict)
    positions = models.JSONField()
    row_count = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "报告数字的名单"
        ordering = ["run", "key"]
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="report_drill_key")]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_run(actor)


class ReportFile(GuardedModel):
    """A document of a run: rendered the first time it is asked for, then kept. A signed run has its own, final ones."""

    run = models.ForeignKey(ReportRun, on_delete=models.PROTECT, related_name="files")
    format = models.CharField("格式", max_length=8, choices=FileFormat)
    is_final = models.BooleanField("签发稿")
    base_url = models.CharField(max_length=200)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    error_code = models.CharField(max_length=60, blank=True)
    error_text = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "报告文件"
        ordering = ["run", "format"]
        constraints = [models.UniqueConstraint(fields=["run", "format", "is_final"], name="report_file_once")]

    def __str__(self) -> str:
        return f"{self.run} {self.format}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_run(actor)

    @property
    def is_ready(self) -> bool:
        return self.stored_id is not None
