"""Rounds of annual filings: the year, the window, the dated deadlines, the chain of each kind, the form in force."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from associations.registry.enums import AssociationKind, RegistrationMode
from associations.registry.models import through_association
from portal.access.actor import Actor
from portal.access.roles import BUSINESS, DEPARTMENT
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.workflow.models import WorkflowModel
from supervision.rounds.enums import Place, RoundLabel, RoundState


class FormVersion(models.Model):
    """An edition of a form, kept as the text of its file. An edition that a round used never changes."""

    code = models.CharField("表单", max_length=40)
    version = models.PositiveIntegerField("版次")
    title = models.CharField("名称", max_length=120)
    source = models.TextField("表单文件")
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField("载入时间")

    class Meta:
        verbose_name = verbose_name_plural = "表单版本"
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="form_version")]

    def __str__(self) -> str:
        return f"{self.title}（第{self.version}版）"


class Round(WorkflowModel):
    """One year's filing: about `report_year`, filed in the year after it."""

    report_year = models.PositiveSmallIntegerField("报告年度")
    label = models.CharField("名称", max_length=16, choices=RoundLabel, default=RoundLabel.INSPECTION)
    title = models.CharField("批次名称", max_length=120)
    state = models.CharField("状态", max_length=24, choices=RoundState, default=RoundState.DRAFT, editable=False)
    place = models.CharField("报送方式", max_length=16, choices=Place, default=Place.HERE)
    basis = models.CharField("依据文件", max_length=200, blank=True)
    opens_on = models.DateField("开始填报日期")
    closes_on = models.DateField("停止受理日期", null=True, blank=True)
    review_working_days = models.PositiveSmallIntegerField("审核时限（工作日）", default=10)
    correction_working_days = models.PositiveSmallIntegerField("补正时限（工作日）", default=5)
    help_office = models.CharField("咨询处室", max_length=120)
    help_phone = models.CharField("咨询电话", max_length=60)
    opened_at = models.DateTimeField("启动时间", null=True, editable=False)
    closed_at = models.DateTimeField("结束时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "年检年报批次"
        ordering = ["-report_year", "label", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report_year", "title"],
                name="round_title",
                violation_error_message="这一年度已有同名批次。请打开已有批次，或换一个名称。",
            ),
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="round_window",
                violation_error_message="停止受理日期早于开始填报日期。请核对两个日期。",
            ),
            models.CheckConstraint(
                condition=Q(state=RoundState.DRAFT, opened_at=None)
                | (~Q(state=RoundState.DRAFT) & Q(opened_at__isnull=False)),
                name="round_opened_stamp",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Rounds are known to everybody in business; one that is being prepared only to the department."""
        if actor.role in DEPARTMENT:
            return EVERYTHING
        return ~Q(state=RoundState.DRAFT) if actor.role in BUSINESS else NOTHING


class RoundTrack(GuardedModel):
    """How one kind of association (under one mode of registration, or any) files in a round: form, chain, deadlines.

    R-031: to the supervising unit by `to_supervisor_by`, to the registrar by `to_registrar_by`; both inclusive.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="tracks", verbose_name="批次")
    kind = models.CharField("社会组织类型", max_length=24, choices=AssociationKind)
    mode = models.CharField("管理方式", max_length=16, choices=RegistrationMode, blank=True)
    form = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+", verbose_name="表单")
    registered_by = models.DateField("登记截止日（含）")
    to_supervisor_by = models.DateField("报业务主管单位截止日期", null=True, blank=True)
    to_registrar_by = models.DateField("报登记管理机关截止日期")
    has_first_review = models.BooleanField("业务主管单位初审", default=True)
    has_party_clearance = models.BooleanField("综合（行业）党委审核党建内容", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "填报安排"
        ordering = ["round", "kind", "mode", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "kind", "mode"],
                name="round_track",
                violation_error_message="这一类型和管理方式的安排已存在。请修改已有安排。",
            ),
            models.CheckConstraint(
                condition=Q(to_supervisor_by=None) | Q(to_registrar_by__gte=F("to_supervisor_by")),
                name="round_track_dates",
                violation_error_message="报登记管理机关的日期早于报业务主管单位的日期。请核对两个日期。",
            ),
            models.CheckConstraint(
                condition=Q(has_first_review=False) | Q(to_supervisor_by__isnull=False),
                name="round_track_first_review",
                violation_error_message="由业务主管单位初审的，须填写报业务主管单位截止日期。",
            ),
        ]

    def __str__(self) -> str:
        mode = f"·{self.get_mode_display()}" if self.mode else ""
        return f"{self.get_kind_display()}{mode}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return Q(round__in=Round.objects.filter(Round.scope_q(actor))) if actor.role in BUSINESS else NOTHING

    @property
    def filing_due_on(self) -> date:
        """The association's own deadline: to whoever receives the report first."""
        return self.to_supervisor_by if self.has_first_review and self.to_supervisor_by else self.to_registrar_by


class Extension(GuardedModel):
    """The registrar's decision that an association may file until another day (R-031: only by its approval)."""

    inspection = models.ForeignKey(
        "supervision.Inspection", on_delete=models.CASCADE, related_name="extensions", verbose_name="年检"
    )
    until = models.DateField("延至")
    reason = models.CharField("理由", max_length=300)
    number = models.CharField("批准文号", max_length=80, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="批准人"
    )
    decider_label = models.CharField("批准单位", max_length=200)
    decided_at = models.DateTimeField("批准时间")

    class Meta:
        verbose_name = verbose_name_plural = "延期决定"
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.inspection} → {self.until}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor, "inspection__association")
