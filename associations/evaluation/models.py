"""Evaluation grades with their validity, and the rounds in which they were applied for.

Civil affairs announces; the portal records.
"""

from django.db import models
from django.db.models import F, Q

from associations.evaluation.enums import GradeLevel
from associations.registry.enums import Source
from associations.registry.models import Association, Dated, through_association
from portal.access.actor import Actor
from portal.access.roles import FILING, WORKSPACE
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.regions.models import Region
from portal.workflow.models import Versioned


class Grade(Dated):
    """One announced grade; `starts_on`…`ends_on` is its validity by R-020."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="grades", verbose_name="社会组织"
    )
    level = models.CharField("评估等级", max_length=2, choices=GradeLevel)
    announced_on = models.DateField("等级公告日期")
    document_number = models.CharField("公告文号", max_length=80, blank=True)
    source = models.CharField("来源", max_length=16, choices=Source, default=Source.HAND)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "评估等级"
        ordering = ["association", "-announced_on", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["association", "announced_on"], name="grade_announced"),
        ]

    def __str__(self) -> str:
        return f"{self.level}({self.announced_on})"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor)


class EvaluationBatch(Versioned):
    """One round of evaluation of a place: its indicators, who applied, and the totals that the announcement states."""

    title = models.CharField("名称", max_length=80)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name="地区")
    number = models.CharField("通知文号", max_length=80)
    opens_on = models.DateField("开始申报")
    due_on = models.DateField("申报截止")
    announced_on = models.DateField("等级公告日期", null=True, blank=True)
    announcement = models.CharField("公告文号", max_length=80, blank=True)
    count_5a = models.PositiveIntegerField("公告5A（家）", null=True, blank=True)
    count_4a = models.PositiveIntegerField("公告4A（家）", null=True, blank=True)
    count_3a = models.PositiveIntegerField("公告3A（家）", null=True, blank=True)
    count_2a = models.PositiveIntegerField("公告2A（家）", null=True, blank=True)
    count_1a = models.PositiveIntegerField("公告1A（家）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "评估批次"
        ordering = ["-opens_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"],
                name="evaluation_batch_number",
                violation_error_message="这个地区已登记同一文号的评估批次。",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")),
                name="evaluation_batch_days",
                violation_error_message="申报截止早于开始申报。请核对两个日期。",
            ),
            models.CheckConstraint(
                condition=Q(announced_on=None, announcement="", count_5a=None, count_4a=None)
                & Q(count_3a=None, count_2a=None, count_1a=None)
                | Q(announced_on__isnull=False, count_5a__isnull=False, count_4a__isnull=False)
                & Q(count_3a__isnull=False, count_2a__isnull=False, count_1a__isnull=False)
                & ~Q(announcement=""),
                name="evaluation_batch_announced",
                violation_error_message="公告须同时登记日期、文号和各等级家数。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def announced(self) -> dict[str, int]:
        """Level → how many the announcement names; empty before it."""
        if self.announced_on is None:
            return {}
        return {str(level): getattr(self, f"count_{level.lower()}") for level in GradeLevel.values}

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """A notice to everybody; the applications in it have a scope of their own."""
        return EVERYTHING if actor.role in WORKSPACE else NOTHING


class Indicator(GuardedModel):
    """One indicator of a batch with its points; some are about Party building (A-95)."""

    batch = models.ForeignKey(
        EvaluationBatch, on_delete=models.CASCADE, related_name="indicators", verbose_name="评估批次"
    )
    number = models.PositiveSmallIntegerField("次序")
    section = models.CharField("一级指标", max_length=40)
    title = models.CharField("指标", max_length=120)
    points = models.DecimalField("分值", max_digits=6, decimal_places=2)
    is_party = models.BooleanField("党建指标", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "评估指标"
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="indicator_number"),
            models.CheckConstraint(condition=Q(points__gt=0), name="indicator_points"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return EVERYTHING if actor.role in WORKSPACE else NOTHING


class EvaluationApplication(GuardedModel):
    """An association that applied in a batch, with what the Party check said on the day (R-023)."""

    batch = models.ForeignKey(
        EvaluationBatch, on_delete=models.CASCADE, related_name="applications", verbose_name="评估批次"
    )
    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="evaluation_applications", verbose_name="社会组织"
    )
    level = models.CharField("申报等级", max_length=2, choices=GradeLevel)
    applied_on = models.DateField("申报日期")
    findings = models.TextField("党建核对情况", blank=True)
    has_warning = models.BooleanField("核对有提示", default=False)
    explanation = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "评估申报"
        ordering = ["batch", "association__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "association"],
                name="evaluation_application_once",
                violation_error_message="这家社会组织在本批次已经登记申报。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.association}（{self.level}）"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return NOTHING if actor.role in FILING else through_association(actor)
