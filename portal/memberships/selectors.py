"""Reading memberships, and turning one into the actor of a request, a job or a command."""

from datetime import date

from associations.registry.models import current_on
from partybuilding.organizations.models import CoveredAssociation
from portal.access.actor import Actor, Scope
from portal.access.roles import ASSOCIATION, BODIES, TRIO, Role
from portal.access.scoping import everything
from portal.memberships.models import Membership

RELATED = ("user", "region", "department__region", "association", "organization")


def current_memberships(user_id: int, on: date) -> list[Membership]:
    """The memberships that hold on a day, oldest first."""
    with everything("a user's own memberships, before there is an actor"):
        return list(Membership.objects.filter(current_on(on), user=user_id).select_related(*RELATED).order_by("pk"))


def actor_of(membership: Membership) -> Actor:
    """The actor that a membership makes. Expects the relations in `RELATED` to be loaded."""
    return Actor(
        user_id=membership.user_id,
        username=membership.user.username,
        membership_id=membership.pk,
        role=membership.role,
        scope=_scope(membership),
        label=f"{membership.get_role_display()} · {membership.scope_label}",
    )


def _scope(membership: Membership) -> Scope:
    role = membership.role
    if role == Role.REGIONAL_OFFICE:
        region = membership.region
        return Scope("region", region.pk, region.name, path=region.path)
    if role in BODIES:
        department = membership.department
        path = department.region.path if department.region else "/"
        return Scope("department", department.pk, department.name, path=path, level=department.level)
    if role in ASSOCIATION:
        association = membership.association
        return Scope("association", association.pk, association.name, association_pks=(association.pk,))
    if role == Role.BRANCH_SECRETARY:
        organization = membership.organization
        with everything("the associations that the actor's own Party organisation covers"):
            covered = CoveredAssociation.objects.filter(organization=organization, ends_on=None)
            pks = tuple(covered.order_by("association").values_list("association", flat=True))
        return Scope("organization", organization.pk, organization.name, association_pks=pks)
    return Scope("installation" if role in TRIO else "province", None, "全省")
