"""The tab 双培双推 of a Party organisation."""

from datetime import date

from django.urls import reverse

from partybuilding.cultivation.selectors import cultivations_of
from partybuilding.cultivation.views import COLUMNS
from partybuilding.members.services import may_keep
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.screens.columns import table
from portal.screens.panels import PanelContent


def cultivation_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """Whom the organisation cultivates, and what came of those before."""
    rows = cultivations_of(actor, organization)
    is_keeper = bool(may_keep(actor, organization)) and organization.dissolved_on is None
    return PanelContent(
        "partybuilding/cultivation/panel.html",
        {
            "table": table("双培双推", COLUMNS, rows, empty="还没有登记双培双推。不登记名册的也可以登记培养对象。"),
            "new_url": reverse("partybuilding:cultivation_new", args=[organization.pk]) if is_keeper else "",
        },
        people=[row.pk for row in rows],
    )
