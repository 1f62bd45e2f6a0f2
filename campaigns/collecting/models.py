"""Progress reports: the campaign sets a day, each unit that is asked reports by it (C-31, C-38)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.collecting.enums import OPEN_REPORTS, Asked, ReportState
from campaigns.plans.models import Campaign, Unit, through_campaign
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT
from portal.access.scoping import EVERYTHING
from portal.files.models import StoredFile
from portal.workflow.models import Versioned, WorkflowModel


class Collection(Versioned):
    """One collecting of progress reports: what is asked of whom, by when."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="collections", verbose_name="活动")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("报送内容", max_length=120)
    asks = models.CharField("报送要求", max_length=500, blank=True)
    asked = models.CharField("报送单位", max_length=16, choices=Asked)
    due_on = models.DateField("报送截止")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False, verbose_name="布置人"
    )
    opened_at = models.DateTimeField("布置时间", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "情况报送"
        ordering = ["campaign", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "number"],
                name="collection_number",
                violation_error_message="这个序号的报送已布置。请刷新后重试。",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_campaign(actor)


class UnitReport(WorkflowModel):
    """What one unit reports: what was done, what is wrong, what it suggests, what comes next."""

    state = models.CharField(
        "状态", max_length=24, choices=ReportState, default=ReportState.AWAITING, editable=False, db_index=True
    )
    collection = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="reports", verbose_name="情况报送"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reports", verbose_name="单位")
    progress = models.TextField("开展情况和成效", max_length=3000, blank=True)
    problems = models.TextField("存在的问题", max_length=2000, blank=True)
    suggestions = models.TextField("意见建议", max_length=2000, blank=True)
    plans = models.TextField("下一步打算", max_length=2000, blank=True)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报告文件"
    )
    # The day of the first handing-in: what was returned later is still in time.
    handed_in_on = models.DateField("报送日期", null=True, editable=False)
    submitted_at = models.DateTimeField("最近报送时间", null=True, editable=False)
    remark = models.CharField("退回意见", max_length=500, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "进展情况报告"
        ordering = ["collection", "pk"]
        indexes = [models.Index(fields=["unit", "state"], name="unit_report_of_unit")]
        constraints = [
            models.UniqueConstraint(fields=["collection", "unit"], name="unit_report_once"),
            models.CheckConstraint(
                condition=Q(state=ReportState.AWAITING, handed_in_on=None)
                | (~Q(state=ReportState.AWAITING) & Q(handed_in_on__isnull=False) & ~Q(progress="")),
                name="unit_report_handed_in",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReportState.RETURNED) | ~Q(remark=""), name="unit_report_returned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.collection}"

    @property
    def is_open(self) -> bool:
        """Whether it still has to be handed in, for the first time or again."""
        return self.state in OPEN_REPORTS

    def is_late(self, day: date) -> bool:
        """Handed in after the last day, or not at all when that day is over; the last day itself is in time."""
        return (self.handed_in_on or day) > self.collection.due_on

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        if actor.role in DEPARTMENT:
            return EVERYTHING
        return Q(unit__in=Unit.objects.filter(Unit.scope_q(actor)))
