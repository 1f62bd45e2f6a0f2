"""What reviewers write: remarks on fields, returns, opinions. Nothing of it is ever changed after it was sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from associations.registry.models import through_association
from portal.access.actor import Actor
from portal.access.roles import FILING
from portal.access.scoping import GuardedModel
from supervision.inspections.enums import Stage
from supervision.inspections.models import Inspection, Submission


class Return(GuardedModel):
    """A filing sent back: what is to be mended, by when. `answered_by` is the hand-in that came back."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="returns")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField("环节", max_length=16, choices=Stage)
    comment = models.CharField("总体意见", max_length=500, blank=True)
    due_on = models.DateField("补正期限")
    is_due_provisional = models.BooleanField("期限暂定", default=False)
    answered_by = models.OneToOneField(
        Submission, on_delete=models.PROTECT, null=True, blank=True, related_name="answers_return"
    )
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    returner_label = models.CharField("退回单位", max_length=200)
    returned_at = models.DateTimeField("退回时间")

    class Meta:
        verbose_name = verbose_name_plural = "退回"
        ordering = ["inspection", "returned_at", "pk"]

    def __str__(self) -> str:
        return f"{self.inspection} 退回"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor, "inspection__association")


class Remark(GuardedModel):
    """A reviewer's words beside one field. It is the reviewer's own until a return carries it to the association."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="remarks")
    stage = models.CharField("环节", max_length=16, choices=Stage)
    section = models.CharField(max_length=40, blank=True)  # empty: the general comment, until it is sent
    field = models.CharField(max_length=60, blank=True)  # empty: the whole section
    text = models.CharField("意见", max_length=500)
    sent_in = models.ForeignKey(Return, on_delete=models.CASCADE, null=True, blank=True, related_name="remarks")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField("填写时间")

    class Meta:
        verbose_name = verbose_name_plural = "审核意见"
        ordering = ["inspection", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "stage", "section", "field"],
                condition=Q(sent_in=None),
                name="remark_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        reach = through_association(actor, "inspection__association")
        return reach & Q(sent_in__isnull=False) if actor.role in FILING else reach


class Opinion(GuardedModel):
    """A stage's word that let the filing go on: first-review opinion, Party clearance, or the conclusion's grounds."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="opinions")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, null=True, related_name="+")
    stage = models.CharField("环节", max_length=16, choices=Stage)
    text = models.CharField("意见", max_length=500)
    is_batch = models.BooleanField("批量办理", default=False)
    is_sampled = models.BooleanField("抽查件", default=False)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    giver_label = models.CharField("办理单位", max_length=200)
    given_at = models.DateTimeField("办理时间")

    class Meta:
        verbose_name = verbose_name_plural = "环节意见"
        ordering = ["inspection", "given_at", "pk"]

    def __str__(self) -> str:
        return f"{self.inspection} {self.get_stage_display()}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor, "inspection__association")
