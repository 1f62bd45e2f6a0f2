"""Filters of the two logs."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter

from portal.audit.actions import codes_named
from portal.audit.models import AccessEvent, AuditEvent, Result
from portal.screens.filters import DateFilter, ScreenFilterSet


def day_starts(day: dt.date) -> dt.datetime:
    """The first instant of a day in the portal's time zone."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


class HistoryFilter(ScreenFilterSet):
    """Who, when, how it ended: the same for both logs."""

    user = CharFilter(label="用户", method="of_user", max_length=64)
    result = ChoiceFilter(label="结果", choices=Result.choices, empty_label="不限")
    since = DateFilter(label="开始日期", method="from_day")
    until = DateFilter(label="结束日期", method="to_day")
    address = CharFilter(label="来源地址", lookup_expr="startswith", max_length=64)
    request_id = CharFilter(label="请求编号", lookup_expr="iexact", max_length=32)

    def of_user(self, events: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        text = value.strip()
        return events.filter(
            Q(user__username__icontains=text)
            | Q(user__display_name__icontains=text)
            | Q(membership_label__icontains=text)
        )

    def from_day(self, events: QuerySet[Any], name: str, value: dt.date) -> QuerySet[Any]:
        return events.filter(at__gte=day_starts(value))

    def to_day(self, events: QuerySet[Any], name: str, value: dt.date) -> QuerySet[Any]:
        return events.filter(at__lt=day_starts(value + dt.timedelta(days=1)))


class AuditEventFilter(HistoryFilter):
    action = CharFilter(label="操作", method="of_action", max_length=80)
    subject = CharFilter(label="对象", method="of_subject", max_length=200)
    primary = ("user", "action", "subject", "result", "since", "until")

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def of_action(self, events: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        text = value.strip()
        return events.filter(Q(action__icontains=text) | Q(action__in=codes_named(text)))

    def of_subject(self, events: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        text = value.strip()
        return events.filter(Q(subject_label__icontains=text) | Q(subject_pk=text))


class AccessEventFilter(HistoryFilter):
    view = CharFilter(label="页面", lookup_expr="icontains", max_length=160)
    primary = ("user", "view", "result", "since", "until")

    class Meta:
        model = AccessEvent
        fields: list[str] = []
