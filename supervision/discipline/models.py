"""Telephone calls that urge an association to file: who called, when, and what came of it."""

from django.db import models
from django.db.models import Q

from associations.registry.models import through_association
from portal.access.actor import Actor
from portal.access.roles import WORKSPACE
from portal.access.scoping import NOTHING
from portal.notices.calls import Call, promise_kept
from supervision.inspections.models import Inspection


class UrgeCall(Call):
    """A call about one filing."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="urge_calls", verbose_name="年检")

    class Meta:
        verbose_name = verbose_name_plural = "催报电话"
        ordering = ["inspection", "-called_at", "-pk"]
        constraints = [promise_kept("urge_call_promise")]

    def __str__(self) -> str:
        return f"{self.inspection} {self.get_result_display()}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Notes among those who urge; the association itself does not read them."""
        return through_association(actor, "inspection__association") if actor.role in WORKSPACE else NOTHING
