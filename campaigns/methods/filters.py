"""Filters of the progress matrix: who has done which method, who has not."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Count, QuerySet

from campaigns.methods.selectors import done_by
from campaigns.plans.filters import UnitFilter
from campaigns.plans.models import Method, Unit
from portal.access.scoping import scoped

COMPLETE, OPEN = "yes", "no"


def _methods(request: Any) -> QuerySet[Method]:
    campaign = request.resolver_match.kwargs["campaign_pk"]
    return scoped(Method, request.actor).filter(campaign=campaign).order_by("number")


class MatrixFilter(UnitFilter):
    """Units by name, by committee, by what they have and have not done."""

    kind = None
    state = None
    done = django_filters.ModelChoiceFilter(label="已完成", queryset=_methods, method="that_did")
    missing = django_filters.ModelChoiceFilter(label="未完成", queryset=_methods, method="that_did_not")
    complete = django_filters.ChoiceFilter(
        label="全部推进方式", choices=[(COMPLETE, "全部完成"), (OPEN, "未全部完成")], method="by_complete"
    )
    primary = ("q", "committee", "missing", "complete")

    class Meta:
        model = Unit
        fields: ClassVar[list[str]] = []

    def that_did(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(done_by(value))

    def that_did_not(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.exclude(done_by(value))

    def by_complete(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        wanted = max(_methods(self.request).count(), 1)
        counted = rows.annotate(counted=Count("methodrecords", distinct=True))
        return counted.filter(counted__gte=wanted) if value == COMPLETE else counted.filter(counted__lt=wanted)
