"""Filters of the list of filings of a round: what the figures count, and by whom and where."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from supervision.discipline.enums import Figure
from supervision.discipline.past import as_of
from supervision.discipline.selectors import figure_q
from supervision.inspections.filters import BodyFilter, InspectionFilter, rounds


class FilingFilter(InspectionFilter):
    """`figure` is one of the counted figures, on the day that the page is about."""

    figure = django_filters.ChoiceFilter(label="统计口径", choices=Figure.choices, method="counted")
    unit = BodyFilter(column="supervisor", key="unit", label="业务主管单位")
    bodies = ("unit", "committee")
    primary = ("q", "figure", "region", "committee")

    def counted(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return as_of(qs, self.as_of).filter(figure_q(value, self.as_of))


class AllFilingFilter(FilingFilter):
    """The same over all rounds."""

    round = django_filters.ModelChoiceFilter(label="批次", queryset=rounds)
    primary = ("q", "round", "figure", "region")
