"""Reading what is planned, in which order to found, and who waits for an organiser."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, DateField, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from associations.registry.enums import AssociationKind
from associations.registry.models import Association, PartyMemberCount, current_on
from partybuilding.coverage.enums import InstructorKind, Measure, MemberBand
from partybuilding.coverage.facts import band_of_report
from partybuilding.coverage.models import InstructorAssignment
from partybuilding.coverage.rules import CoverageRules
from partybuilding.coverage.selectors import coverage_rules, in_band, measured, not_q
from partybuilding.establishment.enums import Ground, PlanKind, Priority, WhyNot
from partybuilding.establishment.models import EstablishmentPlan
from partybuilding.establishment.rules import PriorityRules, rank
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.regulations.selectors import value, values

PRIORITY = {
    "establishment.priority_order": "order",
    "establishment.large_staff_count": "large_staff_count",
    "establishment.foundation_full_time_count": "full_time_count",
}
ORGANISER_DAYS = "establishment.organiser_days"
LONG_AGO = date(1, 1, 1)


def priority_rules(day: date) -> PriorityRules:
    """The order of foundings in force on a day (P-79); ConfigurationError when it is not entered (R-000)."""
    found: dict[str, Any] = values(PRIORITY, on=day)
    order, staff, full_time = (found[code] for code in PRIORITY)
    return PriorityRules(tuple(str(order).split("/")), int(staff), int(full_time))


def priority_q(found: str, rules: PriorityRules) -> Q:
    """`rules.priority` as a filter."""
    industry = Q(is_industry_association=True)
    large = Q(kind=AssociationKind.SERVICE_INSTITUTION, staff_count__gte=rules.large_staff_count)
    foundation = Q(kind=AssociationKind.FOUNDATION, full_time_staff_count__gte=rules.full_time_count)
    return {
        Priority.INDUSTRY_ASSOCIATION: industry,
        Priority.LARGE_SERVICE_INSTITUTION: large & not_q(industry),
        Priority.STAFFED_FOUNDATION: foundation & not_q(industry),
        Priority.OTHER: not_q(industry | large | foundation),
    }[Priority(found)]


def ranked(rows: QuerySet[Association], rules: PriorityRules) -> QuerySet[Association]:
    """`priority_rank`: the place of each association in the order of foundings."""
    whens = [When(priority_q(one, rules), then=Value(rank(one, rules))) for one in Priority if one != Priority.OTHER]
    other = Value(rank(Priority.OTHER, rules))
    return rows.annotate(priority_rank=Case(*whens, default=other, output_field=IntegerField()))


def plans_on(day: date, kind: str) -> QuerySet[EstablishmentPlan]:
    """The plans of a kind in force on a day, for an association in the outer query."""
    return EstablishmentPlan.objects.filter(current_on(day), kind=kind, association=OuterRef("pk"))


def plans_of(actor: Actor, association: Association) -> list[EstablishmentPlan]:
    """All plans of an association, the latest first."""
    rows = scoped(EstablishmentPlan, actor).filter(association=association).select_related("committee")
    return list(rows.order_by("-starts_on", "-pk"))


def current_plans(actor: Actor, associations: Iterable[int], day: date) -> dict[int, EstablishmentPlan]:
    """Association → what is planned on a day; one query for a page."""
    rows = scoped(EstablishmentPlan, actor).filter(current_on(day), association__in=list(associations))
    return {row.association_id: row for row in rows.order_by("starts_on", "pk")}


def why_is(
    rows: QuerySet[Association], why: str, *, as_of: date, rules: CoverageRules | None = None
) -> QuerySet[Association]:
    """`rules.why_not` as a filter."""
    wanted = WhyNot(why)
    if wanted == WhyNot.SHOULD:
        return measured(rows, Measure.SHOULD_NOT_BUILT, as_of=as_of, rules=rules)
    if wanted in (WhyNot.DORMANT, WhyNot.DEFERRED):
        dormant = Q(Exists(plans_on(as_of, PlanKind.DEFERRAL).filter(ground=Ground.DORMANT)))
        found = measured(rows, Measure.DEFERRED, as_of=as_of, rules=rules)
        return found.filter(dormant if wanted == WhyNot.DORMANT else ~dormant)
    if wanted == WhyNot.UNREPORTED:
        known = rules or coverage_rules(as_of)
        found = measured(rows, Measure.UNCOVERED, as_of=as_of, rules=known)
        return in_band(found, MemberBand.UNREPORTED, as_of=as_of, rules=known)
    measure = Measure.INFO_POOL if wanted == WhyNot.FEW else Measure.NO_MEMBERS
    return measured(rows, measure, as_of=as_of, rules=rules)


# The information pool


def organiser_days(day: date) -> int:
    return int(value(ORGANISER_DAYS, on=day))


def organised_on(day: date) -> Q:
    """Associations with a current 党建组织员."""
    rows = InstructorAssignment.objects.filter(current_on(day), instructor__kind=InstructorKind.ORGANISER)
    return Q(Exists(rows.filter(association=OuterRef("pk"))))


def with_pool(rows: QuerySet[Association], day: date, rules: CoverageRules) -> QuerySet[Association]:
    """`pool_since` as `rules.pool_since`: the first of the last reports that agree on 有党员但不足."""
    reports = PartyMemberCount.objects.filter(counted_on__lte=day).annotate(band=band_of_report(rules))
    other = reports.filter(association=OuterRef("association")).exclude(band=MemberBand.FEW).order_by("-counted_on")
    few = reports.filter(association=OuterRef("pk"), band=MemberBand.FEW).filter(
        counted_on__gt=Coalesce(Subquery(other.values("counted_on")[:1]), Value(LONG_AGO), output_field=DateField())
    )
    return rows.annotate(pool_since=Subquery(few.order_by("counted_on").values("counted_on")[:1]))


def organiser_late(day: date, days: int) -> Q:
    """In the pool longer than the rule allows, and still without an organiser; needs `with_pool`."""
    return Q(pool_since__lt=day - timedelta(days=days)) & ~organised_on(day)
