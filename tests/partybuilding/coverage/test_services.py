from datetime import date, datetime
from typing import Any

import pytest

from partybuilding.coverage.enums import ESTABLISH_TASK
from partybuilding.coverage.models import Instructor, InstructorAssignment
from partybuilding.coverage.services import (
    Assigned,
    assign_instructor,
    change_instructor,
    create_instructor,
    end_instructor_assignment,
)
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.audit.models import AuditEvent
from portal.notices.models import Task
from tests import factories
from tests.personas import Personas

pytestmark = pytest.mark.usefixtures("parameters")


@pytest.fixture
def instructor(personas: Personas) -> Instructor:
    return factories.make_instructor("李指导", personas.province.committee)


def assign(personas: Personas, now: datetime, instructor: Instructor, **values: Any) -> Assigned:
    actor = personas[values.pop("persona", "department_staff")].actor
    given = {"starts_on": date(2026, 6, 30), "ends_on": None, "due_on": None}
    association = values.pop("association", personas.province.tea)
    with acting_as(actor):
        return assign_instructor(association, instructor, actor=actor, now=now, **given | values)


def test_assign_with_a_due_date_lays_the_task_on_the_committee(
    personas: Personas, now: datetime, instructor: Instructor
) -> None:
    assigned = assign(personas, now, instructor, due_on=date(2026, 9, 30))
    task = Task.objects.get()
    assert assigned.task == task
    assert (task.kind, task.for_role, task.due_on) == (ESTABLISH_TASK, "party_committee", date(2026, 9, 30))
    assert (task.body_kind, task.body_pk) == ("department", personas.province.branch_committee.pk)
    assert task.title == "为「湖南省茶业协会」组建党组织"
    assert task.url == f"/associations/{personas.province.tea.pk}/?tab=party"
    event = AuditEvent.objects.get(action="instructors.assign")
    assert (event.after["instructor"], event.after["due_on"]) == ("李指导", "2026-09-30")


def test_assign_without_a_due_date_lays_no_task(personas: Personas, now: datetime, instructor: Instructor) -> None:
    assert assign(personas, now, instructor).task is None
    assert not Task.objects.exists()


def test_assign_twice_for_a_founding_moves_the_due_date_of_one_task(
    personas: Personas, now: datetime, instructor: Instructor
) -> None:
    assign(personas, now, instructor, due_on=date(2026, 9, 30))
    assign(personas, now, factories.make_instructor("王指导"), due_on=date(2026, 10, 31))
    assert Task.objects.get().due_on == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"ends_on": date(2026, 6, 29)}, "instructor.dates"),
        ({"due_on": date(2026, 6, 29)}, "instructor.due"),
        ({"persona": "registrar"}, "role"),
        ({"persona": "association_filer"}, "role"),
        ({"persona": "other_committee"}, "scope.outside"),
    ],
)
def test_assign_refusals(
    personas: Personas, now: datetime, instructor: Instructor, values: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        assign(personas, now, instructor, **values)
    assert refusal.value.code == code
    assert not InstructorAssignment.objects.exists()


def test_assign_for_a_founding_without_a_committee_is_refused_with_the_remedy(
    personas: Personas, now: datetime, instructor: Instructor
) -> None:
    with pytest.raises(Refused, match="请先登记其所属党委") as refusal:
        assign(personas, now, instructor, association=personas.province.city_tea, due_on=date(2026, 9, 30))
    assert refusal.value.code == "instructor.no_committee"
    assert assign(personas, now, instructor, association=personas.province.city_tea).task is None


def test_assign_to_a_deregistered_association_is_refused(
    personas: Personas, now: datetime, instructor: Instructor
) -> None:
    gone = factories.make_association(region=personas.province.hunan, status="deregistered", status_on=date(2026, 5, 1))
    with pytest.raises(Refused, match="已于2026-05-01注销"):
        assign(personas, now, instructor, association=gone)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_refused"),
    [
        (date(2026, 3, 1), None, True),
        (date(2026, 1, 1), date(2026, 2, 1), True),
        (date(2026, 3, 31), date(2026, 4, 1), True),
        (date(2026, 4, 1), None, False),
        (date(2025, 1, 1), date(2026, 1, 31), False),
    ],
)
def test_assign_the_same_two_at_once_is_refused(
    personas: Personas, now: datetime, instructor: Instructor, starts_on: date, ends_on: date | None, is_refused: bool
) -> None:
    factories.make_instructor_assignment(instructor, personas.province.tea, date(2026, 2, 1), date(2026, 3, 31))
    if not is_refused:
        assert assign(personas, now, instructor, starts_on=starts_on, ends_on=ends_on).assignment.pk
        return
    with pytest.raises(Refused) as refusal:
        assign(personas, now, instructor, starts_on=starts_on, ends_on=ends_on)
    assert refusal.value.code == "instructor.overlap"


def test_the_sixth_association_is_a_warning(personas: Personas, now: datetime, instructor: Instructor) -> None:
    for _ in range(4):
        factories.make_instructor_assignment(
            instructor, factories.make_association(region=personas.province.hunan), date(2026, 1, 1)
        )
    assert assign(personas, now, instructor).findings == []
    sixth = assign(personas, now, instructor, association=personas.province.trade)
    assert [finding.rule for finding in sixth.findings] == ["R-095"]


def test_assign_on_a_stale_version_is_a_conflict(personas: Personas, now: datetime, instructor: Instructor) -> None:
    with pytest.raises(Conflict):
        assign(personas, now, instructor, version=9)


def test_end_of_an_assignment(personas: Personas, now: datetime, instructor: Instructor) -> None:
    row = assign(personas, now, instructor, starts_on=date(2026, 6, 1)).assignment
    actor = personas.party_committee.actor
    with pytest.raises(Refused, match="早于起始日期"):
        end_instructor_assignment(row, ends_on=date(2026, 5, 1), actor=actor, now=now)
    end_instructor_assignment(row, ends_on=date(2026, 6, 30), actor=actor, now=now)
    with pytest.raises(Refused, match="已于2026-06-30终止"):
        end_instructor_assignment(row, ends_on=date(2026, 7, 1), actor=actor, now=now)


def test_a_committee_registers_instructors_of_its_own_system(personas: Personas, now: datetime) -> None:
    province = personas.province
    assert province.branch_committee.parent == province.committee
    actor = personas.party_committee.actor
    with acting_as(actor):
        made = create_instructor(name="赵指导", department=province.branch_committee, actor=actor, now=now)
        for department in (province.other_committee, None):
            with pytest.raises(Refused) as refusal:
                create_instructor(name="钱指导", department=department, actor=actor, now=now)
            assert refusal.value.code == "scope.outside"
        with pytest.raises(Refused) as moved:
            change_instructor(
                made,
                name="赵指导",
                department=province.other_committee,
                is_active=True,
                actor=actor,
                now=now,
                version=1,
            )
    assert moved.value.code == "scope.outside"
    assert list(Instructor.objects.values_list("person__name", flat=True)) == ["赵指导"]


def test_who_leaves_office_looks_after_nobody_from_tomorrow(
    personas: Personas, now: datetime, instructor: Instructor
) -> None:
    province = personas.province
    factories.make_instructor_assignment(instructor, province.tea, date(2026, 1, 1))
    factories.make_instructor_assignment(instructor, province.trade, date(2026, 8, 1))
    actor = personas.department_staff.actor
    values = {"name": "李指导", "department": province.committee, "is_active": False, "actor": actor, "now": now}
    change_instructor(instructor, version=1, **values)
    assert list(instructor.assignments.values_list("association", "ends_on")) == [(province.tea.pk, date(2026, 6, 30))]
    with pytest.raises(Refused) as refusal:
        assign(personas, now, instructor, association=province.city_trade)
    assert refusal.value.code == "instructor.inactive"
    with pytest.raises(Conflict):
        change_instructor(instructor, version=1, **values)


def test_a_committee_changes_no_instructor_of_another(personas: Personas, now: datetime) -> None:
    province, actor = personas.province, personas.party_committee.actor
    foreign = factories.make_instructor("王指导", province.other_committee)
    factories.make_instructor_assignment(foreign, province.tea, date(2026, 1, 1))
    with acting_as(actor), pytest.raises(Refused) as refusal:
        change_instructor(
            foreign,
            name="王指导",
            department=province.branch_committee,
            is_active=False,
            actor=actor,
            now=now,
            version=1,
        )
    assert refusal.value.code == "instructor.foreign"
    assert foreign.assignments.get().ends_on is None
