"""Pages of urging a census: as those of a monthly close, about the units of a census."""

from partybuilding.census.models import Census, CensusCall, CensusUnit
from partybuilding.census.unit_views import UnitOfCensus
from partybuilding.census.views import census_crumb, censuses_crumb
from partybuilding.closing import urging
from partybuilding.closing.urging_views import CloseUrging, UnitCallNew, UnitContact
from portal.access.scoping import scoped
from portal.screens.screen import Crumb


class CensusUrging(CloseUrging):
    """The units that have not confirmed, with telephone and last call, and a text to pass on."""

    model = Census
    call_url, contact_url = "partybuilding:census_call_new", "partybuilding:census_contact"
    ask = "请登录系统，逐家核对登记情况，写明主要症结和对策后确认报送"

    def crumbs(self) -> list[Crumb]:
        return [*censuses_crumb(), census_crumb(self.object)]

    def groups(self) -> list[urging.Called]:
        units = scoped(CensusUnit, self.actor).filter(census=self.object)
        return urging.to_call(units, scoped(CensusCall, self.actor))


class CensusCallNew(UnitOfCensus, UnitCallNew):
    """Write down a call, beside those that were made."""

    calls = CensusCall
    urging_url = "partybuilding:census_urging"


class CensusContact(UnitOfCensus, UnitContact):
    """The office and its telephone."""
