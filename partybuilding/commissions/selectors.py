"""Reading the desks of committees and the meetings of bodies."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from associations.registry.enums import AssignmentRole, DepartmentKind
from associations.registry.models import Assignment, Department, current_on
from associations.registry.services import COMMITTEE_KINDS
from partybuilding.commissions.enums import MeetingKind, Together
from partybuilding.commissions.models import (
    AgendaItem,
    CommissionMember,
    CommissionProfile,
    CommissionRule,
    Meeting,
)
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import existing_on, own_and_below
from portal.access.actor import Actor
from portal.access.roles import Role
from portal.access.scoping import everything, scoped
from portal.regions.models import Region
from portal.regulations.selectors import read_at_once, values_under

TARGET = "committee.target_count"


def committees_in_reach(actor: Actor) -> QuerySet[Department]:
    """The committees an actor looks after: all, those of its place, the own one and those below."""
    rows = scoped(Department, actor).filter(kind__in=COMMITTEE_KINDS)
    if actor.role == Role.PARTY_COMMITTEE:
        return rows.filter(own_and_below(actor))
    if actor.role == Role.REGIONAL_OFFICE:
        return rows.filter(region__path__startswith=actor.scope.path)
    return rows


def with_counts(rows: QuerySet[Department], actor: Actor, day: date) -> QuerySet[Any]:
    """Annotates `organization_count`, `member_count` (reported full members) and `association_count` of a day: each is
    the list behind it."""
    organizations = scoped(PartyOrganization, actor).filter(existing_on(day), committee=OuterRef("pk")).order_by()
    grouped = organizations.values("committee")
    assigned = scoped(Assignment, actor).filter(
        current_on(day), role=AssignmentRole.PARTY_COMMITTEE, department=OuterRef("pk")
    )
    associations = assigned.order_by().values("department").annotate(number=Count("association", distinct=True))
    seats = scoped(CommissionMember, actor).filter(current_on(day), department=OuterRef("pk")).order_by()
    meetings = scoped(Meeting, actor).filter(department=OuterRef("pk"), held_on__lte=day).order_by()

    def number(found: QuerySet[Any], name: str = "number") -> Any:
        return Coalesce(Subquery(found.values(name), output_field=IntegerField()), 0)

    return rows.annotate(
        organization_count=number(grouped.annotate(number=Count("pk"))),
        member_count=number(grouped.annotate(number=Sum("full_member_count"))),
        association_count=number(associations),
        seat_count=number(seats.values("department").annotate(number=Count("pk"))),
        last_meeting_on=Subquery(meetings.values("department").annotate(last=Max("held_on")).values("last")),
    )


def profiles_of(actor: Actor, departments: Collection[int]) -> dict[int, CommissionProfile]:
    rows = scoped(CommissionProfile, actor).filter(department__in=departments)
    return {row.department_id: row for row in rows}


def seats_of(actor: Actor, department: Department) -> list[CommissionMember]:
    """Those in office first, in their order."""
    rows = scoped(CommissionMember, actor).filter(department=department)
    return sorted(rows, key=lambda row: (row.ends_on is not None, row.number, row.pk))


def rules_of(actor: Actor, department: Department) -> list[CommissionRule]:
    rows = scoped(CommissionRule, actor).filter(department=department)
    return sorted(rows, key=lambda row: (row.ends_on is not None, row.title, row.pk))


def with_items(rows: QuerySet[Meeting]) -> QuerySet[Any]:
    """Annotates `item_count` and `task_count`."""
    return rows.annotate(
        item_count=Count("items", distinct=True),
        task_count=Count("items", filter=Q(items__responsible__isnull=False), distinct=True),
    )


def meetings_of(actor: Actor, department: Department) -> QuerySet[Any]:
    """The latest first; also those that another body had with this one."""
    rows = scoped(Meeting, actor).filter(Q(department=department) | Q(counterpart=department))
    return with_items(rows).select_related("department", "counterpart").order_by("-held_on", "-pk")


def items_of(actor: Actor, meeting: Meeting) -> list[AgendaItem]:
    rows = scoped(AgendaItem, actor).filter(meeting=meeting).select_related("responsible")
    return list(rows.order_by("number"))


def together_q(state: str) -> Q:
    """`rules.together` as a filter."""
    all_ = Q(is_studied=True, is_planned=True, is_deployed=True)
    none = Q(is_studied=False, is_planned=False, is_deployed=False)
    return {Together.ALL: all_, Together.NONE: none, Together.SOME: ~all_ & ~none}[Together(state)]


def responsible_for(department: Department) -> QuerySet[Department]:
    """Who can be charged by a meeting of a committee: itself and those directly below it."""
    with everything("the committees of one body that the caller reached"):
        return Department.objects.filter(
            Q(pk=department.pk) | Q(parent=department), kind__in=COMMITTEE_KINDS, ends_on=None
        ).order_by("name", "pk")


def targets(rows: QuerySet[Department], day: date) -> list[tuple[Region, str, int, int]]:
    """Places with a target for the number of their committees (P-02, P-03): place, level, how many, target.

    A target is a parameter of one place and one level; it does not hold for the places below.
    """
    industry = rows.filter(kind=DepartmentKind.PARTY_COMMITTEE, ends_on=None, region__isnull=False).order_by()
    counted = industry.values_list("region", "level").annotate(number=Count("pk"))
    numbers = {(region, level): number for region, level, number in counted}
    places = Region.objects.filter(pk__in={region for region, _level in numbers}).order_by("code")
    found = []
    with read_at_once(day):
        for place in places:
            known = values_under(TARGET, on=day, region=place)
            for (region, level), number in sorted(numbers.items()):
                wanted = known.get(f"{TARGET}.{level}")
                if region == place.pk and wanted is not None and level == place.level:
                    found.append((place, level, number, int(wanted)))
    return found


def meetings_together(departments: Collection[int], year: int) -> dict[int, str]:
    """What the records say of 同研究、同谋划、同部署 in a year (P-67)."""
    with everything("the meetings of units whose yearly checks were reached"):
        rows = Meeting.objects.filter(
            department__in=departments,
            kind=MeetingKind.LEADERSHIP,
            held_on__range=(date(year, 1, 1), date(year, 12, 31)),
        )
        found = list(rows.values_list("department_id", "is_studied", "is_planned", "is_deployed"))
    return {
        pk: f"{year}年登记领导班子会议 {sum(one == pk for one, *_ in found)} 次，"
        f"三同均有 {sum(one == pk and all(flags) for one, *flags in found)} 次。"
        for pk in departments
    }
