"""Plans: what they do to 应建未建, the task and each other; what is refused."""

from datetime import date, datetime
from typing import Any

import pytest

from associations.registry.models import Association
from partybuilding.coverage.enums import ESTABLISH_TASK, Measure
from partybuilding.coverage.selectors import measured
from partybuilding.establishment.models import EstablishmentPlan
from partybuilding.establishment.services import Planned, record_plan, withdraw_plan
from partybuilding.organizations.services import record_party_organization
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import scoped
from portal.notices.enums import TaskState
from portal.notices.models import Task
from tests import factories
from tests.personas import Personas

pytestmark = pytest.mark.usefixtures("parameters")
FOUNDING = {
    "kind": "founding",
    "starts_on": date(2026, 6, 1),
    "due_on": date(2026, 9, 30),
    "responsible": "组织处处长",
}
DEFERRAL = {
    "kind": "deferral",
    "starts_on": date(2026, 6, 10),
    "due_on": date(2026, 12, 31),
    "document_number": "湘社组党〔2026〕9号",
    "ground": "dormant",
    "reason": "停止活动一年",
}


@pytest.fixture
def tea(personas: Personas) -> Association:
    """Four members, no organisation: 应建未建 (R-078)."""
    association = personas.province.tea
    factories.make_member_count(association, date(2026, 5, 31), 4)
    return association


def plan(personas: Personas, now: datetime, association: Association, **values: Any) -> Planned:
    actor = personas[values.pop("persona", "party_committee")].actor
    with acting_as(actor):
        return record_plan(association, actor=actor, now=now, **values)


def counted(personas: Personas, measure: str, day: date) -> bool:
    actor = personas.department_staff.actor
    with acting_as(actor):
        return measured(scoped(Association, actor), measure, as_of=day).exists()


def test_a_planned_founding_still_counts_and_lays_the_task(personas: Personas, now: datetime, tea: Association) -> None:
    planned = plan(personas, now, tea, **FOUNDING)
    assert planned.task is not None
    assert (planned.task.kind, planned.task.due_on) == (ESTABLISH_TASK, date(2026, 9, 30))
    assert planned.plan.committee == personas.province.branch_committee
    assert counted(personas, Measure.SHOULD_NOT_BUILT, date(2026, 6, 30))
    assert counted(personas, Measure.PLANNED, date(2026, 6, 30))
    assert not counted(personas, Measure.PLANNED, date(2026, 5, 31))


def test_an_approved_deferral_takes_it_out_while_in_force(personas: Personas, now: datetime, tea: Association) -> None:
    plan(personas, now, tea, **FOUNDING)
    plan(personas, now, tea, **DEFERRAL)
    days = [date(2026, 6, 9), date(2026, 6, 10), date(2026, 12, 31), date(2027, 1, 1)]
    assert [counted(personas, Measure.SHOULD_NOT_BUILT, day) for day in days] == [True, False, False, True]
    assert [counted(personas, Measure.DEFERRED, day) for day in days] == [False, True, True, False]
    assert [counted(personas, Measure.SHOULD_ESTABLISH, day) for day in days] == [True] * 4
    first = EstablishmentPlan.objects.get(kind="founding")
    assert (first.ends_on, first.outcome) == (date(2026, 6, 9), "replaced")
    task = Task.objects.get()
    assert (task.state, "湘社组党〔2026〕9号" in task.evidence) == (TaskState.CLOSED, True)


def test_a_withdrawn_deferral_counts_again(personas: Personas, now: datetime, tea: Association) -> None:
    row = plan(personas, now, tea, **DEFERRAL).plan
    actor = personas.party_committee.actor
    with acting_as(actor):
        with pytest.raises(Conflict):
            withdraw_plan(row, ends_on=date(2026, 6, 20), reason="恢复活动", actor=actor, now=now, version=9)
        withdraw_plan(row, ends_on=date(2026, 6, 20), reason="恢复活动", actor=actor, now=now, version=row.version)
        with pytest.raises(Refused) as again:
            withdraw_plan(row, ends_on=date(2026, 6, 20), reason="再撤", actor=actor, now=now, version=row.version)
        early = factories.make_plan(personas.province.tea, starts_on=date(2026, 6, 25))
        with pytest.raises(Refused) as before:
            withdraw_plan(early, ends_on=date(2026, 6, 24), reason="有误", actor=actor, now=now, version=1)
    assert (again.value.code, before.value.code) == ("plan.ended", "plan.dates")
    assert not counted(personas, Measure.SHOULD_NOT_BUILT, date(2026, 6, 20))
    assert counted(personas, Measure.SHOULD_NOT_BUILT, date(2026, 6, 21))


def test_recording_the_organisation_settles_the_plan(personas: Personas, now: datetime, tea: Association) -> None:
    plan(personas, now, tea, **FOUNDING)
    actor = personas.party_committee.actor
    with acting_as(actor):
        record_party_organization(
            name="中共湖南省茶业协会支部委员会",
            kind="branch",
            establishment_mode="individual",
            committee=personas.province.branch_committee,
            associations=[tea],
            approval_number="湘茶党发〔2026〕3号",
            established_on=date(2026, 6, 20),
            full_member_count=4,
            actor=actor,
            now=now,
        )
    row = EstablishmentPlan.objects.get()
    assert (row.ends_on, row.outcome) == (date(2026, 6, 20), "founded")
    with pytest.raises(Refused) as built:
        plan(personas, now, tea, **FOUNDING | {"starts_on": date(2026, 6, 25)})
    assert built.value.code == "plan.built"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (FOUNDING | {"persona": "registrar"}, "role"),
        (FOUNDING | {"persona": "other_committee"}, "scope.outside"),
        (FOUNDING | {"starts_on": date(2026, 7, 1)}, "date.future"),
        (FOUNDING | {"due_on": date(2026, 6, 29)}, "plan.due"),
        (FOUNDING | {"responsible": " "}, "invalid"),
        (DEFERRAL | {"document_number": ""}, "invalid"),
        (DEFERRAL | {"reason": ""}, "invalid"),
        (DEFERRAL | {"ground": ""}, "invalid"),
    ],
)
def test_record_plan_refuses(
    personas: Personas, now: datetime, tea: Association, values: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        plan(personas, now, tea, **values)
    assert refusal.value.code == code


def test_a_deferral_where_nothing_is_due_and_a_second_plan_of_the_day_are_refused(
    personas: Personas, now: datetime, tea: Association
) -> None:
    with pytest.raises(Refused) as needless:
        plan(personas, now, personas.province.trade, **DEFERRAL, persona="department_staff")
    plan(personas, now, tea, **FOUNDING)
    with pytest.raises(Refused) as second:
        plan(personas, now, tea, **FOUNDING)
    assert (needless.value.code, second.value.code) == ("plan.not_due", "plan.later")


def test_without_a_committee_there_is_a_plan_and_no_task(personas: Personas, now: datetime) -> None:
    loose = factories.make_association(region=personas.province.hunan)
    assert plan(personas, now, loose, **FOUNDING, persona="department_staff").task is None
