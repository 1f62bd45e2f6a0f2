"""Who runs a campaign, and who may change it: asked first by every service of the room."""

from associations.registry.services import COMMITTEE_KINDS, require_role, within_scope
from campaigns.plans.enums import CampaignState
from campaigns.plans.models import Campaign, Unit
from campaigns.plans.selectors import is_runner
from campaigns.plans.transitions import RUNNERS
from portal.access.actor import Actor, Scope
from portal.access.decisions import Refused
from portal.access.roles import Role
from portal.regions.enums import RegionLevel


def check_runner(campaign: Campaign, actor: Actor, what: str) -> None:
    """Raise `Refused` unless the actor's body runs the campaign and it has not ended; `what` names the act."""
    require_role(actor, RUNNERS, what)
    within_scope(campaign, actor, "活动")
    if not is_runner(campaign, actor):
        raise Refused("campaign.foreign", f"「{campaign}」由其他单位组织，您不能{what}。请联系组织单位。")
    if campaign.state == CampaignState.CLOSED:
        raise Refused("campaign.closed", f"「{campaign}」已经结束，不能{what}。")


def desk_of(campaign: Campaign) -> tuple[Scope, Role]:
    """The body that runs a campaign, and the role in which its people act for it."""
    body = campaign.organizer
    if body is not None:
        role = Role.PARTY_COMMITTEE if body.kind in COMMITTEE_KINDS else Role.SUPERVISING_UNIT
        return Scope("department", body.pk, body.name, department_pks=(body.pk,)), role
    region = campaign.region
    label = f"{region.name}社会工作部"
    if region.level == RegionLevel.PROVINCE:
        return Scope("province", None, label), Role.DEPARTMENT_STAFF
    return Scope("region", region.pk, label, path=region.path), Role.REGIONAL_OFFICE


def task_desk(unit: Unit) -> tuple[Role, Scope]:
    """On whose desk a task for a unit lies: its secretary's, or the committee's own."""
    if unit.organization_id is not None:
        return Role.BRANCH_SECRETARY, Scope("organization", unit.organization_id, str(unit))
    return Role.PARTY_COMMITTEE, Scope("department", unit.department_id, str(unit))
