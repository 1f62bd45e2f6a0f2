"""Evaluation grades with their validity. Civil affairs announces; the portal records."""

from django.db import models
from django.db.models import Q

from associations.evaluation.enums import GradeLevel
from associations.registry.enums import Source
from associations.registry.models import Association, Dated, through_association
from portal.access.actor import Actor


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
