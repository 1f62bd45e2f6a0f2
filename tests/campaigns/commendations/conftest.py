"""A running campaign with two branches as units, and a round that has come as far as a test needs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from campaigns.commendations import deciding, services
from campaigns.commendations.models import AwardKind, AwardRound, Commendation, Nomination, Quota
from campaigns.plans.enums import CampaignState, Target
from campaigns.plans.models import Campaign, Unit
from portal.access.actor import Actor, acting_as
from portal.access.scoping import everything
from portal.home.management.commands.load_reference import calendar_rows
from portal.publishing import services as publishing
from portal.publishing.models import Publication
from portal.regulations.services import load_calendar
from tests.campaigns.award_makers import make_kind, make_round
from tests.campaigns.makers import make_campaign, make_unit
from tests.conftest import ROOT
from tests.personas import Personas
from tests.wings import NOW, now, parameters

__all__ = ["now", "parameters"]
# The worked example of R-117: published on Monday 2026-06-01, decided on 2026-06-09 at the earliest.
PUBLISHED = NOW.replace(month=6, day=1)
DECIDABLE = NOW.replace(month=6, day=9)
GIVEN: dict[str, Any] = {
    "member": None,
    "secretary": None,
    "deeds": "组织健全，作用突出",
    "recommended_on": date(2026, 5, 20),
    "way": "meeting",
    "participant_count": 30,
    "support_count": 28,
    "appraisal": "",
    "dues_paid": None,
    "no_discipline": None,
}


@dataclass
class Chain:
    """The way of a round through the services, one step a method; each returns what it made."""

    personas: Personas
    campaign: Campaign
    tea: Unit
    trade: Unit
    round: AwardRound
    kind: AwardKind

    @property
    def staff(self) -> Actor:
        return self.personas.department_staff.actor

    @property
    def admin(self) -> Actor:
        return self.personas.department_admin.actor

    def fresh(self, row: Any) -> Any:
        with everything("test data"):
            row.refresh_from_db()
        return row

    def open(self) -> AwardRound:
        with everything("test data"):
            Quota.objects.create(kind=self.kind, unit=self.tea, count=self.kind.total)
        with acting_as(self.staff):
            return services.open_round(
                self.round, actor=self.staff, now=PUBLISHED - timedelta(days=14), version=self.round.version
            )

    def nominate(self, **fields: Any) -> Nomination:
        actor = self.personas.branch_secretary.actor
        given = {"organization": self.tea.organization, **GIVEN} | fields
        kind, unit = given.pop("kind", self.kind), given.pop("unit", self.tea)
        at = given.pop("at", PUBLISHED - timedelta(days=7))
        with acting_as(actor):
            return services.nominate(kind, unit, actor=actor, now=at, **given)

    def choose(self, nomination: Nomination) -> Nomination:
        with acting_as(self.staff):
            return services.choose(
                nomination, reason="成绩突出", actor=self.staff, now=PUBLISHED, version=nomination.version
            )

    def publicise(self) -> Publication:
        one = self.fresh(self.round)
        with acting_as(self.staff):
            services.publicise(one, contact="0731-80000000", actor=self.staff, now=PUBLISHED, version=one.version)
        return self.fresh(self.round).notice  # type: ignore[no-any-return]

    def issue(self, notice: Publication, at: datetime = PUBLISHED) -> Publication:
        with acting_as(self.admin):
            return publishing.issue_publication(notice, actor=self.admin, now=at, version=notice.version)

    def published(self) -> Nomination:
        """Open, recommended, on the list, before the public since 2026-06-01."""
        self.open()
        nomination = self.choose(self.nominate())
        self.issue(self.publicise())
        return nomination

    def decide(self, at: datetime = DECIDABLE, **fields: Any) -> list[Commendation]:
        one = self.fresh(self.round)
        given = {"document_number": "湘社工〔2026〕30号", "reason": "公示无异议"} | fields
        with acting_as(self.admin):
            return deciding.decide(one, actor=self.admin, now=at, version=one.version, **given)


@pytest.fixture
def chain(personas: Personas, parameters: None) -> Chain:
    load_calendar(calendar_rows(ROOT / "fixtures" / "reference"))
    province = personas.province
    # Made here: what a refusal rolls back takes no persona with it.
    for persona in (personas.department_staff, personas.department_admin, personas.branch_secretary):
        assert persona.actor
    assert personas.party_committee.actor
    campaign = make_campaign(province, state=CampaignState.RUNNING, issued_at=NOW)
    tea = make_unit(campaign, province.tea_branch, file=None)
    trade = make_unit(campaign, province.trade_branch, file=None)
    one = make_round(campaign)
    return Chain(personas, campaign, tea, trade, one, make_kind(one, target=Target.ORGANIZATION))
