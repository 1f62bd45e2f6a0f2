"""Care, incentives and guarantees: amount and reason are sealed; each reading of them is written down."""

import uuid

from django.db import models
from django.db.models import Q

from associations.registry.models import in_department_subtree
from partybuilding.care.enums import FOR_ORGANIZATION, CareKind
from partybuilding.care.rules import CARERS
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.people.models import Person
from portal.privacy.fields import SealedField


def of_carers(actor: Actor) -> Q:
    """Rows of organisations whose care the actor reads."""
    if actor.role not in CARERS:
        return NOTHING
    if actor.role in DEPARTMENT:
        return EVERYTHING
    return in_department_subtree("organization__committee", actor.scope.pk)


class CareRecord(GuardedModel):
    """Something done for a member or an organisation on a day. Never changed; a wrong one is taken away."""

    FOLLOWS_A_ROLE = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="care_records", verbose_name="党组织"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="care_records", verbose_name="姓名"
    )
    kind = models.CharField("类别", max_length=16, choices=CareKind)
    happened_on = models.DateField("日期")
    amount = SealedField("金额（元）")
    reason = SealedField("事由")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "关怀激励记录"
        ordering = ["-happened_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, kind__in=sorted(str(kind) for kind in FOR_ORGANIZATION))
                | (Q(person__isnull=False) & ~Q(kind__in=sorted(str(kind) for kind in FOR_ORGANIZATION))),
                name="care_record_person",
                violation_error_message="对党组织的保障不填姓名，关怀和激励须填姓名。",
            )
        ]
        indexes = [models.Index(fields=["organization", "happened_on"], name="care_record_day")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_on}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """The department, and the committees above the organisation; not who covers an association of it."""
        return of_carers(actor)
