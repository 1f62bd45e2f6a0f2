"""The tab 交叉任职 of a Party organisation: its team beside the posts each holds in the association."""

from datetime import date

from associations.governance.enums import Post
from partybuilding.members.enums import PartyPost
from partybuilding.organizations.models import PartyOrganization
from partybuilding.posts.selectors import associations_of, teams
from portal.access.actor import Actor
from portal.screens.columns import Column, table
from portal.screens.panels import PanelContent


def cross_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """Who of the team holds which post; a joint branch has no association of its own and says so."""
    associations = associations_of(actor, organization, day)
    found = teams(actor, [one.pk for one in associations], day)
    names = {one.pk: one.name for one in associations}
    columns = [
        Column("name", "姓名", card="title"),
        Column("party_posts", "党内职务", value=lambda row: _labels(PartyPost, row.party_posts)),
        Column("association", "社会组织", value=lambda row: names[row.association_pk]),
        Column("posts", "社会组织职务", value=lambda row: _labels(Post, row.posts) or None),
    ]
    rows = [one for pk in names for one in found.get(pk, [])]
    empty = "没有登记书记，名册上也没有登记党内职务。" if associations else "没有单独组建的社会组织，不计交叉任职。"
    return PanelContent(
        "partybuilding/posts/panel.html",
        {"table": table("交叉任职", columns, rows, empty=empty)},
        people=[organization.pk] if rows else [],
    )


def _labels(choices: type[PartyPost] | type[Post], values: list[str]) -> str:
    return "、".join(str(choices(value).label) for value in values)
