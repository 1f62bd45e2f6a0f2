"""The chain of 带动 in a part of the organisations. Dice of their own."""

from datetime import timedelta
from random import Random

from associations.governance.models import MemberUnit
from partybuilding.commissions.models import CommissionMember
from partybuilding.linkages.enums import LinkLevel
from partybuilding.linkages.models import Linkage
from partybuilding.members.models import PartyMember
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from portal.home.demonstration.world import SEED, World, insert

MATTERS = {
    LinkLevel.COMMITTEE_BRANCH: "联系指导支部规范组织生活，每季度到支部一次。",
    LinkLevel.BRANCH_MEMBER: "带动党员立足岗位发挥作用，每半年谈心谈话一次。",
    LinkLevel.MEMBER_UNIT: "走访会员单位，协助解决用工和融资方面的困难。",
}


def make_linkages(world: World) -> None:
    """A seat of the committee for the branch, the branch for two members, a member for a member unit."""
    dice = Random(SEED + 72)  # noqa: S311  invented data, nothing secret
    made: list[Linkage] = []
    starts_on = world.today - timedelta(days=150)
    rows = PartyOrganization.objects.filter(dissolved_on=None, established_on__lt=starts_on, committee__isnull=False)
    for at, one in enumerate(rows.order_by("pk")):
        if at and dice.random() > 0.3:
            continue
        seats = list(CommissionMember.objects.filter(department=one.committee, starts_on__lt=starts_on).order_by("pk"))
        members = list(PartyMember.objects.filter(organization=one, ends_on=None).order_by("pk")[:2])
        covered = CoveredAssociation.objects.filter(organization=one, ends_on=None).values("association")
        unit = MemberUnit.objects.filter(association__in=covered, ends_on=None).order_by("pk").first()

        def link(level: LinkLevel, whose: PartyOrganization = one, **ends: object) -> None:
            made.append(Linkage(organization=whose, level=level, matter=MATTERS[level], starts_on=starts_on, **ends))

        if seats:
            link(LinkLevel.COMMITTEE_BRANCH, seat=dice.choice(seats))
        for member in members:
            link(LinkLevel.BRANCH_MEMBER, member=member)
        if members and unit is not None:
            link(LinkLevel.MEMBER_UNIT, member=members[0], unit=unit)
    insert(Linkage, made)
    Linkage.objects.update(updated_at=world.now)
