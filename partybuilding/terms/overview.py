"""The tab 任期与换届 of a Party organisation."""

from datetime import date

from django.urls import reverse

from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import may_manage
from partybuilding.organizations.services import RECORDERS
from partybuilding.terms.enums import TERM_TONES, TermState
from partybuilding.terms.rules import term_state
from partybuilding.terms.selectors import elections_of, extensions_of, present_term, term_rules
from portal.access.actor import Actor
from portal.screens.columns import Column, Tag, fact, may_see, table
from portal.screens.panels import AttentionItem, PanelContent
from portal.screens.values import Missing


def term_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """How the term stands, who was elected with which figures, how long it was extended."""
    rules = term_rules(day)
    term = present_term(organization, rules)
    state = term_state(organization.kind, term, day, rules)
    is_managed = (
        organization.dissolved_on is None
        and may_see(RECORDERS, actor)
        and bool(may_manage(actor, organization.committee, ""))
    )
    args = [organization.pk]
    return PanelContent(
        "partybuilding/terms/panel.html",
        {
            "tags": [Tag(str(state.label), TERM_TONES[state])],
            "facts": [
                fact("本届起始日期", organization.term_started_on or Missing.NOT_REPORTED, "date"),
                fact("任期（年）", rules.years.get(organization.kind, Missing.NOT_APPLICABLE), "number"),
                fact("应届满日期", term.regular_end if term else Missing.NOT_REPORTED, "date"),
                fact("经批准延期至", term.due_on if term and term.is_extended else None, "date"),
            ],
            "elections": table(
                "历次选举",
                (
                    Column("held_on", "选举日期", kind="date"),
                    Column("method", "选举方式", value=lambda row: row.get_method_display()),
                    Column("present", "实到/应到（人）", value=lambda row: f"{row.present_count}/{row.eligible_count}"),
                    Column("seats", "当选/候选/应选（人）", value=_seats),
                    Column("least_votes", "最低得票", kind="number"),
                    Column("number", "批复文号", value="approval_number"),
                    Column("early", "提前换届批准文号", value=lambda row: row.early_approval_number or None),
                ),
                elections_of(actor, organization),
                empty="还没有登记换届选举。",
            ),
            "extensions": table(
                "任期延期",
                (
                    Column("started", "所属届次", value="term_started_on", kind="date"),
                    Column("until_on", "延期至", kind="date"),
                    Column("approved_on", "批准日期", kind="date"),
                    Column("number", "批准文号", value="approval_number"),
                    Column("reason", "延期事由", css="long"),
                ),
                extensions_of(actor, organization),
                empty="没有登记延期。",
            ),
            "election_url": reverse("partybuilding:election_new", args=args) if is_managed else "",
            "extension_url": reverse("partybuilding:extension_new", args=args) if is_managed and term else "",
        },
    )


def _seats(row: object) -> str:
    return f"{row.elected_count}/{row.candidate_count}/{row.seat_count}"  # type: ignore[attr-defined]


def attention(actor: Actor, organization: PartyOrganization, day: date) -> list[AttentionItem]:
    """A term that is over or soon will be."""
    if organization.dissolved_on is not None:
        return []
    rules = term_rules(day)
    term = present_term(organization, rules)
    state = term_state(organization.kind, term, day, rules)
    if term is None or state not in (TermState.OVERDUE, TermState.DUE):
        return []
    if state == TermState.OVERDUE:
        text = f"任期已于 {term.due_on} 届满，逾期 {(day - term.due_on).days} 日没有换届。"
    else:
        text = f"任期到 {term.due_on} 届满，还有 {(term.due_on - day).days} 日。"
    return [AttentionItem(f"{text}请安排换届，或报上级党委批准延期。", url="?tab=term")]
