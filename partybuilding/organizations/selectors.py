"""Reading Party organisations."""

from datetime import date

from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from associations.registry.models import (
    Association,
    AssociationName,
    Department,
    current_on,
    in_department_subtree,
)
from associations.registry.selectors import departments_of
from associations.registry.services import COMMITTEE_KINDS
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization, PartyOrganizationName
from partybuilding.organizations.rules import OrganizationRules
from portal.access.actor import Actor
from portal.access.decisions import ALLOWED, Decision
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.regulations.selectors import values

PARAMETERS = {
    "coverage.should_establish_member_count": "should_establish_member_count",
    "party_organization.general_branch_member_count": "general_branch_member_count",
    "party_organization.committee_member_count": "committee_member_count",
    "party_organization.branch_committee_member_count": "branch_committee_member_count",
    "party_organization.joint_association_limit": "joint_association_limit",
}


def organization_rules(day: date) -> OrganizationRules:
    """The parameters of setting up organisations in force on a day; ConfigurationError when one is missing (R-000)."""
    found = values(PARAMETERS, on=day)
    return OrganizationRules(**{field: int(found[code]) for code, field in PARAMETERS.items()})


def own_and_below(actor: Actor) -> Q:
    """The committee of an actor and those below it, as a filter of departments."""
    return Q(pk=actor.scope.pk) | in_department_subtree("parent", actor.scope.pk)


def committees_for(actor: Actor) -> QuerySet[Department]:
    """The committees under which an actor may record organisations: all, or the own one and those below it."""
    rows = departments_of(actor, *COMMITTEE_KINDS)
    return rows.filter(own_and_below(actor)) if actor.role == Role.PARTY_COMMITTEE else rows


def may_manage(actor: Actor, committee: Department | None, what: str) -> Decision:
    """Whether an actor may change what belongs to a body: the department always, a committee within its own subtree.

    A committee reads more than that, for instance a joint branch of another committee that covers its association.
    `what` begins the reason: 「…」 of the record in hand.
    """
    if actor.role in DEPARTMENT:
        return ALLOWED
    if actor.role == Role.PARTY_COMMITTEE and committee is not None and committee.pk in actor.scope.department_pks:
        return ALLOWED
    owner = f"由「{committee}」管理" if committee else "没有登记所属单位"
    return Decision(False, f"{what}{owner}，您只能查看。需要修改的，请联系该单位或社会工作部。")


def existing_on(day: date) -> Q:
    """Organisations that exist on a day; `dissolved_on` is the first day without."""
    return (Q(established_on=None) | Q(established_on__lte=day)) & (Q(dissolved_on=None) | Q(dissolved_on__gt=day))


def with_covered_count(rows: QuerySet[PartyOrganization], day: date) -> QuerySet[PartyOrganization]:
    """How many associations each organisation covers on a day, also those outside the actor's scope."""
    covered = CoveredAssociation.objects.filter(current_on(day), organization=OuterRef("pk")).order_by()
    number = covered.values("organization").annotate(number=Count("association", distinct=True)).values("number")
    return rows.annotate(covered_count=Coalesce(Subquery(number, output_field=IntegerField()), 0))


def covered_associations(actor: Actor) -> Prefetch:
    """The associations in the actor's scope that each organisation covers or covered; one query for a page."""
    rows = scoped(CoveredAssociation, actor).select_related("association").order_by("association__name", "pk")
    return Prefetch("covered", queryset=rows, to_attr="covered_rows")


def covers_of(actor: Actor, association: Association) -> list[CoveredAssociation]:
    """All relations of coverage of one association, the latest first."""
    rows = scoped(CoveredAssociation, actor).filter(association=association)
    rows = rows.select_related("organization__committee", "association")
    return sorted(rows, key=lambda row: (row.starts_on or date.min, row.pk), reverse=True)


def named(rows: QuerySet[PartyOrganization], text: str) -> QuerySet[PartyOrganization]:
    """The organisations in whose names, or in the name of an association they cover, every word of a search occurs."""
    for word in text.split():
        key = name_key(word)
        if key:
            alias = PartyOrganizationName.objects.filter(organization=OuterRef("pk"), key__contains=key)
            covered = CoveredAssociation.objects.filter(
                organization=OuterRef("pk"), association__search_key__contains=key
            )
            rows = rows.filter(Q(key__contains=key) | Q(Exists(alias)) | Q(Exists(covered)))
    return rows


def find_association(text: str, actor: Actor) -> list[Association]:
    """In the actor's scope: by 统一社会信用代码, else by the full name, else by a short or former one; at most two."""
    key = name_key(text)
    rows = scoped(Association, actor).order_by("pk")
    alias = AssociationName.objects.filter(association=OuterRef("pk"), key=key)
    return (
        list(rows.filter(uscc=text.strip().upper())[:2])
        or list(rows.filter(key=key)[:2])
        or list(rows.filter(Q(Exists(alias)))[:2])
    )


def find_organization(text: str, actor: Actor) -> list[PartyOrganization]:
    """In the actor's scope and not dissolved: by the full name, else by a former one; at most two."""
    key = name_key(text)
    rows = scoped(PartyOrganization, actor).filter(dissolved_on=None).order_by("pk")
    alias = PartyOrganizationName.objects.filter(organization=OuterRef("pk"), key=key)
    return list(rows.filter(key=key)[:2]) or list(rows.filter(Q(Exists(alias)))[:2])
