"""Filters of the account list."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from associations.registry.models import current_on
from portal.access.roles import BUSINESS, Role
from portal.memberships.models import Membership
from portal.screens.filters import ScreenFilterSet, SearchFilter

STATES = [("waiting", "未激活"), ("active", "已激活"), ("disabled", "已停用"), ("ended", "身份已终止"), ("any", "全部")]
ROLES = [(role.value, role.label) for role in Role if role in BUSINESS]
UNUSABLE = "!"


class AccountFilter(ScreenFilterSet):
    """Without a choice: the memberships that hold today or will hold."""

    q = SearchFilter(
        fields=[
            "user__username",
            "user__display_name",
            "association__name",
            "association__uscc",
            "organization__name",
            "department__name",
            "region__name",
        ],
        label="用户名、姓名或单位",
    )
    role = django_filters.ChoiceFilter(label="角色", choices=ROLES)
    state = django_filters.ChoiceFilter(label="状态", choices=STATES, empty_label="现任", method="of_state")
    primary = ("q", "role", "state")

    class Meta:
        model = Membership
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data["state"] else found.filter(self._present())

    def _present(self) -> Q:
        return Q(ends_on=None) | Q(ends_on__gte=self.as_of)

    def of_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "ended":
            return rows.filter(ends_on__lt=self.as_of)
        if value == "disabled":
            return rows.filter(self._present(), user__is_active=False)
        if value == "any":
            return rows
        waiting = Q(user__password__startswith=UNUSABLE)
        return rows.filter(current_on(self.as_of), waiting if value == "waiting" else ~waiting, user__is_active=True)
