"""The month's lists and its draft, killed between their writes: one draft, every list, nothing lost."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from associations.registry.models import Association
from partybuilding.closing import services as closing
from partybuilding.closing.drafting import stored_balances
from partybuilding.closing.enums import How
from partybuilding.closing.models import Close, CloseChange, CloseEdition, CloseRow, CloseUnit
from partybuilding.closing.selectors import unit_list
from portal.access.actor import Actor
from portal.access.scoping import everything
from portal.jobs.models import Job
from portal.notices.models import Notice, Task
from portal.regulations.models import CalendarYear
from portal.reporting import services as reporting
from portal.reporting.models import ReportRun
from portal.reporting.selectors import load_report
from scripts.parts.supervise import Supervisor
from tests import factories
from tests.chaos import test_kill, work
from tests.personas import Personas, Province

keeper = test_kill.keeper
COUNT = 4_500
LISTS = (('INTO "partybuilding_closerow"', 3), ('INTO "notices_task"', 1))
DRAFT = (
    ('INTO "partybuilding_closerow"', 3),
    ('INTO "partybuilding_closechange"', 1),
    ('INTO "reporting_reportrow"', 4),
)


def killed_at(keeper: Supervisor, cuts: tuple[tuple[str, int], ...]) -> None:
    for words, number in cuts:
        test_kill.wait(keeper, lambda: work.mark("cut").exists(), 120)
        left = cuts[cuts.index((words, number)) + 1 :]
        if left:
            work.cut_before(*left[0])
        test_kill.kill_everything(keeper)


def confirm(unit: CloseUnit, actor: Actor) -> None:
    with everything("test"):
        seen = unit_list(unit, actor).fingerprint
    closing.confirm_unit(unit, how=How.CHECKED, seen=seen, actor=actor, version=unit.version, now=timezone.now())


@pytest.fixture
def month(keeper: Supervisor) -> tuple[Personas, str, date]:
    """Last month, in a province of a few thousand associations of one committee and one city."""
    personas = Personas(Province())
    province = personas.province
    factories.enter_parameters(row for row in factories.shipped_parameters() if not row.region)
    today = timezone.localdate()
    last = today.replace(day=1) - timedelta(days=1)
    for year in (last.year - 1, last.year, last.year + 1):
        CalendarYear.objects.create(year=year, is_provisional=True)
    with everything("test data"):
        for association in (province.trade, province.city_tea):
            Association.objects.filter(pk=association.pk).update(established_on=date(2015, 3, 1))
        one = Association.objects.get(pk=province.city_tea.pk)
        copies = []
        for number in range(COUNT):
            copies.append(Association(**{f.attname: getattr(one, f.attname) for f in one._meta.concrete_fields}))
            copies[-1].pk, copies[-1].uscc = None, f"CHAOS{number:013d}"
            copies[-1].name = copies[-1].key = f"被中断的第{number}协会"
        Association.objects.bulk_create(copies, batch_size=500)
    for persona in (personas.department_admin, personas.other_committee, personas.regional_office):
        assert persona.actor
    return personas, f"{last:%Y-%m}", last


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_lists_and_draft_are_one_although_everything_is_killed(
    keeper: Supervisor, month: tuple[Personas, str, date]
) -> None:
    personas, label, last = month
    admin = personas.department_admin.actor
    work.cut_before(*LISTS[0])
    close = closing.open_close(label, actor=admin, now=timezone.now())
    killed_at(keeper, LISTS)
    test_kill.wait(keeper, lambda: Close.objects.unscoped("test").get(pk=close.pk).prepared_at is not None, 120)
    with everything("test"):
        units = {unit.label: unit for unit in CloseUnit.objects.filter(close=close).select_related("close", "region")}
        counts = {name: unit.association_count for name, unit in units.items()}
        assert counts == {"湖南省商贸行业党委": 1, "长沙市（未明确党委）": COUNT + 1}
        assert CloseRow.objects.filter(edition__close=close, edition__number=0).count() == COUNT + 2
        assert Task.objects.filter(kind="confirm_close").count() == 2
        assert Notice.objects.filter(text__startswith="请确认").count() == 2
    # Between the kills a committee has answered: that is not lost either.
    confirm(units["湖南省商贸行业党委"], personas.other_committee.actor)
    confirm(units["长沙市（未明确党委）"], personas.regional_office.actor)
    with everything("test data"):
        middle = last.replace(day=12)
        factories.make_organization("", personas.province.trade, covered_from=middle, established_on=middle)
    work.cut_before(*DRAFT[0])
    asked = reporting.request_run("coverage_close", params={}, as_of=last, actor=admin, now=timezone.now())
    killed_at(keeper, DRAFT)
    with everything("test"):
        test_kill.wait(keeper, lambda: ReportRun.objects.get(pk=asked.pk).state != "building", 180)
        run = ReportRun.objects.get()
        assert (run.pk, run.state, run.failure_text) == (asked.pk, "draft", "")
        edition = CloseEdition.objects.get(close=close, number=1)
        assert edition.run == run
        assert CloseRow.objects.filter(edition=edition).count() == COUNT + 2
        assert CloseChange.objects.filter(edition=edition).count() == 3
        assert all(one.is_even for one in stored_balances(close, edition))
        assert set(CloseUnit.objects.filter(close=close).values_list("state", flat=True)) == {"confirmed", "reopened"}
        report = load_report(run, with_rows=True)
        assert report.problems() == []
        assert len(report.rosters["associations"].rows) == COUNT + 2
        jobs = Job.objects.filter(task__in=["partybuilding.prepare_close", "reporting.build_run"])
        attempts = dict(jobs.values_list("task", "attempts"))
        assert attempts == {"partybuilding.prepare_close": len(LISTS) + 1, "reporting.build_run": len(DRAFT) + 1}
