"""The people of the tests and the small province they work in, with data that could leak.

Every persona has associations inside the own scope and others outside of it:

| association | level, place | supervising unit | regulator | committee | Party organisation |
|---|---|---|---|---|---|
| tea | province, 湖南省 | unit | regulator | branch_committee (below committee) | tea_branch |
| trade | province, 湖南省 | other_unit | other_regulator | other_committee | trade_branch |
| city_tea | city, 岳麓区 of 长沙市 | city_unit | – | – | – |
| city_trade | city, 芦淞区 of 株洲市 | other_city_unit | – | other_committee | – |
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone

from associations.registry.enums import RegistrationLevel
from associations.registry.models import Association, Department
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.roles import Role
from portal.access.scoping import everything
from portal.accounts.models import User
from portal.memberships.models import Membership
from portal.memberships.selectors import RELATED, actor_of
from portal.regions.models import Region
from tests import factories


@dataclass(frozen=True)
class Persona:
    """An account with one membership; `actor` is what that membership makes today."""

    user: User
    membership: Membership

    @property
    def actor(self) -> Actor:
        with everything("test data"):
            return actor_of(Membership.objects.select_related(*RELATED).get(pk=self.membership.pk))


# persona: (role, name of the province's node that it hangs on)
PERSONAS: dict[str, tuple[str, str | None]] = {
    "department_admin": (Role.DEPARTMENT_ADMIN, None),
    "department_staff": (Role.DEPARTMENT_STAFF, None),
    "regional_office": (Role.REGIONAL_OFFICE, "changsha"),
    "other_regional_office": (Role.REGIONAL_OFFICE, "zhuzhou"),
    "county_office": (Role.REGIONAL_OFFICE, "yuelu"),
    "registrar": (Role.REGISTRAR, "registrar"),
    "city_registrar": (Role.REGISTRAR, "city_registrar"),
    "supervising_unit": (Role.SUPERVISING_UNIT, "unit"),
    "other_unit": (Role.SUPERVISING_UNIT, "other_unit"),
    "industry_regulator": (Role.INDUSTRY_REGULATOR, "regulator"),
    "other_regulator": (Role.INDUSTRY_REGULATOR, "other_regulator"),
    "party_committee": (Role.PARTY_COMMITTEE, "committee"),
    "other_committee": (Role.PARTY_COMMITTEE, "other_committee"),
    "association_filer": (Role.ASSOCIATION_FILER, "tea"),
    "other_filer": (Role.ASSOCIATION_FILER, "trade"),
    "association_signer": (Role.ASSOCIATION_SIGNER, "tea"),
    "branch_secretary": (Role.BRANCH_SECRETARY, "tea_branch"),
    "system_admin": (Role.SYSTEM_ADMIN, None),
    "security_admin": (Role.SECURITY_ADMIN, None),
    "auditor": (Role.AUDITOR, None),
}
# One persona a role, where a test walks through all roles.
BY_ROLE = {role: next(key for key, value in PERSONAS.items() if value[0] == role) for role in Role.values}


class Province:
    """The nodes of the tests' province; each is made when it is first asked for."""

    @cached_property
    def hunan(self) -> Region:
        return factories.make_region("430000", "湖南省")

    @cached_property
    def changsha(self) -> Region:
        return factories.make_region("430100", "长沙市", self.hunan)

    @cached_property
    def yuelu(self) -> Region:
        return factories.make_region("430104", "岳麓区", self.changsha)

    @cached_property
    def zhuzhou(self) -> Region:
        return factories.make_region("430200", "株洲市", self.hunan)

    @cached_property
    def lusong(self) -> Region:
        return factories.make_region("430203", "芦淞区", self.zhuzhou)

    @cached_property
    def registrar(self) -> Department:
        return factories.make_registrar(self.hunan, name="湖南省民政厅")

    @cached_property
    def city_registrar(self) -> Department:
        return factories.make_registrar(self.changsha, RegistrationLevel.CITY, "长沙市民政局")

    @cached_property
    def unit(self) -> Department:
        return factories.make_department("湖南省农业农村厅")

    @cached_property
    def other_unit(self) -> Department:
        return factories.make_department("湖南省商务厅")

    @cached_property
    def city_unit(self) -> Department:
        return factories.make_department("长沙市农业农村局", level=RegistrationLevel.CITY, region=self.changsha)

    @cached_property
    def other_city_unit(self) -> Department:
        return factories.make_department("株洲市商务局", level=RegistrationLevel.CITY, region=self.zhuzhou)

    @cached_property
    def regulator(self) -> Department:
        return factories.make_department("湖南省工业和信息化厅")

    @cached_property
    def other_regulator(self) -> Department:
        return factories.make_department("湖南省市场监督管理局")

    @cached_property
    def _committees(self) -> tuple[Department, Department]:
        """Both at once: what is below a committee is part of the reach of whoever acts for it."""
        above = factories.make_committee("湖南省综合行业党委")
        return above, factories.make_committee("湖南省茶叶行业党委", parent=above)

    @cached_property
    def committee(self) -> Department:
        return self._committees[0]

    @cached_property
    def branch_committee(self) -> Department:
        return self._committees[1]

    @cached_property
    def other_committee(self) -> Department:
        return factories.make_committee("湖南省商贸行业党委")

    @cached_property
    def tea(self) -> Association:
        return factories.make_association(
            "湖南省茶业协会",
            region=self.hunan,
            supervising_unit=self.unit,
            industry_regulator=self.regulator,
            party_committee=self.branch_committee,
        )

    @cached_property
    def trade(self) -> Association:
        return factories.make_association(
            "湖南省商贸业协会",
            region=self.hunan,
            supervising_unit=self.other_unit,
            industry_regulator=self.other_regulator,
            party_committee=self.other_committee,
        )

    @cached_property
    def city_tea(self) -> Association:
        return factories.make_association(
            "长沙市茶业协会",
            region=self.yuelu,
            registration_level=RegistrationLevel.CITY,
            supervising_unit=self.city_unit,
        )

    @cached_property
    def city_trade(self) -> Association:
        return factories.make_association(
            "株洲市商贸业协会",
            region=self.lusong,
            registration_level=RegistrationLevel.CITY,
            supervising_unit=self.other_city_unit,
            party_committee=self.other_committee,
        )

    @cached_property
    def tea_branch(self) -> PartyOrganization:
        return factories.make_organization("中共湖南省茶业协会支部委员会", self.tea, committee=self.branch_committee)

    @cached_property
    def trade_branch(self) -> PartyOrganization:
        return factories.make_organization("中共湖南省商贸业协会支部委员会", self.trade, committee=self.other_committee)

    def fill(self) -> "Province":
        """Make every node, so that there is something to leak."""
        for name, node in vars(type(self)).items():
            if isinstance(node, cached_property):
                getattr(self, name)
        return self


class Personas:
    """`personas.association_filer.actor`: each persona is made when it is first asked for."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self._made: dict[str, Persona] = {}

    def __getitem__(self, key: str) -> Persona:
        if key not in self._made:
            role, node = PERSONAS[key]
            user = factories.make_user(key, display_name=key)
            scope: Any = getattr(self.province, node) if node else None
            self._made[key] = Persona(user, factories.make_membership(user, role, scope))
        return self._made[key]

    def __getattr__(self, key: str) -> Persona:
        if key in PERSONAS:
            return self[key]
        raise AttributeError(key)

    def of_role(self, role: str) -> Persona:
        """The first persona of a role."""
        return self[BY_ROLE[role]]

    def today(self) -> date:
        return timezone.localdate()
