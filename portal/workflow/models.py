"""State and version of records that move through a transition table, and the history of their moves."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.access.actor import Actor
from portal.access.scoping import NOTHING, GuardedModel


class Versioned(GuardedModel):
    """`version` is what a person saw; every change moves it on by one."""

    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        abstract = True


class WorkflowModel(Versioned):
    """`state` changes only through `workflow.services.apply`."""

    state = models.CharField("状态", max_length=24, editable=False, db_index=True)

    class Meta:
        abstract = True


class WorkflowEvent(GuardedModel):
    """One applied transition; read through the record it belongs to, never listed by itself."""

    subject_model = models.CharField(max_length=80)
    subject_pk = models.CharField(max_length=64)
    transition = models.CharField(max_length=40)
    source = models.CharField(max_length=24)
    target = models.CharField(max_length=24)
    version = models.PositiveIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    membership_id = models.BigIntegerField(null=True)
    membership_label = models.CharField(max_length=200, blank=True)
    comment = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "流程记录"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["subject_model", "subject_pk", "at"], name="workflow_subject")]

    def __str__(self) -> str:
        return f"{self.transition}: {self.source} → {self.target}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return NOTHING
