"""The tab 关怀激励 of a Party organisation, for its superior committee and the department."""

from datetime import date

from django.urls import reverse

from partybuilding.care.selectors import care_of
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import may_manage
from portal.access.actor import Actor
from portal.screens.columns import Column, table
from portal.screens.panels import PanelContent


def care_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """What was done for its members and its work; names, amounts and reasons stand on each record."""
    columns = [
        Column(
            "kind",
            "类别",
            value=lambda row: row.get_kind_display(),
            link=lambda row: reverse("partybuilding:care_record", args=[row.pk]),
            card="title",
        ),
        Column("happened_on", "日期", kind="date"),
        Column("amount", "金额", value=lambda row: "已登记" if row.amount else None),
    ]
    rows = care_of(actor, organization)
    is_ours = bool(may_manage(actor, organization.committee, "")) and organization.dissolved_on is None
    return PanelContent(
        "partybuilding/care/panel.html",
        {
            "table": table("关怀激励", columns, rows, empty="还没有登记关怀、激励和保障。"),
            "new_url": reverse("partybuilding:care_new", args=[organization.pk]) if is_ours else "",
        },
        people=[str(row.pk) for row in rows],
    )
