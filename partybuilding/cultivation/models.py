"""Who is cultivated in which direction, by which organisation, and what came of it."""

from django.db import models
from django.db.models import F, Q

from partybuilding.cultivation.enums import Direction, Result
from partybuilding.members.models import ROSTER, through_organization
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import NOTHING
from portal.people.models import Person, Phone
from portal.workflow.models import Versioned


class Cultivation(Versioned):
    """One person in one direction from a day on."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="cultivations", verbose_name="党组织"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cultivations", verbose_name="姓名")
    phone = models.ForeignKey(
        Phone, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="联系电话"
    )
    direction = models.CharField("培养方向", max_length=16, choices=Direction)
    position = models.CharField("现任职务或岗位", max_length=80, blank=True)
    mentor = models.CharField("联系人", max_length=80, blank=True)
    starts_on = models.DateField("开始日期")
    result = models.CharField("结果", max_length=16, choices=Result, blank=True)
    ends_on = models.DateField("结果日期", null=True, blank=True)
    result_note = models.CharField("结果说明", max_length=200, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "双培双推"
        ordering = ["organization", "-starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "direction"],
                condition=Q(ends_on=None),
                name="cultivation_one_open",
                violation_error_message="此人在这一方向已有培养记录，不必重复登记。",
            ),
            models.CheckConstraint(
                condition=Q(result="", ends_on=None)
                | (~Q(result="") & Q(ends_on__isnull=False, ends_on__gte=F("starts_on"))),
                name="cultivation_result",
                violation_error_message="结果和结果日期须一并填写，结果日期不早于开始日期。",
            ),
        ]
        indexes = [models.Index(fields=["direction", "result"], name="cultivation_result")]

    def __str__(self) -> str:
        return self.person.name

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_organization(actor) if actor.role in ROSTER else NOTHING
