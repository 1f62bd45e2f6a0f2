"""The order 同等条件下 for purchase and awards (R-026): grade, Party organisation, last inspection 合格, name."""

from datetime import date
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value, When

from associations.evaluation.enums import GradeLevel
from associations.evaluation.selectors import grade_level
from associations.registry.models import Association
from partybuilding.coverage.facts import covered_on
from supervision.inspections.enums import Conclusion, InspectionState
from supervision.inspections.models import Inspection

ORDER = ("grade_rank", "organization_rank", "inspection_rank", "name", "pk")


def last_conclusion(day: date) -> QuerySet[Inspection]:
    """Concluded inspections up to a day, the latest year first, for an association in the outer query."""
    rows = Inspection.objects.filter(
        association=OuterRef("pk"), state=InspectionState.CONCLUDED, conclusion_on__lte=day
    )
    return rows.order_by("-round__report_year", "-pk")


def in_order(rows: QuerySet[Association], day: date) -> QuerySet[Association]:
    """`grade_on_day`, `has_organization`, `last_conclusion` and `last_year` with the ranks that `ORDER` sorts by."""
    found: Any = rows.annotate(
        grade_on_day=grade_level(day),
        has_organization=Exists(covered_on(day)),
        last_conclusion=Subquery(last_conclusion(day).values("conclusion")[:1]),
        last_year=Subquery(last_conclusion(day).values("round__report_year")[:1]),
    )
    places = [When(grade_on_day=level.value, then=Value(place)) for place, level in enumerate(GradeLevel)]
    return found.annotate(
        grade_rank=Case(*places, default=Value(len(places)), output_field=IntegerField()),
        organization_rank=Case(
            When(has_organization=True, then=Value(0)), default=Value(1), output_field=IntegerField()
        ),
        inspection_rank=Case(
            When(last_conclusion=Conclusion.PASSED, then=Value(0)), default=Value(1), output_field=IntegerField()
        ),
    )
