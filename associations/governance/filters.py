"""Filters of the lists of officers, contacts and member units. A number is no filter: addresses carry none."""

from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict

from associations.governance.enums import MemberLevel, Post
from associations.governance.models import Contact, MemberUnit, Officer
from associations.governance.selectors import of_association_named, registered_at
from associations.registry.models import current_on
from associations.registry.selectors import OWN_PREFIX, RegionChoices, region_choices
from portal.importing.normalise import name_key
from portal.people.enums import PoliticalStatus
from portal.screens.filters import ScreenFilterSet, SearchFilter

PRESENT, PAST, ALL = "present", "past", "all"


class PlaceFilter(django_filters.ChoiceFilter):
    """Rows of associations registered at a place, with everything below it or only the place itself (`own-…`)."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        region = self.parent.places.region(value)
        return qs.none() if region is None else registered_at(qs, region, itself=value.startswith(OWN_PREFIX))


class AssociationRowsFilter(ScreenFilterSet):
    """What lists of rows of associations share: the place, and whether they hold on the list's date."""

    city = PlaceFilter(label="登记地")
    state = django_filters.ChoiceFilter(
        label="当日", choices=[(PAST, "已终止"), (ALL, "全部")], method="in_state", empty_label="在任或有效"
    )

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(data, queryset, **kwargs)
        self.filters["city"].extra["choices"] = list(self.places.groups)

    @cached_property
    def places(self) -> RegionChoices:
        return region_choices(self.actor)

    def in_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Without a choice only what holds on the date."""
        rows = super().filter_queryset(queryset)
        state = self.form.cleaned_data.get("state")
        if state == ALL:
            return rows
        if state == PAST:
            return rows.filter(ends_on__lt=self.as_of)
        return rows.filter(current_on(self.as_of))


class OfficerFilter(AssociationRowsFilter):
    """By name of the person or the association, post, political status."""

    q = SearchFilter(
        fields=["person__name_key", "association__search_key"], normalise=name_key, label="姓名或社会组织名称"
    )
    post = django_filters.ChoiceFilter(label="职务", choices=Post.choices)
    political = django_filters.ChoiceFilter(
        label="政治面貌", choices=PoliticalStatus.choices, field_name="political_status"
    )
    retired = django_filters.BooleanFilter(label="离退休领导干部", field_name="is_retired_official")
    primary: ClassVar[tuple[str, ...]] = ("q", "post", "city", "state")

    class Meta:
        model = Officer
        fields: list[str] = []


class ContactFilter(AssociationRowsFilter):
    """By name of the person or the association."""

    q = SearchFilter(
        fields=["person__name_key", "duty", "association__search_key"], normalise=name_key, label="姓名或社会组织名称"
    )
    main = django_filters.BooleanFilter(label="首要联系方式", field_name="is_main")
    primary: ClassVar[tuple[str, ...]] = ("q", "main", "city", "state")

    class Meta:
        model = Contact
        fields: list[str] = []


class MemberUnitFilter(AssociationRowsFilter):
    """By name or code of the unit, or the association it belongs to."""

    q = SearchFilter(fields=["key", "uscc"], normalise=name_key, label="会员单位名称或信用代码")
    association = django_filters.CharFilter(label="社会组织名称", method="of_association", max_length=100)
    level = django_filters.ChoiceFilter(label="会员类别", choices=MemberLevel.choices)
    primary: ClassVar[tuple[str, ...]] = ("q", "association", "level", "city")

    class Meta:
        model = MemberUnit
        fields: list[str] = []

    def of_association(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return of_association_named(rows, value)
