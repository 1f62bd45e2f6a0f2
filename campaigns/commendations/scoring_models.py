"""Scores of recommendations by the campaign's criteria, and who stood aside."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.commendations.models import Nomination
from campaigns.plans.models import Campaign, Criterion, run_by
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT
from portal.access.scoping import EVERYTHING, GuardedModel


def for_runners(actor: Actor, field: str) -> Q:
    """Scores and recusals are for whoever runs the campaign, not for those who are scored."""
    if actor.role in DEPARTMENT:
        return EVERYTHING
    return Q(**{f"{field}__in": Campaign.objects.filter(run_by(actor))})


class Assessment(GuardedModel):
    """One person's opinion of one recommendation: the conditions first, then a score for each criterion (C-42)."""

    nomination = models.ForeignKey(
        Nomination, on_delete=models.CASCADE, related_name="assessments", verbose_name="推荐对象"
    )
    scorer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="评分人"
    )
    scorer_label = models.CharField("评分人身份", max_length=200)
    meets_preconditions = models.BooleanField("符合基本条件")
    comment = models.CharField("说明", max_length=300, blank=True)
    assessed_at = models.DateTimeField("评分时间")

    class Meta:
        verbose_name = verbose_name_plural = "评分"
        ordering = ["nomination", "assessed_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["nomination", "scorer"], name="assessment_once"),
            models.CheckConstraint(
                condition=Q(meets_preconditions=True) | ~Q(comment=""),
                name="assessment_comment",
                violation_error_message="认为不符合基本条件的，须写明说明。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorer} {self.nomination}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return for_runners(actor, "nomination__kind__round__campaign")


class AssessmentScore(GuardedModel):
    """The score for one criterion, of a hundred."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="scores", verbose_name="评分")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+", verbose_name="标准")
    value = models.PositiveSmallIntegerField("得分")

    class Meta:
        verbose_name = verbose_name_plural = "各条得分"
        ordering = ["assessment", "criterion"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="assessment_score_once"),
            models.CheckConstraint(
                condition=Q(value__lte=100),
                name="assessment_score_range",
                violation_error_message="每条标准按 0 至 100 分评分。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.value}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return for_runners(actor, "assessment__nomination__kind__round__campaign")


class Recusal(GuardedModel):
    """Somebody stands aside from scoring one recommendation, with a reason."""

    nomination = models.ForeignKey(
        Nomination, on_delete=models.CASCADE, related_name="recusals", verbose_name="推荐对象"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="回避人"
    )
    label = models.CharField("回避人身份", max_length=200)
    reason = models.CharField("回避原因", max_length=300)
    recused_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "回避"
        ordering = ["nomination", "recused_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["nomination", "user"], name="recusal_once", violation_error_message="您已登记回避。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.nomination}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return for_runners(actor, "nomination__kind__round__campaign")
