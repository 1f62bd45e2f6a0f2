"""A small province that closes its months, and a hand that does the background work at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from django.utils import timezone

from associations.registry.models import Association
from partybuilding.closing import services
from partybuilding.closing.enums import How
from partybuilding.closing.models import Close, CloseUnit
from partybuilding.closing.selectors import unit_list
from portal.access.actor import Actor
from portal.access.scoping import everything
from portal.celery import app
from portal.files.models import StoredFile
from portal.files.services import store
from portal.jobs.models import Job
from portal.regulations.models import CalendarYear
from portal.reporting import services as reporting
from portal.reporting.models import ReportRun
from tests import factories
from tests.personas import Persona, Personas, Province

APRIL, MAY = "2026-04", "2026-05"
LAST_DAY = date(2026, 5, 31)


def moment(day: date, hour: int = 8, minute: int = 30) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=timezone.get_default_timezone())


FIRST_OF_JUNE = moment(date(2026, 6, 1))


def do_work() -> int:
    """Do all background work that waits; returns how many jobs were run."""
    with everything("test"):
        waiting = list(Job.objects.filter(state="queued").order_by("pk").values_list("task", "pk"))
    for task, pk in waiting:
        app.tasks[task](pk)
    return len(waiting)


def paper(actor: Actor | None, now: datetime = FIRST_OF_JUNE) -> StoredFile:
    return store(
        b"%PDF-1.4 test",
        name="更正.pdf",
        kind="correction",
        actor=actor,
        now=now,
    )


@dataclass
class Story:
    """Four associations of the personas' province, each of another unit, and the months that are closed over them."""

    province: Province
    personas: Personas

    @property
    def admin(self) -> Persona:
        return self.personas.department_admin

    def open(self, month: str = MAY, now: datetime = FIRST_OF_JUNE) -> Close:
        close = services.open_close(month, actor=self.admin.actor, now=now)
        do_work()
        return self.reload(close)

    def reload(self, close: Close) -> Close:
        with everything("test"):
            return Close.objects.get(pk=close.pk)

    def units(self, close: Close) -> dict[str, CloseUnit]:
        with everything("test"):
            rows = CloseUnit.objects.filter(close=close).select_related("close__previous", "department", "region")
            return {unit.label: unit for unit in rows}

    def confirm(
        self, unit: CloseUnit, who: Persona, how: str = How.CHECKED, now: datetime = FIRST_OF_JUNE
    ) -> CloseUnit:
        with everything("test"):
            seen = unit_list(unit, who.actor).fingerprint
        return services.confirm_unit(unit, how=how, seen=seen, actor=who.actor, version=unit.version, now=now)

    def confirm_all(self, close: Close, now: datetime = FIRST_OF_JUNE) -> None:
        for unit in self.units(close).values():
            if unit.state != "confirmed":
                self.confirm(unit, self.who(unit), now=now)

    def who(self, unit: CloseUnit) -> Persona:
        """The persona of a unit."""
        if unit.department_id is not None:
            own = unit.department_id in self.personas.party_committee.actor.scope.department_pks
            return self.personas.party_committee if own else self.personas.other_committee
        if unit.region.code == "430000":
            return self.personas.department_staff
        return self.personas.regional_office if unit.region.code == "430100" else self.personas.other_regional_office

    def draft(self, as_of: date = LAST_DAY, now: datetime = FIRST_OF_JUNE) -> ReportRun:
        run = reporting.request_run("coverage_close", params={}, as_of=as_of, actor=self.admin.actor, now=now)
        do_work()
        return self.again(run)

    def new_version(self, run: ReportRun, now: datetime = FIRST_OF_JUNE) -> ReportRun:
        made = reporting.new_version(run, actor=self.admin.actor, now=now)
        do_work()
        return self.again(made)

    def again(self, run: ReportRun) -> ReportRun:
        with everything("test"):
            return ReportRun.objects.get(pk=run.pk)

    def sign(self, run: ReportRun, now: datetime = FIRST_OF_JUNE) -> ReportRun:
        run = self.again(run)
        if run.state == "draft":
            run = reporting.send_run(run, actor=self.admin.actor, version=run.version, now=now)
        return reporting.lock_run(
            self.again(run), actor=self.admin.actor, version=run.version, base_url="http://portal", now=now
        )

    def issue(self, month: str, now: datetime) -> Close:
        """Open a month, confirm everything, draft and sign it."""
        close = self.open(month, now)
        self.confirm_all(close, now)
        self.sign(self.draft(close.as_of, now), now)
        return self.reload(close)


@pytest.fixture
def calendar(db: None) -> None:
    for year in (2025, 2026, 2027):
        CalendarYear.objects.create(year=year, is_provisional=True)


@pytest.fixture
def story(province: Province, personas: Personas, reference: None, calendar: None, no_bells: None) -> Story:
    """tea and trade have a branch of their own since 2020; the two city associations have none."""
    province.fill()
    with everything("test data"):
        Association.objects.update(established_on=date(2015, 3, 1))
        for association in (province.tea, province.trade, province.city_tea, province.city_trade):
            association.refresh_from_db()
        for branch in (province.tea_branch, province.trade_branch):
            branch.established_on = date(2020, 1, 1)
            branch.save()
    return Story(province, personas)


@pytest.fixture
def found(story: Story) -> Callable[..., None]:
    """Set up a branch of an association on a day."""

    def found(association: Association, day: date) -> None:
        with everything("test data"):
            factories.make_organization("", association, covered_from=day, established_on=day)

    return found
