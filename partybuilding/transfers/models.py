"""A Party member's relation on its way: one row has both sides."""

from django.db import models
from django.db.models import Q

from associations.registry.models import Department, in_department_subtree
from partybuilding.members.models import ROSTER, PartyMember
from partybuilding.organizations.models import PartyOrganization
from partybuilding.transfers.enums import TransferState
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import EVERYTHING, NOTHING
from portal.workflow.models import WorkflowModel


class MemberTransfer(WorkflowModel):
    """From `member` on one roster to `arrived` on another; either side may lie outside the register."""

    state = models.CharField(
        "状态", max_length=24, choices=TransferState, default=TransferState.UNDERWAY, editable=False
    )
    member = models.ForeignKey(
        PartyMember,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="transfers_out",
        verbose_name="转出前的名册",
    )
    arrived = models.ForeignKey(
        PartyMember,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="transfers_in",
        verbose_name="转入后的名册",
    )
    source = models.ForeignKey(
        PartyOrganization,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="transfers_out",
        verbose_name="转出党组织",
    )
    source_name = models.CharField("转出党组织（系统外）", max_length=200, blank=True)
    target = models.ForeignKey(
        PartyOrganization,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="transfers_in",
        verbose_name="转入党组织",
    )
    target_committee = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接收的党委"
    )
    target_name = models.CharField("转入党组织（系统外）", max_length=200, blank=True)
    letter_number = models.CharField("介绍信编号", max_length=80, blank=True)
    issued_on = models.DateField("转出日期")
    received_on = models.DateField("接收日期", null=True, blank=True)
    is_whole = models.BooleanField("整建制", default=False)
    reason = models.CharField("转接事由", max_length=200, blank=True)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "组织关系转接"
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(state=TransferState.UNDERWAY),
                name="member_transfer_one_underway",
                violation_error_message="此人已有一笔转接待接收，不能重复办理。",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False) | (Q(arrived__isnull=False) & ~Q(source_name="")),
                name="member_transfer_from",
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=False) | Q(target_committee__isnull=False) | ~Q(target_name=""),
                name="member_transfer_to",
            ),
            models.CheckConstraint(
                condition=~Q(state=TransferState.DONE) | Q(received_on__gte=models.F("issued_on")),
                name="member_transfer_received",
                violation_error_message="接收日期早于转出日期。请核对两个日期。",
            ),
        ]

    def __str__(self) -> str:
        person = self.member or self.arrived
        return f"{person} 组织关系转接"

    @property
    def from_name(self) -> str:
        return str(self.source or self.source_name)

    @property
    def to_name(self) -> str:
        return str(self.target or self.target_committee or self.target_name)

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Both sides read it, and the committee that is asked to receive."""
        if actor.role not in ROSTER:
            return NOTHING
        if actor.role in DEPARTMENT:
            return EVERYTHING
        mine = PartyOrganization.objects.filter(PartyOrganization.scope_q(actor))
        found = Q(source__in=mine) | Q(target__in=mine)
        if actor.role == Role.PARTY_COMMITTEE:
            found |= in_department_subtree("target_committee", actor.scope.pk)
        return found
