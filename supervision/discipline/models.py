"""Telephone calls that urge an association to file: who called, when, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from associations.registry.models import through_association
from portal.access.actor import Actor
from portal.access.roles import WORKSPACE
from portal.access.scoping import NOTHING, GuardedModel
from supervision.discipline.enums import CallResult
from supervision.inspections.models import Inspection


class UrgeCall(GuardedModel):
    """One call; never changed afterwards. The number is not kept with it."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="urge_calls", verbose_name="年检")
    result = models.CharField("通话结果", max_length=16, choices=CallResult)
    promised_on = models.DateField("约定报送日期", null=True, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="通话人"
    )
    caller_label = models.CharField("通话单位", max_length=200)
    called_at = models.DateTimeField("通话时间")

    class Meta:
        verbose_name = verbose_name_plural = "催报电话"
        ordering = ["inspection", "-called_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(result=CallResult.PROMISED) | Q(promised_on__isnull=False),
                name="urge_call_promise",
                violation_error_message="对方约定了报送日期的，请填写约定报送日期。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.inspection} {self.get_result_display()}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Notes among those who urge; the association itself does not read them."""
        return through_association(actor, "inspection__association") if actor.role in WORKSPACE else NOTHING
