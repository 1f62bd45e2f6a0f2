"""Filters of the lists of training."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from associations.governance.models import Officer
from partybuilding.members.enums import SecretarySource
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.selectors import committees_for
from partybuilding.training.enums import Audience, HoursState
from partybuilding.training.models import Academy, TrainingSession
from partybuilding.training.selectors import hours_rules, in_hours_state
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.screens.filters import ScreenFilterSet, SearchFilter

YES, NO = "yes", "no"


class SessionFilter(ScreenFilterSet):
    """By title, audience, academy, who held it, days."""

    q = SearchFilter(fields=["title", "place"], label="培训名称或地点")
    audience = django_filters.ChoiceFilter(label="培训对象", choices=Audience.choices)
    academy = django_filters.ModelChoiceFilter(
        label="培训学院", queryset=lambda request: scoped(Academy, request.actor).order_by("name", "pk")
    )
    organizer = django_filters.ModelChoiceFilter(
        label="举办的党委", queryset=lambda request: committees_for(request.actor)
    )
    central = django_filters.BooleanFilter(label="集中培训", field_name="is_centralized")
    after = django_filters.DateFilter(label="日期从", field_name="starts_on", lookup_expr="gte")
    before = django_filters.DateFilter(label="日期到", field_name="starts_on", lookup_expr="lte")
    primary: ClassVar[Sequence[str]] = ("q", "audience", "academy", "after", "before")

    class Meta:
        model = TrainingSession
        fields: ClassVar[list[str]] = []


class HoursFilter(ScreenFilterSet):
    """By name or organisation, committee, and how the hours stand."""

    q = SearchFilter(fields=["person__name_key", "organization__key"], normalise=name_key, label="姓名或党组织名称")
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        queryset=lambda request: committees_for(request.actor),
        field_name="organization__committee",
    )
    state = django_filters.ChoiceFilter(label="学时", choices=HoursState.choices, method="with_state")
    team = django_filters.BooleanFilter(label="书记和班子成员", field_name="is_team")
    primary: ClassVar[Sequence[str]] = ("q", "committee", "state", "team")

    class Meta:
        model = PartyMember
        fields: ClassVar[list[str]] = []

    def with_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(in_hours_state(value, hours_rules(self.as_of)))


class RotationFilter(ScreenFilterSet):
    """Whether somebody was trained."""

    trained = django_filters.ChoiceFilter(label="轮训", choices=[(YES, "已参加"), (NO, "未参加")], method="was_trained")

    def was_trained(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(~Q(trained_on=None) if value == YES else Q(trained_on=None))


class SecretaryRotationFilter(RotationFilter):
    """Secretaries, also by where they come from."""

    q = SearchFilter(fields=["person__name_key", "organization__key"], normalise=name_key, label="姓名或党组织名称")
    committee = django_filters.ModelChoiceFilter(
        label="综合（行业）党委",
        queryset=lambda request: committees_for(request.actor),
        field_name="organization__committee",
    )
    origin = django_filters.ChoiceFilter(label="书记来源", choices=SecretarySource.choices)
    primary: ClassVar[Sequence[str]] = ("q", "committee", "trained", "origin")

    class Meta:
        model = Secretary
        fields: ClassVar[list[str]] = []


class LeaderRotationFilter(RotationFilter):
    """Leaders of associations."""

    q = SearchFilter(fields=["person__name_key", "association__key"], normalise=name_key, label="姓名或社会组织名称")
    primary: ClassVar[Sequence[str]] = ("q", "trained")

    class Meta:
        model = Officer
        fields: ClassVar[list[str]] = []
