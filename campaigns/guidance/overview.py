"""The tabs 督促指导 of a campaign and of a unit, and what asks for attention there."""

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from campaigns.guidance.enums import InspectionKind, NoticeState
from campaigns.guidance.inspection_views import INSPECTION, period_of
from campaigns.guidance.models import ContactPoint, InspectedUnit, RectificationNotice
from campaigns.guidance.notice_views import NOTICE_COLUMNS
from campaigns.guidance.point_views import POINT_COLUMNS
from campaigns.guidance.rules import is_notice_late
from campaigns.guidance.selectors import (
    inspections_for,
    late_notices,
    notices_for,
    points_behind,
    points_for,
    with_visits,
)
from campaigns.ledgers.enums import UNDERTAKEN
from campaigns.ledgers.selectors import LedgerLine, entries_for, ledger_lines
from campaigns.plans.enums import CampaignState
from campaigns.plans.models import Campaign, Unit
from campaigns.plans.selectors import is_reviewer, is_runner
from campaigns.plans.transitions import RUNNERS
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.screens.columns import Column, fact, may_see, table
from portal.screens.panels import AttentionItem, PanelContent

SHOWN = 10


def _is_above(actor: Actor, unit: Unit) -> bool:
    is_open = unit.campaign.state == CampaignState.RUNNING and unit.left_on is None
    return is_open and may_see(RUNNERS, actor) and is_reviewer(unit, actor)


def unit_panel(actor: Actor, unit: Unit, day: date) -> PanelContent:
    """Who keeps in touch with the unit, what inspections found, what it has to put right."""
    points = scoped(ContactPoint, actor).filter(unit=unit).select_related("leader", "body", "unit__organization")
    found = scoped(InspectedUnit, actor).filter(unit=unit, is_chosen=True).select_related("inspection")
    notices = scoped(RectificationNotice, actor).filter(unit=unit).order_by("-issued_on", "pk")
    rows = with_visits(points.select_related("unit__department").order_by("-starts_on", "pk"), day)
    is_above = _is_above(actor, unit)
    is_point = any(row.ends_on is None for row in rows)
    columns = [
        Column(
            "inspection",
            "督查",
            value=lambda row: row.inspection,
            link=lambda row: reverse(INSPECTION, args=[row.inspection_id]),
            card="title",
        ),
        Column("visited_on", "到访日期", kind="date"),
        Column("finding", "督查情况", value=lambda row: row.finding or None, css="long"),
    ]
    if is_above:

        def notice_url(row: InspectedUnit) -> str | None:
            page = reverse("campaigns:notice_new", args=[unit.pk])
            return f"{page}?{urlencode({'inspected': row.pk})}" if row.visited_on else None

        columns.append(
            Column("notice", "操作", value=lambda row: "提出整改意见" if row.visited_on else None, link=notice_url)
        )
    return PanelContent(
        "campaigns/guidance/unit_panel.html",
        {
            "points": table("联系点", POINT_COLUMNS, rows, empty="没有设为联系点。"),
            "point_url": reverse("campaigns:point_new", args=[unit.pk]) if is_above and not is_point else "",
            "findings": table("督查情况", columns, list(found.order_by("-inspection__starts_on")), empty="没有督查。"),
            "notices": table("整改意见", NOTICE_COLUMNS, list(notices), empty="没有整改意见。"),
            "notice_url": reverse("campaigns:notice_new", args=[unit.pk]) if is_above else "",
        },
    )


def attention(actor: Actor, unit: Unit, day: date) -> list[AttentionItem]:
    """What the unit has to put right and has not reported."""
    rows = scoped(RectificationNotice, actor).filter(unit=unit, state=NoticeState.ISSUED).order_by("due_on", "pk")
    found = []
    for row in rows:
        is_late = is_notice_late(row.state, row.due_on, day)
        words = f"已逾期 {(day - row.due_on).days} 天" if is_late else f"整改期限 {row.due_on.isoformat()}"
        url = reverse("campaigns:notice", args=[row.pk])
        problem = row.problem[:40].rstrip("。，；")
        found.append(AttentionItem(f"整改意见：{problem}，{words}。", "red" if is_late else "amber", url))
    return found


def _undertaken(name: str) -> Callable[[LedgerLine], int | None]:
    """A figure of what was undertaken; a fact is neither open nor done."""
    return lambda row: getattr(row, name) if row.kind in UNDERTAKEN else None


def _listed(entries: str, state: str) -> Callable[[LedgerLine], str | None]:
    return lambda row: f"{entries}?kind={row.kind}&state={state}" if row.kind in UNDERTAKEN else None


def campaign_panel(actor: Actor, campaign: Campaign, day: date) -> PanelContent:
    """How the campaign is guided: figures that open their lists, the points, the inspections."""
    args = [campaign.pk]
    points = with_visits(points_for(actor, campaign).filter(ends_on=None).order_by("starts_on", "pk"), day)
    behind = sum(row.visit_state == "behind" for row in points)  # type: ignore[attr-defined]
    notices = notices_for(actor, campaign)
    open_count = notices.exclude(state=NoticeState.CLOSED).count()
    late_count = notices.filter(late_notices(day)).count()
    inspections = inspections_for(actor, campaign).order_by("-starts_on", "pk")[:SHOWN]
    listed = reverse("campaigns:notices", args=args)
    pages = [
        ("推进表", reverse("campaigns:schedule", args=args)),
        ("联系点", reverse("campaigns:points", args=args)),
        ("督查", reverse("campaigns:campaign_inspections", args=args)),
        ("整改意见", listed),
        ("评估等级和申报", reverse("campaigns:graded", args=args)),
    ]
    if may_see(RUNNERS, actor) and is_runner(campaign, actor):
        pages.append(("汇报文字", reverse("campaigns:report_parts", args=args)))
    entries = reverse("campaigns:entries", args=args)
    return PanelContent(
        "campaigns/guidance/campaign_panel.html",
        {
            "pages": pages,
            "facts": [
                fact(
                    "联系点（个）", len(points), "number", url=f"{reverse('campaigns:points', args=args)}?state=present"
                ),
                fact(
                    "有半年未走访（个）", behind, "number", url=f"{reverse('campaigns:points', args=args)}?state=behind"
                ),
                fact("未销号整改意见（份）", open_count, "number", url=f"{listed}?state=open"),
                fact("逾期未报告（份）", late_count, "number", url=f"{listed}?state=late"),
            ],
            "ledgers": table(
                "台账",
                [
                    Column("kind", "台账", value=str, link=lambda row: f"{entries}?kind={row.kind}", card="title"),
                    Column(
                        "total",
                        "在册（项）",
                        kind="number",
                        link=lambda row: f"{entries}?kind={row.kind}&state=kept",
                    ),
                    *(
                        Column(name, label, value=_undertaken(name), kind="number", link=_listed(entries, name))
                        for name, label in (("open", "办理中"), ("late", "逾期"), ("done", "已完成"))
                    ),
                ],
                ledger_lines(entries_for(actor, campaign), day),
                empty="还没有台账。",
            ),
            "points": table("联系点", POINT_COLUMNS, points[:SHOWN], empty="还没有联系点。"),
            "inspections": table(
                "督查",
                [
                    Column(
                        "title", "督查", value=str, link=lambda row: reverse(INSPECTION, args=[row.pk]), card="title"
                    ),
                    Column("kind", "方式", value=lambda row: InspectionKind(row.kind).label),
                    Column("period", "起止", value=period_of),
                    Column("chosen_count", "单位（个）", kind="number"),
                    Column("visited_count", "已到访（个）", kind="number"),
                ],
                list(inspections),
                empty="还没有督查。",
            ),
        },
    )


def campaign_attention(actor: Actor, campaign: Campaign, day: date) -> list[AttentionItem]:
    """Contact points that were not visited in a half-year that is over."""
    if campaign.state != CampaignState.RUNNING or not may_see(RUNNERS, actor):
        return []
    late = points_behind(actor, campaign, day)
    if not late:
        return []
    url = reverse("campaigns:points", args=[campaign.pk]) + "?state=behind"
    return [AttentionItem(f"有 {len(late)} 个联系点有半年未走访，例如「{late[0].unit}」。请安排走访。", "amber", url)]
