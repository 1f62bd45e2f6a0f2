"""Filters of the queues."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from supervision.inspections.filters import InspectionFilter, rounds


class ReviewFilter(InspectionFilter):
    """What a reviewer looks for besides: flags, lateness, corrections."""

    round = django_filters.ModelChoiceFilter(label="批次", queryset=rounds)
    flagged = django_filters.BooleanFilter(label="有规则提示", method="with_flags")
    late = django_filters.BooleanFilter(label="逾期报送", field_name="is_late")
    again = django_filters.BooleanFilter(label="补正后重报", method="having_returned")
    primary = ("q", "round", "state", "flagged")

    def with_flags(self, qs: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return qs.filter(flag_count__gt=0) if value else qs.filter(flag_count=0)

    def having_returned(self, qs: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return qs.filter(return_count__gt=0) if value else qs.filter(return_count=0)
