"""What units did under the methods of a campaign. Inner-Party records: whoever reads the unit reads them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.plans.models import Method, Unit
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT
from portal.access.scoping import EVERYTHING, GuardedModel
from portal.files.models import StoredFile
from portal.workflow.models import Versioned


def through_unit(actor: Actor) -> Q:
    """Rows of the units that the actor reads."""
    if actor.role in DEPARTMENT:
        return EVERYTHING
    return Q(unit__in=Unit.objects.filter(Unit.scope_q(actor)))


class OfUnit(GuardedModel):
    """A row of one unit under one method."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="%(class)ss", verbose_name="单位")
    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name="推进方式")

    class Meta:
        abstract = True

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_unit(actor)


class MethodRecord(Versioned, OfUnit):
    """That a unit has done a method: there is one, or it is not done."""

    done_on = models.DateField("完成日期")
    summary = models.TextField("开展情况", max_length=2000, blank=True)
    expected_count = models.PositiveIntegerField("应参加（人）", null=True, blank=True)
    present_count = models.PositiveIntegerField("参加（人）", null=True, blank=True)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="材料"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "推进方式开展记录"
        ordering = ["unit", "method__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "method"],
                name="method_record_once",
                violation_error_message="这个单位的这种推进方式已登记完成。",
            ),
            models.CheckConstraint(
                condition=Q(present_count=None)
                | Q(expected_count__isnull=False, present_count__lte=models.F("expected_count")),
                name="method_record_counts",
                violation_error_message="参加人数大于应参加人数。请核对人数。",
            ),
        ]
        indexes = [models.Index(fields=["method", "unit"], name="method_record_method")]

    def __str__(self) -> str:
        return f"{self.unit} {self.method}"
