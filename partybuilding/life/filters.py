"""Filters of organisation life: how a branch stands in a period, and single records."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from associations.registry.models import current_on
from partybuilding.life.enums import (
    FIRST_ITEM_KINDS,
    Area,
    Duty,
    Education,
    LifeKind,
    PioneerKind,
    ProblemState,
    Standing,
    StudyForm,
    StudyMode,
)
from partybuilding.life.models import LifeRecord, PioneerRecord, StudyProblem, StudyProgramme
from partybuilding.life.rules import Compliance, Period, period_from, usual_period
from partybuilding.life.selectors import bare, compliances, life_rules, missing_duty, owing_duty, stands
from partybuilding.life.study import STUDYING, having_studied, problem_is
from partybuilding.organizations.enums import OrganizationKind
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import committees_for, named
from portal.access.scoping import scoped
from portal.screens.filters import DateFilter, ScreenFilterSet, SearchFilter

YEARS_SHOWN = 3
DUE = "due"
WITH, WITHOUT, ALL = "with", "without", "all"
FIRST = [(WITH, "已落实"), (WITHOUT, "未落实"), (ALL, "应落实的会议")]


def periods(day: date) -> list[tuple[str, str]]:
    """The years and quarters that can be looked at, the latest first."""
    found = []
    for year in range(day.year, day.year - YEARS_SHOWN, -1):
        whole = Period(year)
        found.append((whole.code, whole.label))
        for quarter in (4, 3, 2, 1):
            one = Period(year, quarter)
            if one.first <= day:
                found.append((one.code, one.label))
    return found


class BranchFilter(ScreenFilterSet):
    """By committee and kind, and by how a branch stands in a period."""

    q = django_filters.CharFilter(label="党组织或社会组织名称", method="by_name", max_length=100)
    period = django_filters.ChoiceFilter(label="时段", choices=(), method="in_period", empty_label="最近季度")
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委", queryset=lambda request: committees_for(request.actor)
    )
    standing = django_filters.ChoiceFilter(
        label="开展情况", choices=[*Standing.choices, (DUE, "有到期要求")], method="stands"
    )
    missed = django_filters.ChoiceFilter(label="欠开的内容", choices=Duty.choices, method="missing")
    owed = django_filters.ChoiceFilter(label="到期的要求", choices=Duty.choices, method="owing")
    kind = django_filters.ChoiceFilter(label="类别", choices=OrganizationKind.choices)
    unassigned = django_filters.BooleanFilter(label="未明确党委", field_name="committee", lookup_expr="isnull")
    programme = django_filters.ModelChoiceFilter(
        label="专项学习", queryset=lambda request: scoped(StudyProgramme, request.actor), method="of_programme"
    )
    studied = django_filters.ChoiceFilter(
        label="专项学习开展情况", choices=[(WITH, "已开展"), (WITHOUT, "未开展")], method="of_programme"
    )
    primary: ClassVar[Sequence[str]] = ("q", "period", "committee", "standing", "missed")

    class Meta:
        model = PartyOrganization
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["period"].extra["choices"] = periods(self.as_of)

    @cached_property
    def chosen(self) -> Period:
        """The period looked at: the asked one, else the quarter of the last month that is over."""
        return period_from(str(self.data.get("period", ""))) or usual_period(self.as_of)

    @cached_property
    def found(self) -> dict[int, Compliance]:
        """How every branch of the scope stands, before other filters: each of them reads the same."""
        rules = life_rules(min(self.chosen.last, self.as_of))
        return compliances(bare(self.queryset), self.chosen, self.as_of, self.actor, rules)

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return named(rows, value)

    def in_period(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows

    def stands(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        wanted = (Standing.COMPLETE, Standing.BEHIND) if value == DUE else (value,)
        return rows.filter(pk__in=[pk for one in wanted for pk in stands(self.found, one)])

    def missing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(pk__in=missing_duty(self.found, value))

    def of_programme(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Both filters together: with or without a record of the programme up to the day; one alone changes nothing."""
        cleaned = self.form.cleaned_data
        programme, studied = cleaned.get("programme"), cleaned.get("studied")
        if name != "studied" or programme is None or not studied:
            return rows
        has = having_studied(rows, programme.pk, self.as_of)
        return has if studied == WITH else rows.exclude(pk__in=has.order_by().values("pk"))

    def owing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(pk__in=owing_duty(self.found, value))


class RecordFilter(ScreenFilterSet):
    """Single records."""

    q = SearchFilter(label="主题、党组织", fields=("topic", "organization__key"))
    kind = django_filters.ChoiceFilter(label="类别", choices=LifeKind.choices)
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        field_name="organization__committee",
        queryset=lambda request: committees_for(request.actor),
    )
    since = DateFilter(label="开展日期自", field_name="held_on", lookup_expr="gte")
    until = DateFilter(label="开展日期至", field_name="held_on", lookup_expr="lte")
    first = django_filters.ChoiceFilter(label="第一议题", choices=FIRST, method="first_item")
    programme = django_filters.ModelChoiceFilter(
        label="专项学习", queryset=lambda request: scoped(StudyProgramme, request.actor)
    )
    study = django_filters.ChoiceFilter(label="学习", choices=[(ALL, "学习教育和党课")], method="asked")
    mode = django_filters.ChoiceFilter(label="学习方式", choices=StudyMode.choices)
    education = django_filters.ChoiceFilter(label="教育形式", choices=Education.choices)
    form = django_filters.ChoiceFilter(label="学习组织形式", choices=StudyForm.choices)
    organization = django_filters.ModelChoiceFilter(
        label="党组织", queryset=lambda request: scoped(PartyOrganization, request.actor)
    )
    primary: ClassVar[Sequence[str]] = ("q", "kind", "committee", "since", "until")

    class Meta:
        model = LifeRecord
        fields: ClassVar[list[str]] = []

    def first_item(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        rows = rows.filter(kind__in=FIRST_ITEM_KINDS)
        return rows if value == ALL else rows.filter(has_first_item=value == WITH)

    def asked(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(STUDYING)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A select of every organisation would be longer than the list: it is reached by links only.
        if not self.data.get("organization"):
            del self.filters["organization"]


class ProblemFilter(ScreenFilterSet):
    """Problems found in study."""

    q = SearchFilter(label="问题、制度、党组织", fields=("text", "linked_system", "organization__key"))
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        field_name="organization__committee",
        queryset=lambda request: committees_for(request.actor),
    )
    state = django_filters.ChoiceFilter(label="整改情况", choices=ProblemState.choices, method="stands")
    area = django_filters.ChoiceFilter(label="所属方面", choices=Area.choices)
    programme = django_filters.ModelChoiceFilter(
        label="专项学习", queryset=lambda request: scoped(StudyProgramme, request.actor)
    )
    since = DateFilter(label="查摆日期自", field_name="found_on", lookup_expr="gte")
    until = DateFilter(label="查摆日期至", field_name="found_on", lookup_expr="lte")
    linked = django_filters.BooleanFilter(label="建立或修订了制度", method="with_system")
    primary: ClassVar[Sequence[str]] = ("q", "committee", "state", "area", "programme")

    class Meta:
        model = StudyProblem
        fields: ClassVar[list[str]] = []

    def stands(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(problem_is(value, self.as_of))

    def with_system(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return rows.exclude(linked_system="") if value else rows.filter(linked_system="")


class PioneerFilter(ScreenFilterSet):
    """Posts, areas and teams of members."""

    q = SearchFilter(label="名称、党组织", fields=("name", "organization__key"))
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        field_name="organization__committee",
        queryset=lambda request: committees_for(request.actor),
    )
    kind = django_filters.ChoiceFilter(label="类别", choices=PioneerKind.choices)
    current = django_filters.BooleanFilter(label="正在开展", method="running")
    primary: ClassVar[Sequence[str]] = ("q", "committee", "kind", "current")

    class Meta:
        model = PioneerRecord
        fields: ClassVar[list[str]] = []

    def running(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(current_on(self.as_of)) if value else rows.exclude(current_on(self.as_of))
