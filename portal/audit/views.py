"""The auditor's pages: who did what, and who read what."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import Role
from portal.audit.actions import action_label
from portal.audit.changes import changes_of
from portal.audit.filters import AccessEventFilter, AuditEventFilter
from portal.audit.models import AccessEvent, AuditEvent, Result
from portal.screens.columns import Column, Empty, Fact, PageAction, Tag, fact
from portal.screens.details import DetailScreen, Header
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import datetime_text

TONES = {Result.SUCCESS: "green", Result.REFUSED: "amber", Result.FAILED: "red"}
AUDITOR = Policy({Role.AUDITOR})

WHO = (
    Column("user", "用户", value=lambda event: event.user.username if event.user else None),
    Column("membership_label", "身份"),
)
RESULT = Column(
    "result",
    "结果",
    value=lambda event: Result(event.result),
    tone=lambda event: TONES[Result(event.result)],
    kind="state",
    card="tag",
)


def _at(url_name: str) -> Column:
    return Column(
        "at",
        "时间",
        value=lambda event: datetime_text(event.at, seconds=True),
        link=lambda event: reverse(url_name, args=[event.pk]),
        sort="at",
        card="title",
        css="code",
    )


class _HistoryList(ListScreen):
    policy = AUDITOR
    default_order = ("-at", "-pk")

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return super().get_queryset(actor).select_related("user")


class AuditEventList(_HistoryList):
    title = "操作日志"
    model = AuditEvent
    filterset_class = AuditEventFilter
    columns = (
        _at("audit:event"),
        *WHO,
        Column("action", "操作", value=lambda event: action_label(event.action)),
        Column("subject_label", "对象", value=lambda event: event.subject_label or event.subject_pk),
        RESULT,
        Column("address", "来源地址", css="code"),
    )
    actions = (PageAction("查阅日志", "audit:access_list", primary=False),)
    empty = Empty("没有符合条件的操作记录。请放宽日期或其他条件。")


class AccessEventList(_HistoryList):
    title = "查阅日志"
    model = AccessEvent
    filterset_class = AccessEventFilter
    columns = (
        _at("audit:access"),
        *WHO,
        Column("view", "页面"),
        Column("object_count", "对象数", kind="number"),
        RESULT,
        Column("address", "来源地址", css="code"),
    )
    actions = (PageAction("操作日志", "audit:event_list", primary=False),)
    empty = Empty("没有符合条件的查阅记录。请放宽日期或其他条件。")


def _who(event: AuditEvent | AccessEvent) -> list[Fact]:
    return [
        fact("时间", datetime_text(event.at, seconds=True)),
        fact("用户", f"{event.user.username}（{event.user.display_name}）" if event.user else "系统"),
        fact("身份", event.membership_label),
        fact("来源地址", event.address),
        fact("请求编号", event.request_id),
    ]


class AuditEventDetail(DetailScreen):
    """One act with what it changed."""

    policy = AUDITOR
    model = AuditEvent
    pk_kwarg = "event_pk"
    template_name = "audit/event.html"

    def header(self, obj: AuditEvent) -> Header:
        result = Result(obj.result)
        return Header(action_label(obj.action), tags=[Tag(result.label, TONES[result])])

    def crumbs(self) -> list[Crumb]:
        return [Crumb("操作日志", reverse("audit:event_list"))]

    def context(self) -> dict[str, Any]:
        event = self.object
        return {
            "facts": [
                *_who(event),
                fact("操作代码", event.action),
                fact("对象", event.subject_label),
                fact("对象编号", f"{event.subject_model} {event.subject_pk}".strip()),
                *(fact(label, text) for label, text in (("原因", event.reason), ("用途", event.purpose)) if text),
            ],
            "changes": changes_of(event),
        }


class AccessEventDetail(DetailScreen):
    """One reading with the objects it showed."""

    policy = AUDITOR
    model = AccessEvent
    pk_kwarg = "access_event_pk"
    template_name = "audit/event.html"

    def header(self, obj: AccessEvent) -> Header:
        result = Result(obj.result)
        return Header(obj.view, tags=[Tag(result.label, TONES[result])])

    def crumbs(self) -> list[Crumb]:
        return [Crumb("查阅日志", reverse("audit:access_list"))]

    def context(self) -> dict[str, Any]:
        event = self.object
        return {
            "facts": [
                *_who(event),
                fact("对象数", event.object_count, "number"),
                fact("对象编号", "、".join(str(one) for one in event.object_ids)),
                *(
                    fact(label, text)
                    for label, text in (("条件", event.filters), ("用途", event.purpose), ("原因", event.reason))
                    if text
                ),
            ],
            "changes": [],
        }
