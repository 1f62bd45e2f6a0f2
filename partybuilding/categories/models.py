"""分类指导 (P-75): categories with their measures as data, and which one was decided for an association."""

from django.db import models
from django.db.models import Q

from associations.registry.models import Association, Dated, through_association
from portal.access.actor import Actor
from portal.access.roles import FILING
from portal.access.scoping import NOTHING
from portal.regulations.enums import Confidence


class GuidanceCategory(models.Model):
    """A category with what is done for it: reference data, so the manager is not guarded."""

    code = models.CharField(max_length=32, unique=True)
    number = models.PositiveSmallIntegerField("次序")
    label = models.CharField("指导类别", max_length=40)
    situations = models.CharField("适用情形", max_length=120, blank=True)
    measure = models.CharField("指导措施", max_length=200)
    source = models.CharField("依据", max_length=200)
    confidence = models.CharField("核对程度", max_length=10, choices=Confidence)
    is_active = models.BooleanField("使用中", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "指导类别"
        ordering = ["number", "pk"]

    def __str__(self) -> str:
        return self.label


class CategoryDecision(Dated):
    """The category of an association from a day on; a new decision ends the one before."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="guidance_decisions", verbose_name="社会组织"
    )
    category = models.ForeignKey(GuidanceCategory, on_delete=models.PROTECT, related_name="+", verbose_name="指导类别")
    is_suggested = models.BooleanField("与建议一致")
    reason = models.CharField("理由", max_length=300, blank=True)
    decided_label = models.CharField("确定单位", max_length=200)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "分类指导"
        ordering = ["association", "-starts_on", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(is_suggested=True) | ~Q(reason=""),
                name="category_decision_reason",
                violation_error_message="与建议不同的类别须写明理由。",
            ),
            models.UniqueConstraint(
                fields=["association"], condition=Q(ends_on=None), name="category_decision_one_open"
            ),
            models.UniqueConstraint(fields=["association", "starts_on"], name="category_decision_day"),
        ]

    def __str__(self) -> str:
        return f"{self.category}（{self.starts_on}）"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Whoever looks after the association; not the association itself."""
        return NOTHING if actor.role in FILING else through_association(actor)
