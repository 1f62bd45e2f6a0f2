"""Links of the chain 党委带支部、支部带党员、党员带会员, dated."""

from django.db import models
from django.db.models import Q

from associations.governance.models import MemberUnit
from associations.registry.models import Dated
from partybuilding.commissions.models import CommissionMember
from partybuilding.linkages.enums import LinkLevel
from partybuilding.members.models import ROSTER, PartyMember, through_organization
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import NOTHING
from portal.workflow.models import Versioned


class Linkage(Versioned, Dated):
    """Somebody leads somebody in a matter: the level says which ends it has. `organization` is the branch between."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="linkages", verbose_name="党组织"
    )
    level = models.CharField("层级", max_length=20, choices=LinkLevel)
    seat = models.ForeignKey(
        CommissionMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="党委组成人员"
    )
    member = models.ForeignKey(
        PartyMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="党员"
    )
    unit = models.ForeignKey(
        MemberUnit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="会员单位"
    )
    matter = models.CharField("带动事项", max_length=300)
    result = models.CharField("成效", max_length=300, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "带动关系"
        ordering = ["organization", "level", "-starts_on", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(level=LinkLevel.COMMITTEE_BRANCH, seat__isnull=False, member=None, unit=None)
                | Q(level=LinkLevel.BRANCH_MEMBER, seat=None, member__isnull=False, unit=None)
                | Q(level=LinkLevel.MEMBER_UNIT, seat=None, member__isnull=False, unit__isnull=False),
                name="linkage_ends",
                violation_error_message="带动关系的两端与层级不符。请核对层级和带动对象。",
            ),
            models.UniqueConstraint(
                fields=["organization", "seat"],
                condition=Q(ends_on=None, level=LinkLevel.COMMITTEE_BRANCH),
                name="linkage_one_seat",
                violation_error_message="此人已联系带动这个党组织，不必重复登记。",
            ),
            models.UniqueConstraint(
                fields=["organization", "member"],
                condition=Q(ends_on=None, level=LinkLevel.BRANCH_MEMBER),
                name="linkage_one_member",
                violation_error_message="这名党员已由支部带动，不必重复登记。",
            ),
            models.UniqueConstraint(
                fields=["member", "unit"],
                condition=Q(ends_on=None, level=LinkLevel.MEMBER_UNIT),
                name="linkage_one_unit",
                violation_error_message="这名党员已带动这家会员单位，不必重复登记。",
            ),
        ]
        indexes = [models.Index(fields=["organization", "level"], name="linkage_organization")]

    def __str__(self) -> str:
        return f"{self.leader} → {self.led}"

    @property
    def leader(self) -> str:
        """Who leads, in words."""
        if self.level == LinkLevel.COMMITTEE_BRANCH:
            return f"{self.seat.department} {self.seat}" if self.seat else ""
        return self.organization.name if self.level == LinkLevel.BRANCH_MEMBER else str(self.member)

    @property
    def led(self) -> str:
        """Who is led, in words."""
        if self.level == LinkLevel.COMMITTEE_BRANCH:
            return self.organization.name
        return str(self.member) if self.level == LinkLevel.BRANCH_MEMBER else str(self.unit)

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """The organisation's, for the Party's own bodies only: it names members."""
        return through_organization(actor) if actor.role in ROSTER else NOTHING
