"""What an organisation's page says of a vacant office."""

from datetime import date

from partybuilding.organizations.models import PartyOrganization
from partybuilding.secretaries.enums import OfficeState
from partybuilding.secretaries.rules import vacant_days
from partybuilding.secretaries.selectors import limit_days, office_of
from portal.access.actor import Actor
from portal.access.roles import Role
from portal.screens.panels import AttentionItem


def attention(actor: Actor, organization: PartyOrganization, day: date) -> list[AttentionItem]:
    """R-097: the office has been vacant for more days than the rule allows; not said to who holds it."""
    if organization.dissolved_on is not None or actor.role == Role.BRANCH_SECRETARY:
        return []
    state, left_on = office_of(actor, organization, day)
    if state != OfficeState.LATE or left_on is None:
        return []
    vacant = f"书记自 {left_on.isoformat()} 离任后空缺 {vacant_days(left_on, day)} 日，超过 {limit_days(day)} 日。"
    return [AttentionItem(f"{vacant}请尽快选配书记。", url="?tab=secretary")]
