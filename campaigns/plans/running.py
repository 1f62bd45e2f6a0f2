"""Who may change a campaign: asked first by every service of the room."""

from associations.registry.services import require_role, within_scope
from campaigns.plans.enums import CampaignState
from campaigns.plans.models import Campaign
from campaigns.plans.selectors import is_runner
from campaigns.plans.transitions import RUNNERS
from portal.access.actor import Actor
from portal.access.decisions import Refused


def check_runner(campaign: Campaign, actor: Actor, what: str) -> None:
    """Raise `Refused` unless the actor's body runs the campaign and it has not ended; `what` names the act."""
    require_role(actor, RUNNERS, what)
    within_scope(campaign, actor, "活动")
    if not is_runner(campaign, actor):
        raise Refused("campaign.foreign", f"「{campaign}」由其他单位组织，您不能{what}。请联系组织单位。")
    if campaign.state == CampaignState.CLOSED:
        raise Refused("campaign.closed", f"「{campaign}」已经结束，不能{what}。")
