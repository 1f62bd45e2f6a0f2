"""The tab 党员发展 of a Party organisation."""

from collections import Counter
from datetime import date

from django.urls import reverse

from partybuilding.development.enums import STANDING_TONES, Standing
from partybuilding.development.models import Candidate
from partybuilding.development.selectors import candidates_of
from partybuilding.members.services import may_keep
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.screens.columns import Column, fact, table
from portal.screens.panels import PanelContent

ON_THE_WAY = (Standing.APPLICANT, Standing.ACTIVIST, Standing.TARGET, Standing.ADMITTED)


def development_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """How many stand where, and who."""
    rows: list[Candidate] = candidates_of(actor, organization)
    counts = Counter(row.standing for row in rows)
    columns = [
        Column(
            "name",
            "姓名",
            value="person.name",
            link=lambda row: reverse("partybuilding:candidate", args=[row.pk]),
            card="title",
        ),
        Column("association_post", "社会组织职务", value=lambda row: row.association_post or None),
        Column("applied_on", "申请日期", kind="date"),
        Column("contacts", "培养联系人", value=lambda row: row.contacts or None),
        Column(
            "standing",
            "阶段",
            value=lambda row: Standing(row.standing).label,
            kind="state",
            tone=lambda row: STANDING_TONES[Standing(row.standing)],
            card="tag",
        ),
    ]
    is_keeper = bool(may_keep(actor, organization)) and organization.dissolved_on is None
    return PanelContent(
        "partybuilding/development/panel.html",
        {
            "facts": [fact(f"{standing.label}（人）", counts[standing], "number") for standing in ON_THE_WAY],
            "table": table("党员发展", columns, rows, empty="还没有登记入党申请人。只报人数的党组织不必逐人登记。"),
            "new_url": reverse("partybuilding:candidate_new", args=[organization.pk]) if is_keeper else "",
        },
        people=[row.pk for row in rows],
    )
