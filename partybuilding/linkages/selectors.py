"""Reading links, and who can be linked with an organisation."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from associations.governance.models import MemberUnit
from associations.registry.models import current_on
from partybuilding.commissions.models import CommissionMember
from partybuilding.linkages.enums import LinkLevel
from partybuilding.linkages.models import Linkage
from partybuilding.members.models import PartyMember
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import scoped

ENDS = ("organization", "seat__department", "member__person", "unit")


def seats_above(organization: PartyOrganization, day: date) -> QuerySet[CommissionMember]:
    """Who sits on the committee of an organisation, or on the one above it."""
    committee = organization.committee
    above = [pk for pk in (committee.pk, committee.parent_id) if pk] if committee else []
    return CommissionMember.objects.filter(current_on(day), department__in=above)


def members_at(organization: PartyOrganization, day: date) -> QuerySet[PartyMember]:
    """Who is on the roster of an organisation on a day."""
    return PartyMember.objects.filter(current_on(day), organization=organization)


def units_at(organization: PartyOrganization, day: date) -> QuerySet[MemberUnit]:
    """Member units of the associations that an organisation covers on a day."""
    covered = CoveredAssociation.objects.filter(current_on(day), organization=organization)
    return MemberUnit.objects.filter(current_on(day), association__in=covered.values("association"))


def links_of(actor: Actor, organization: PartyOrganization) -> list[Linkage]:
    """Those in force first, level by level."""
    rows = scoped(Linkage, actor).filter(organization=organization).select_related(*ENDS)
    order = {level: at for at, level in enumerate(LinkLevel.values)}
    return sorted(rows, key=lambda row: (row.ends_on is not None, order[row.level], row.pk))


def level_counts(rows: QuerySet[Linkage]) -> dict[LinkLevel, int]:
    """How many links of each level: one query."""
    counted = rows.order_by().aggregate(**{level: Count("pk", filter=Q(level=level)) for level in LinkLevel})
    return {level: counted[level] for level in LinkLevel}
