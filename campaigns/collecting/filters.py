"""Filters of the reports of one collection."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from campaigns.collecting.enums import OPEN_REPORTS, ReportState
from campaigns.collecting.models import UnitReport
from campaigns.collecting.selectors import IN_TIME, late_q
from campaigns.guidance.filters import OfUnits

MISSING, REPORTED, TIMELY, LATE = "missing", "reported", "timely", "late"


class ReportFilter(OfUnits):
    """By unit, by committee, by how it stands."""

    state = django_filters.ChoiceFilter(
        label="报送",
        choices=[
            (REPORTED, "已报送"),
            (TIMELY, "按时报送"),
            (LATE, "逾期（含未报）"),
            (MISSING, "未报送"),
            (ReportState.RETURNED, "退回补充"),
        ],
        method="in_state",
    )
    primary = ("q", "committee", "state")

    class Meta:
        model = UnitReport
        fields: ClassVar[list[str]] = []

    def in_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == MISSING:
            return rows.filter(state__in=OPEN_REPORTS)
        if value == LATE:
            return rows.filter(late_q(self.as_of))
        if value == TIMELY:
            return rows.filter(IN_TIME, state=ReportState.SUBMITTED)
        return rows.filter(state=ReportState.SUBMITTED if value == REPORTED else value)
