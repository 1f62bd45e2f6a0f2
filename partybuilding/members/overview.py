"""The roster and the secretary on the page of a Party organisation."""

from datetime import date

from django.urls import reverse

from partybuilding.members.models import PartyMember, Secretary
from partybuilding.members.services import may_keep
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.people.presentation import masked_phone
from portal.screens.columns import Column, fact, table
from portal.screens.panels import PanelContent
from portal.screens.values import Missing, period_text

SHOWN = 100


def members_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """Who is on the roster, beside the reported numbers."""
    rows = scoped(PartyMember, actor).filter(organization=organization).select_related("person", "phone")
    shown = list(rows.order_by("ends_on", "person__name", "pk")[:SHOWN])
    present = [row for row in shown if row.is_current(day)]
    full = sum(row.membership_state == "full" for row in present)
    note = f"名册上有 {len(present)} 名党员，其中正式党员 {full} 名。" if shown else ""
    reported = organization.full_member_count
    if shown and reported is not None and reported != full:
        note += f"上报的正式党员数是 {reported} 名，两数不同，请核对。"
    columns = [
        Column(
            "name",
            "姓名",
            value="person.name",
            link=lambda row: reverse("partybuilding:party_member", args=[row.pk]),
            card="title",
        ),
        Column("state", "党员类别", value=lambda row: row.get_membership_state_display()),
        Column("party_post", "党内职务", value=lambda row: row.get_party_post_display() or None),
        Column("association_post", "社会组织职务", value=lambda row: row.association_post or None),
        Column("joined_on", "入党日期", kind="date"),
        Column("phone", "联系电话", value=lambda row: masked_phone(row.phone), css="code"),
        Column("period", "在册起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
    ]
    is_keeper = bool(may_keep(actor, organization)) and organization.dissolved_on is None
    return PanelContent(
        "partybuilding/members/panel.html",
        {
            "note": note,
            "table": table("党员名册", columns, shown, empty="没有登记党员名册；只报人数的，以上报人数为准。"),
            "actions": _actions(organization) if is_keeper else [],
            "all_url": f"{reverse('partybuilding:party_members')}?q={organization.name}" if len(shown) == SHOWN else "",
        },
        people=[row.pk for row in shown],
    )


def _actions(organization: PartyOrganization) -> list[tuple[str, str]]:
    args = [organization.pk]
    return [
        ("登记党员", reverse("partybuilding:party_member_new", args=args)),
        ("登记转入党员", reverse("partybuilding:transfer_in", args=args)),
        ("整建制转接", reverse("partybuilding:transfer_all", args=args)),
    ]


def secretary_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """The secretary, who was it before, and the organisation's telephone."""
    rows = list(scoped(Secretary, actor).filter(organization=organization).select_related("person"))
    rows.sort(key=lambda row: (row.ends_on is not None, -(row.starts_on or date.min).toordinal(), row.pk))
    now = next((row for row in rows if row.is_current(day)), None)
    columns = [
        Column("name", "姓名", value="person.name", card="title"),
        Column("origin", "书记来源", value=lambda row: row.get_origin_display() or None),
        Column("period", "任职起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
    ]
    is_keeper = bool(may_keep(actor, organization)) and organization.dissolved_on is None
    return PanelContent(
        "partybuilding/members/secretary.html",
        {
            "facts": [
                fact("现任书记", now.person.name if now else Missing.NOT_REPORTED),
                fact("书记来源", now.get_origin_display() if now and now.origin else Missing.NOT_REPORTED),
                fact("联系电话", masked_phone(organization.phone)),
            ],
            "table": table("历任书记", columns, rows, empty="还没有登记书记。"),
            "new_url": reverse("partybuilding:secretary_new", args=[organization.pk]) if is_keeper else "",
            "reveal_url": reverse("partybuilding:organization_reveal", args=[organization.pk])
            if organization.phone_id
            else "",
        },
        people=[organization.pk],
    )
