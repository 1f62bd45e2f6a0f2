"""What coverage reads of an association on a day, each fact as a subquery of its own, so that nothing is multiplied by
a join; a test holds them and `rules` equal.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from associations.evaluation.selectors import grade_level
from associations.registry.enums import AssignmentRole
from associations.registry.models import Association, PartyMemberCount, current_on
from associations.registry.selectors import active_on
from partybuilding.coverage import rules as coverage
from partybuilding.coverage.enums import GUIDING, MemberBand
from partybuilding.coverage.models import InstructorAssignment
from partybuilding.coverage.rules import CoverageRules
from partybuilding.establishment.enums import PlanKind
from partybuilding.establishment.models import EstablishmentPlan
from partybuilding.organizations.enums import Cover, EstablishmentMode, OrganizationKind
from partybuilding.organizations.models import CoveredAssociation, GroupOrganization

# What is known of an association, in this order: in scope, strongest cover, guided, plain flags, band of members.
FLAGS = ("fact_group", "fact_deferred", "fact_planned", "fact_clause")
KNOWN = ("fact_in_scope", "fact_cover", "fact_instructor", *FLAGS, "fact_band")
# What figures are grouped by.
GROUPS = ("region__path", "fact_committee", "kind", "fact_grade")
# The values of `KNOWN`; of some `GROUPS`; how many associations share both.
Facts = tuple[Any, ...]
Line = tuple[Facts, tuple[Any, ...], int]


def line_of(row: Sequence[Any]) -> Line:
    """The line in which a database counts: the facts, the groups, the number."""
    return tuple(row[: len(KNOWN)]), tuple(row[len(KNOWN) : -1]), row[-1]


def covering(day: date) -> QuerySet[CoveredAssociation]:
    """Relations of coverage on a day, by organisations that exist then; `dissolved_on` is the first day without."""
    return CoveredAssociation.objects.filter(
        current_on(day),
        Q(organization__established_on=None) | Q(organization__established_on__lte=day),
        Q(organization__dissolved_on=None) | Q(organization__dissolved_on__gt=day),
    )


def _has(row: str) -> tuple[Q, Q]:
    kind, mode = f"{row}kind", f"{row}establishment_mode"
    temporary = Q(**{kind: OrganizationKind.TEMPORARY_BRANCH}) | Q(**{mode: EstablishmentMode.TEMPORARY})
    functional = Q(**{kind: OrganizationKind.FUNCTIONAL_BRANCH}) | Q(**{mode: EstablishmentMode.FUNCTIONAL})
    return temporary, functional


def cover_q(cover: str, row: str = "organization__") -> Q:
    """Organisations that cover in one way: `organizations.rules.cover_of` as a filter."""
    temporary, functional = _has(row)
    own = ~Q(**{f"{row}kind": OrganizationKind.JOINT_BRANCH}) & Q(
        **{f"{row}establishment_mode": EstablishmentMode.INDIVIDUAL}
    )
    return {
        Cover.OWN: ~temporary & ~functional & own,
        Cover.SHARED: ~temporary & ~functional & ~own,
        Cover.FUNCTIONAL: ~temporary & functional,
        Cover.NONE: temporary,
    }[Cover(cover)]


STRENGTH = (Cover.OWN, Cover.SHARED, Cover.FUNCTIONAL)


def strength() -> Case:
    """In which way an organisation covers, as its place in `STRENGTH`; null for one that does not."""
    return Case(*(When(cover_q(cover), then=Value(place)) for place, cover in enumerate(STRENGTH)))


def cover_on(day: date) -> Subquery:
    """The strongest cover of an association on a day, as its place in `STRENGTH`; null when there is none (R-076)."""
    rows = covering(day).filter(association=OuterRef("pk")).annotate(rank=strength()).exclude(rank=None)
    return Subquery(rows.order_by("rank").values("rank")[:1], output_field=IntegerField())


def covered_on(day: date) -> QuerySet[CoveredAssociation]:
    """What covers an association in the outer query on a day by an own or a shared organisation (R-076)."""
    ways = cover_q(Cover.OWN) | cover_q(Cover.SHARED)
    return covering(day).filter(ways, association=OuterRef("pk"))


def covered_by(day: date, covers: Iterable[str]) -> Q:
    """Associations that organisations of some ways of covering cover on a day."""
    ways = Q()
    for cover in covers:
        ways |= cover_q(cover)
    return Q(Exists(covering(day).filter(ways, association=OuterRef("pk"))))


def guided_on(day: date) -> Q:
    """Associations with a current instructor or liaison officer; an expired assignment does not count (R-095)."""
    rows = InstructorAssignment.objects.filter(current_on(day), instructor__kind__in=GUIDING)
    return Q(Exists(rows.filter(association=OuterRef("pk"))))


def grouped_on(day: date) -> Q:
    """Associations with a 群团组织 on a day (R-077)."""
    return Q(Exists(GroupOrganization.objects.filter(current_on(day), association=OuterRef("pk"))))


def planned_on(day: date, kind: str) -> Q:
    """Associations with a plan of a kind in force on a day (R-078)."""
    return Q(Exists(EstablishmentPlan.objects.filter(current_on(day), kind=kind, association=OuterRef("pk"))))


def claused_on(day: date) -> Q:
    """Associations whose charter has its Party-building clause on a day; without a date of it since ever (R-080)."""
    dated = Q(charter_party_clause_on=None) | Q(charter_party_clause_on__lte=day)
    return Q(charter_has_party_clause=True) & dated


def latest_count(day: date) -> QuerySet[PartyMemberCount]:
    """The reports of an association up to a day, the latest first; the first one counts."""
    rows = PartyMemberCount.objects.filter(association=OuterRef("pk"), counted_on__lte=day)
    return rows.order_by("-counted_on", "-pk")


def band_of_report(rules: CoverageRules) -> Case:
    """`coverage.rules.member_band` of one report."""
    enough = Q(relation_count__gte=rules.should_establish_member_count)
    some = Q(relation_count__gte=1)
    if rules.member_count_basis == coverage.RELATION_ONLY:
        known = Q(relation_count__isnull=False)
    else:
        known = Q(pk__isnull=False)
        enough |= Q(working_count__gte=rules.should_establish_member_count)
        some |= Q(working_count__gte=1)
    return Case(
        When(~known, then=Value(MemberBand.UNREPORTED.value)),
        When(enough, then=Value(MemberBand.ENOUGH.value)),
        When(some, then=Value(MemberBand.FEW.value)),
        default=Value(MemberBand.ZERO.value),
        output_field=CharField(),
    )


def member_band_on(day: date, rules: CoverageRules) -> Subquery:
    """The band of the latest report up to a day; null when nothing was reported."""
    return Subquery(latest_count(day).annotate(band=band_of_report(rules)).values("band")[:1])


def with_facts(queryset: QuerySet[Association], as_of: date, rules: CoverageRules) -> QuerySet[Association]:
    """Associations with their facts on a day, as `fact_…`; the order is lost."""
    in_scope = active_on(as_of, exclude_new_months=rules.exclude_new_months)
    return queryset.order_by().annotate(
        fact_in_scope=Case(When(in_scope, then=Value(True)), default=Value(False), output_field=BooleanField()),
        fact_cover=cover_on(as_of),
        fact_instructor=ExpressionWrapper(guided_on(as_of), output_field=BooleanField()),
        fact_group=ExpressionWrapper(grouped_on(as_of), output_field=BooleanField()),
        fact_deferred=ExpressionWrapper(planned_on(as_of, PlanKind.DEFERRAL), output_field=BooleanField()),
        fact_planned=ExpressionWrapper(planned_on(as_of, PlanKind.FOUNDING), output_field=BooleanField()),
        fact_band=member_band_on(as_of, rules),
        fact_clause=Case(When(claused_on(as_of), then=Value(True)), default=Value(False), output_field=BooleanField()),
        # A join, not a look-up for each row: nobody shares a role, so it multiplies nothing.
        fact_answering=FilteredRelation(
            "assignments",
            condition=Q(assignments__role=AssignmentRole.PARTY_COMMITTEE) & current_on(as_of, "assignments__"),
        ),
        fact_committee=F("fact_answering__department"),
        fact_grade=grade_level(as_of),
    )
