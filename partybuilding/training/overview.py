"""The tab 教育培训 of a Party organisation."""

from datetime import date

from django.urls import reverse

from partybuilding.members.services import may_keep
from partybuilding.organizations.models import PartyOrganization
from partybuilding.training.selectors import sessions_of
from portal.access.actor import Actor
from portal.screens.columns import Column, table
from portal.screens.panels import PanelContent
from portal.screens.values import Missing


def training_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """The organisation's own trainings; the hours of its members are one click away."""
    columns = [
        Column("title", "培训名称", link=lambda row: reverse("partybuilding:training", args=[row.pk]), card="title"),
        Column("audience", "培训对象", value=lambda row: row.get_audience_display()),
        Column("starts_on", "开始日期", kind="date"),
        Column("hours", "学时", kind="number"),
        Column("number", "登记参训（人）", kind="number"),
        Column(
            "participant_count",
            "上报参训（人）",
            value=lambda row: Missing.NOT_REPORTED if row.participant_count is None else row.participant_count,
            kind="number",
        ),
    ]
    is_keeper = bool(may_keep(actor, organization)) and organization.dissolved_on is None
    return PanelContent(
        "partybuilding/training/panel.html",
        {
            "table": table("本组织的培训", columns, sessions_of(actor, organization), empty="还没有登记本组织的培训。"),
            "new_url": reverse("partybuilding:own_training_new", args=[organization.pk]) if is_keeper else "",
            "hours_url": f"{reverse('partybuilding:training_hours')}?q={organization.name}",
        },
    )
