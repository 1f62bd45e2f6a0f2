"""The tab 情况报送 of a unit, and what it owes."""

from datetime import date
from typing import Any

from django.urls import reverse

from campaigns.collecting.enums import REPORT_TONES, ReportState
from campaigns.collecting.models import UnitReport
from campaigns.collecting.selectors import reports_of_unit
from campaigns.plans.models import Unit
from campaigns.plans.selectors import is_own_unit
from portal.access.actor import Actor
from portal.screens.columns import Column, table
from portal.screens.panels import AttentionItem, PanelContent


def due_of(day: date) -> Any:
    """The last day, as long as a report is awaited."""
    return lambda row: (row.collection.due_on, day) if row.is_open else None


def state_column() -> Column:
    return Column(
        "state",
        "状态",
        value=lambda row: ReportState(row.state),
        kind="state",
        tone=lambda row: REPORT_TONES[ReportState(row.state)],
        card="tag",
    )


def _url(row: UnitReport) -> str:
    return reverse("campaigns:unit_report", args=[row.pk])


def reports_panel(actor: Actor, unit: Unit, day: date) -> PanelContent:
    """What the unit is asked to report, and what it handed in."""
    columns = [
        Column("title", "报送内容", value="collection.title", link=_url, card="title"),
        Column("due_on", "报送截止", value="collection.due_on", kind="date"),
        Column("left", "期限", value=due_of(day), kind="deadline"),
        Column("handed_in_on", "报送日期", kind="date"),
        state_column(),
    ]
    rows = reports_of_unit(actor, unit)
    return PanelContent(
        "campaigns/collecting/panel.html",
        {"reports": table("情况报送", columns, rows, empty="没有布置情况报送。")},
    )


def attention(actor: Actor, unit: Unit, day: date) -> list[AttentionItem]:
    """What the unit owes, for whoever is to write it or looks after the unit."""
    owed = [row for row in reports_of_unit(actor, unit) if row.is_open]
    if not owed or unit.left_on is not None:
        return []
    one = owed[-1]
    verb = "请报送" if is_own_unit(unit, actor) else "尚未报送"
    when = f"{one.collection.due_on.isoformat()} 截止" + ("，已逾期" if one.is_late(day) else "")
    return [AttentionItem(f"{verb}「{one.collection}」（{when}）。", url=_url(one))]
