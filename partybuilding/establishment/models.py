"""Plans of founding: what was decided about an association that has no Party organisation of its own (R-078)."""

from django.db import models
from django.db.models import F, Q

from associations.registry.models import Association, Dated, Department, through_association
from partybuilding.establishment.enums import Ground, PlanKind, PlanOutcome
from portal.access.actor import Actor
from portal.workflow.models import Versioned


class EstablishmentPlan(Versioned, Dated):
    """A founding planned by a day, or an approved deferral until a day. `starts_on` is the day of the decision."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="establishment_plans", verbose_name="社会组织"
    )
    kind = models.CharField("安排", max_length=16, choices=PlanKind)
    due_on = models.DateField("期限")
    committee = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任党委"
    )
    responsible = models.CharField("责任人（岗位）", max_length=120, blank=True)
    document_number = models.CharField("文号", max_length=80, blank=True)
    ground = models.CharField("暂缓事由", max_length=20, choices=Ground, blank=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    outcome = models.CharField("结果", max_length=16, choices=PlanOutcome, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "组建安排"
        ordering = ["association", "-starts_on", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(starts_on__isnull=False) & Q(due_on__gte=F("starts_on")),
                name="establishment_plan_due",
                violation_error_message="期限早于决定日期。请核对两个日期。",
            ),
            models.CheckConstraint(
                condition=~Q(kind=PlanKind.DEFERRAL)
                | (Q(ends_on__isnull=False) & ~Q(document_number="") & ~Q(reason="") & ~Q(ground="")),
                name="establishment_plan_grounded",
                violation_error_message="暂缓组建须有批准文号、事由和说明。",
            ),
            models.CheckConstraint(
                condition=~Q(kind=PlanKind.FOUNDING) | ~Q(responsible=""),
                name="establishment_plan_responsible",
                violation_error_message="组建计划须有责任人。",
            ),
            models.UniqueConstraint(
                fields=["association"],
                condition=Q(ends_on=None),
                name="establishment_plan_one_open",
                violation_error_message="这家社会组织已有未办结的组建安排。",
            ),
        ]
        indexes = [models.Index(fields=["association", "kind", "starts_on"], name="establishment_plan_start")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}（{self.due_on}）"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor)
