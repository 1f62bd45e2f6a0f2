"""What annual filings add to the page and the list of an association: a tab, attention, timeline, a filter."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse

from associations.registry.models import Association
from portal.access.actor import Actor
from portal.access.roles import WORKSPACE
from portal.access.scoping import scoped
from portal.regulations.rules import ConfigurationError
from portal.regulations.selectors import values
from portal.screens.columns import Column, may_see, table
from portal.screens.navigation import url_or_empty
from portal.screens.panels import AttentionItem, ListPart, PanelContent, TimelineEntry
from portal.screens.values import date_text
from supervision.inspections.enums import (
    CONCLUSION_TONES,
    STATE_TONES,
    Conclusion,
    InspectionState,
)
from supervision.inspections.models import Inspection
from supervision.inspections.streaks import PastYear, outcome_of, prior_flags, streaks
from supervision.rounds.enums import RoundState
from supervision.rounds.models import Round

SUBJECT = "associations.Association"
LIMIT = "inspection.revoke_years"


def filings_of(actor: Actor, association: Association) -> list[Inspection]:
    """All years of an association, the latest first; kept on the row, because tab and attention items both ask."""
    if "filings" not in association.__dict__:
        rows = scoped(Inspection, actor).filter(association=association).exclude(round__state=RoundState.DRAFT)
        association.__dict__["filings"] = list(rows.select_related("round").order_by("-round__report_year", "-pk"))
    return association.__dict__["filings"]  # type: ignore[no-any-return]


def flags_of(filings: list[Inspection], day: date) -> tuple[str, ...]:
    """What the years so far say: streaks, and a report of rectification that is due (R-033)."""
    past = [
        PastYear(
            one.round.report_year,
            outcome_of(
                one.state,
                one.conclusion,
                is_over=one.round.state == RoundState.CLOSED or one.filing_due_on < day,
            ),
        )
        for one in filings
    ]
    # Before a year is over its filing says nothing of it yet.
    known = [one for one in past if one.outcome not in {"open", "exempted"}]
    if not known:
        return ()
    found = streaks(past, max(one.report_year for one in known) + 1)
    if not found.needs_rectification_report:
        return ()
    try:
        limit = int(values([LIMIT], on=day)[LIMIT])
    except ConfigurationError:
        return ()
    return prior_flags(found, revoke_years=limit)


def panel(actor: Actor, association: Association, day: date) -> PanelContent:
    """The years with state and conclusion."""
    filings = filings_of(actor, association)

    def page(row: Inspection) -> str | None:
        if may_see(WORKSPACE, actor):
            return reverse("supervision:review", args=[row.pk])
        return url_or_empty("supervision:filing", row.pk) or None

    columns = [
        Column("round", "批次", value="round.title", link=page),
        Column(
            "state",
            "状态",
            value=lambda row: InspectionState(row.state),
            kind="state",
            tone=lambda row: STATE_TONES[InspectionState(row.state)],
        ),
        Column("due", "报送截止", value="filing_due_on", kind="date"),
        Column("submitted", "报送时间", value="submitted_at", kind="datetime"),
        Column("returns", "退回（次）", value="return_count", kind="number"),
        Column(
            "conclusion",
            "结论",
            value=lambda row: Conclusion(row.conclusion) if row.conclusion else None,
            kind="state",
            tone=lambda row: CONCLUSION_TONES[Conclusion(row.conclusion)] if row.conclusion else "",
        ),
        Column("number", "结论文号", value=lambda row: row.conclusion_number or None),
    ]
    return PanelContent(
        "supervision/reviews/panel.html",
        {"years": table("年检", columns, filings, empty="还没有年检记录。"), "year_flags": flags_of(filings, day)},
    )


def attention(actor: Actor, association: Association, day: date) -> list[AttentionItem]:
    """A filing that is late, and what the years before mean."""
    filings = filings_of(actor, association)
    found = [
        AttentionItem(f"{one.round.title}：{_late_text(one, day)}", "red", "?tab=inspections")
        for one in filings
        if one.round.state == RoundState.OPEN and one.is_overdue(day)
    ]
    return found + [AttentionItem(text, url="?tab=inspections") for text in flags_of(filings, day)]


def _late_text(one: Inspection, day: date) -> str:
    if one.state == InspectionState.RETURNED and one.step_due_on is not None:
        return f"退回后的补正期限 {date_text(one.step_due_on)} 已过，逾期 {(day - one.step_due_on).days} 天。"
    return f"应于 {date_text(one.filing_due_on)} 前报送，逾期 {(day - one.filing_due_on).days} 天。"


def timeline(actor: Actor, association: Association, day: date) -> list[TimelineEntry]:
    """Hand-ins, returns and conclusions."""
    entries = []
    for one in filings_of(actor, association):
        title = one.round.title
        if one.first_submitted_at:
            entries.append(TimelineEntry(one.first_submitted_at, "年检", f"报送{title}"))
        if one.returned_at:
            entries.append(TimelineEntry(one.returned_at, "年检", f"{title}退回补正"))
        if one.conclusion and one.conclusion_on:
            number = f"（{one.conclusion_number}）" if one.conclusion_number else ""
            text = f"{title}结论：{one.get_conclusion_display()}{number}"
            entries.append(TimelineEntry(one.conclusion_on, "年检", text))
    return [entry for entry in entries if entry.day <= day]


class StateFilter(django_filters.ChoiceFilter):
    """Associations whose filing in the open rounds of the latest year is in a state."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        latest = Round.objects.filter(state=RoundState.OPEN).order_by("-report_year").values("report_year")[:1]
        rows = Inspection.objects.filter(
            association=OuterRef("pk"), state=value, round__state=RoundState.OPEN, round__report_year=Subquery(latest)
        )
        return qs.filter(Exists(rows))


LIST_PART = ListPart(
    subject=SUBJECT,
    order=20,
    filters={"inspection": StateFilter(label="年检状态（当前批次）", choices=InspectionState.choices)},
)
