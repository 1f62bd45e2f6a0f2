"""Honours in the files of a Party organisation and of an association: a tab on each."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q
from django.urls import reverse

from associations.registry.models import Association, current_on
from campaigns.commendations.models import Commendation
from campaigns.commendations.selectors import commendations_of
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.screens.columns import Column, table
from portal.screens.panels import PanelContent


def _content(rows: Sequence[Commendation]) -> PanelContent:
    """The honours as a table; a revoked one stays with its end."""
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
    return PanelContent(
        "campaigns/commendations/panel.html", {"honours": table("表彰", columns, rows, empty="还没有表彰记录。")}
    )


def organization_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """What the organisation and its members were commended for."""
    return _content(commendations_of(actor, organization))


def honours_of(actor: Actor, association: Association, day: date) -> list[Commendation]:
    """What the organisations that cover an association, their members, and its mass organisations were commended for;
    one query."""
    covering = scoped(CoveredAssociation, actor).filter(current_on(day), association=association)
    # What a mass organisation was honoured for stands in the file of its own association alone.
    of_party = Q(nomination__group=None, nomination__organization__in=covering.values("organization"))
    rows = scoped(Commendation, actor).filter(of_party | Q(nomination__group__association=association))
    return list(rows.filter(decided_on__lte=day).order_by("-decided_on", "number"))


def association_panel(actor: Actor, association: Association, day: date) -> PanelContent:
    """The honours in the file of an association."""
    return _content(honours_of(actor, association, day))
