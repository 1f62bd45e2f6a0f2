"""The whole demonstration: the rows, then what happened."""

from datetime import date

from django.db import transaction

from associations.registry.models import Association
from portal.access.scoping import everything
from portal.home.demonstration.accounts import make_accounts
from portal.home.demonstration.appraisals import make_appraisals
from portal.home.demonstration.campaign_methods import make_campaign_methods
from portal.home.demonstration.campaigns import make_campaigns
from portal.home.demonstration.collecting import make_collecting
from portal.home.demonstration.commendations import make_commendations
from portal.home.demonstration.commissions import make_commissions
from portal.home.demonstration.deliberation import make_deliberation
from portal.home.demonstration.duties import make_duties
from portal.home.demonstration.establishment import make_establishment, make_registrations
from portal.home.demonstration.filings import make_filings
from portal.home.demonstration.guidance import make_guidance
from portal.home.demonstration.history import make_history
from portal.home.demonstration.life import make_life
from portal.home.demonstration.linkages import make_linkages
from portal.home.demonstration.mass import Mass, make_mass
from portal.home.demonstration.organizations import make_organizations
from portal.home.demonstration.partymembers import make_members
from portal.home.demonstration.people import make_people
from portal.home.demonstration.register import make_register
from portal.home.demonstration.terms import make_terms
from portal.home.demonstration.vacancies import make_vacancies
from portal.home.demonstration.world import HUNAN, Scale, World
from portal.regions.models import Region


class NotEmpty(Exception):
    """The register already holds associations; invented rows are never mixed with others."""


def load_demonstration(scale: Scale, today: date) -> World:
    """Make a synthetic province around `today`. Needs the reference data; raises NotEmpty on a filled register."""
    world = make_province(scale, today)
    make_history(world)
    return world


def load_stress(scale: Scale, today: date, mass: Mass) -> World:
    """Make a synthetic province many times over, without history; for measuring. Raises NotEmpty like the other."""
    world = make_province(scale, today)
    with everything("the stress data are copied past the services"), transaction.atomic():
        make_mass(world, mass)
    return world


@transaction.atomic
def make_province(scale: Scale, today: date) -> World:
    """The rows alone, in one transaction, without what happened to them since."""
    with everything("the demonstration writes past the services"):
        if Association.objects.exists():
            raise NotEmpty
        world = World(today=today, scale=scale)
        hunan = Region.objects.filter(path__startswith=f"/{HUNAN}/", level__in=["province", "city", "county"])
        world.regions = {region.code: region for region in hunan.select_related("parent").order_by("code")}
        make_register(world)
        make_organizations(world)
        make_people(world)
        make_accounts(world)
        make_filings(world)
        # Last: it takes keys of people, and the others keep theirs.
        make_establishment(world)
        make_terms(world)
        make_vacancies(world)
        make_deliberation(world)
        make_duties(world)
        make_commissions(world)
        make_linkages(world)
        make_registrations(world)
        make_life(world)
        make_campaigns(world)
        make_appraisals(world)
        make_guidance(world)
        make_members(world)
        make_campaign_methods(world)
        make_commendations(world)
        make_collecting(world)
        return world
