"""Filters of the desk of checklists."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from associations.checklists.models import Checklist
from associations.checklists.selectors import template_titles
from associations.registry.models import Association
from associations.registry.selectors import in_region, region_choices
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet, SearchFilter

OPEN, LATE, CLOSED = "open", "late", "closed"


class ChecklistFilter(ScreenFilterSet):
    """By association, place, checklist, and whether it is open, late or closed."""

    q = SearchFilter(fields=["association__search_key"], normalise=name_key, label="社会组织")
    city = django_filters.ChoiceFilter(label="登记地", method="inside")
    code = django_filters.ChoiceFilter(label="清单", field_name="code")
    state = django_filters.ChoiceFilter(
        label="办理情况", choices=[(OPEN, "办理中"), (LATE, "已逾期"), (CLOSED, "已办结")], method="in_state"
    )

    class Meta:
        model = Checklist
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = region_choices(self.actor)
        self.filters["city"].extra["choices"] = list(self.places.groups)
        self.filters["code"].extra["choices"] = template_titles()

    def inside(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        region = self.places.region(value)
        if region is None:
            return rows.none()
        inside = scoped(Association, self.actor).filter(in_region(region, itself=value.startswith("own-")))
        return rows.filter(association__in=inside)

    def in_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(
            {
                OPEN: Q(closed_on=None),
                LATE: Q(closed_on=None, due_on__lt=self.as_of),
                CLOSED: Q(closed_on__isnull=False),
            }[value]
        )
