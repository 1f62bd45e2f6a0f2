"""The five embedded checks as they were made: what the gate said on the day, and what a person found (R-084)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from associations.evaluation.enums import GradeLevel
from associations.registry.models import Association, through_association
from partybuilding.embedding.enums import Looked, Result, Stage
from portal.access.actor import Actor
from portal.access.roles import FILING
from portal.access.scoping import NOTHING, GuardedModel


class HookCheck(GuardedModel):
    """One check at one stage. Rows are added, never changed."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="hook_checks", verbose_name="社会组织"
    )
    stage = models.CharField("环节", max_length=16, choices=Stage)
    level = models.CharField("申报等级", max_length=2, choices=GradeLevel, blank=True)
    result = models.CharField("结果", max_length=8, choices=Result)
    findings = models.TextField("系统核对情况")
    role_effect = models.CharField("党组织作用发挥", max_length=8, choices=Looked, blank=True)
    member_education = models.CharField("党员教育管理", max_length=8, choices=Looked, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    checked_on = models.DateField("核查日期")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="核查人"
    )
    membership_label = models.CharField("核查身份", max_length=200)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "五嵌入核查"
        ordering = ["-checked_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(result=Result.BLOCK) | Q(stage=Stage.EVALUATION, level="5A"),
                name="hook_check_veto",
                violation_error_message="一票否决只用于申报 5A 级。",
            ),
            models.CheckConstraint(
                condition=(Q(stage=Stage.EVALUATION) & ~Q(level="")) | (~Q(stage=Stage.EVALUATION) & Q(level="")),
                name="hook_check_level",
                violation_error_message="申报等级只在等级评估时填写，并且必须填写。",
            ),
        ]
        indexes = [models.Index(fields=["association", "stage", "checked_on"], name="hook_check_stage")]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}（{self.checked_on}）"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Whoever looks after the association; not the association itself."""
        return NOTHING if actor.role in FILING else through_association(actor)
