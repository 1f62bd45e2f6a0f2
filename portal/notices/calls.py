"""Telephone calls that urge somebody: who called, when, and what came of it. The wing says about what."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import WORKSPACE
from portal.access.scoping import GuardedModel
from portal.notices.enums import CallResult
from portal.screens import columns as screen


def promise_kept(name: str) -> models.CheckConstraint:
    """Whoever promised named the day."""
    return models.CheckConstraint(
        condition=~Q(result=CallResult.PROMISED) | Q(promised_on__isnull=False),
        name=name,
        violation_error_message="对方约定了报送日期的，请填写约定报送日期。",
    )


class Call(GuardedModel):
    """One call; never changed afterwards. The number is not kept with it."""

    result = models.CharField("通话结果", max_length=16, choices=CallResult)
    promised_on = models.DateField("约定报送日期", null=True, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="通话人"
    )
    caller_label = models.CharField("通话单位", max_length=200)
    called_at = models.DateTimeField("通话时间")

    class Meta:
        abstract = True


def call_fields(*, result: str, promised_on: date | None, note: str, actor: Actor, now: datetime) -> dict[str, Any]:
    """What every call keeps. Raises `Refused` for a role that does not urge, or a promise in the past."""
    if actor.role not in WORKSPACE:
        raise Refused("role", f"您当前的身份是「{actor.label}」，不能登记催报电话。")
    if promised_on and promised_on < timezone.localdate(now):
        raise Refused("call.promise", f"约定报送日期 {promised_on} 已经过去。请填写今天或以后的日期。")
    return {
        "result": result,
        "promised_on": promised_on,
        "note": note.strip(),
        "called_by_id": actor.user_id,
        "caller_label": actor.scope.label,
        "called_at": now,
    }


def calls_table(calls: Any) -> screen.TextTable:
    """The calls that were made, as a page shows them."""
    shown = [
        screen.Column("called_at", "时间", kind="datetime"),
        screen.Column("result", "结果", value=lambda row: row.get_result_display()),
        screen.Column("promised_on", "约定报送", kind="date"),
        screen.Column("note", "备注"),
        screen.Column("caller_label", "通话单位"),
    ]
    return screen.table("通话记录", shown, list(calls), empty="还没有通话记录。")
