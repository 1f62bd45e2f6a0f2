"""Honours in the files of a Party organisation (a tab) and of an association (its timeline)."""

from datetime import date

from django.urls import reverse

from associations.registry.models import Association, current_on
from campaigns.commendations.models import Commendation
from campaigns.commendations.selectors import commendations_of
from campaigns.plans.transitions import READERS
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.screens.columns import Column, may_see, table
from portal.screens.panels import PanelContent, TimelineEntry


def organization_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """What the organisation and its members were commended for; a revoked honour stays with its end."""
    columns = [
        Column(
            "title",
            "荣誉称号",
            link=lambda row: reverse("campaigns:nomination", args=[row.nomination_id]),
            card="title",
        ),
        Column("name", "受表彰者"),
        Column("decided_on", "表彰日期", kind="date"),
        Column("document_number", "表彰决定文号"),
        Column("issuer_name", "颁发单位"),
        Column("number", "证书编号"),
        Column(
            "revoked",
            "撤销",
            value=lambda row: f"{row.revoked_on} {row.revoked_number}" if row.revoked_on else None,
        ),
    ]
    rows = commendations_of(actor, organization)
    return PanelContent(
        "campaigns/commendations/panel.html", {"honours": table("表彰", columns, rows, empty="还没有表彰记录。")}
    )


def honours_timeline(actor: Actor, association: Association, day: date) -> list[TimelineEntry]:
    """Honours of the organisations that cover the association, and when one was taken back."""
    if not may_see(READERS, actor):
        return []
    covering = scoped(CoveredAssociation, actor).filter(current_on(day), association=association)
    rows = scoped(Commendation, actor).filter(nomination__organization__in=covering.values("organization"))
    found = []
    for row in rows.filter(decided_on__lte=day).order_by("-decided_on", "number"):
        url = reverse("campaigns:nomination", args=[row.nomination_id])
        text = f"{row.name}被授予「{row.title}」（{row.document_number}）"
        found.append(TimelineEntry(row.decided_on, "表彰", text, row.issuer_name, url))
        if row.revoked_on is not None and row.revoked_on <= day:
            text = f"{row.name}的「{row.title}」被撤销（{row.revoked_number}）"
            found.append(TimelineEntry(row.revoked_on, "撤销表彰", text, row.issuer_name, url))
    return found
