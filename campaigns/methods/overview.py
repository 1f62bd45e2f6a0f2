"""The tab 推进方式 of a unit: what it has done, what it may do next."""

from datetime import date
from typing import Any

from django.urls import reverse

from campaigns.methods.selectors import MethodLine, is_recorder, methods_done
from campaigns.plans.enums import CampaignState, MethodForm
from campaigns.plans.models import Unit
from portal.access.actor import Actor
from portal.regulations.rules import Rate
from portal.screens.columns import Column, fact, filled, serial, table
from portal.screens.panels import PanelContent

PAGE = "campaigns:unit_method"


def state_words(line: MethodLine) -> str:
    """已完成, 待开展, or what it waits for."""
    if line.record is not None:
        return "已完成"
    return f"须先完成{'、'.join(line.waiting)}" if line.waiting else "待开展"


def state_tone(line: MethodLine) -> str:
    if line.record is not None:
        return "green"
    return "grey" if line.waiting else "blue"


def method_url(unit: Unit, method: Any) -> str:
    return reverse(PAGE, args=[unit.pk, method.number])


def methods_panel(actor: Actor, unit: Unit, day: date) -> PanelContent:
    """Each method of the campaign with its state; what the actor may record now has a link."""
    if unit.organization_id is None:
        return PanelContent("campaigns/methods/panel.html", {"is_committee": True})
    lines = methods_done(unit)
    done = sum(line.record is not None for line in lines)
    is_open = unit.left_on is None and unit.campaign.state == CampaignState.RUNNING

    def may(line: MethodLine) -> bool:
        return is_open and line.is_ready and is_recorder(unit, line.method, actor)

    columns = [
        serial("method.number"),
        Column("title", "推进方式", value="method.title", link=lambda row: method_url(unit, row.method), card="title"),
        Column("form", "记录形式", value=lambda row: MethodForm(row.method.form).label),
        Column("state", "状态", value=state_words, kind="state", tone=state_tone, card="tag"),
        Column("done_on", "完成日期", value=lambda row: row.record.done_on if row.record else None, kind="date"),
        Column("due_on", "完成期限", value="method.due_on", kind="date"),
    ]
    if any(may(line) for line in lines):
        columns.append(
            Column(
                "act",
                "办理",
                value=lambda row: "登记" if may(row) else None,
                link=lambda row: method_url(unit, row.method) if may(row) else None,
            )
        )
    return PanelContent(
        "campaigns/methods/panel.html",
        {
            "facts": [fact("完成率", Rate(done, len(lines)), "rate"), fact("已完成（项）", f"{done}/{len(lines)}")],
            "methods": table("推进方式", filled(columns, lines), lines, empty="活动没有推进方式。"),
        },
    )
