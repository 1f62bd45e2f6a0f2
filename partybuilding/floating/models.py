"""Members who are away without a transfer, and when they were last contacted."""

from django.db import models
from django.db.models import F, Q

from partybuilding.members.models import ROSTER, PartyMember, through_organization
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import NOTHING
from portal.workflow.models import Versioned


class FloatingMember(Versioned):
    """One absence of one member. `ends_on` is the day of the return, or of leaving the roster."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="floating_members", verbose_name="党组织"
    )
    member = models.ForeignKey(PartyMember, on_delete=models.CASCADE, related_name="absences", verbose_name="党员")
    starts_on = models.DateField("外出日期")
    ends_on = models.DateField("返回日期", null=True, blank=True)
    place = models.CharField("流入地和单位", max_length=200)
    is_abroad = models.BooleanField("出国（境）", default=False)
    keeper = models.CharField("联系人", max_length=80)
    contacted_on = models.DateField("最近联系日期", null=True, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "流动党员"
        ordering = ["organization", "-starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(ends_on=None),
                name="floating_member_one_open",
                violation_error_message="此人已登记外出，不必重复登记。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="floating_member_dates"
            ),
        ]

    def __str__(self) -> str:
        return str(self.member)

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_organization(actor) if actor.role in ROSTER else NOTHING
