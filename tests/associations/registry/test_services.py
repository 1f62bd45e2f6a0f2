from datetime import date, datetime
from typing import Any

import pytest

from associations.registry.enums import AssignmentRole, AssociationStatus, NameKind, Source
from associations.registry.models import Assignment, Association
from associations.registry.services import (
    add_name,
    assign_department,
    change_association,
    end_assignment,
    record_member_counts,
    register_association,
    remove_name,
)
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.audit.models import AuditEvent
from tests import factories
from tests.personas import Personas

UNIT = AssignmentRole.SUPERVISING_UNIT


def register(personas: Personas, now: datetime, **values: Any) -> Association:
    actor = personas.department_staff.actor
    given = {
        "uscc": factories.uscc(),
        "name": "湖南省油茶产业协会",
        "kind": "social_group",
        "registration_level": "province",
        "region": personas.province.hunan,
    }
    with acting_as(actor):
        return register_association(actor=actor, now=now, **given | values)


def held(association: Association, role: str = UNIT) -> list[tuple[str, date | None, date | None]]:
    rows = Assignment.objects.filter(association=association, role=role).order_by("pk")
    return [(row.department.name, row.starts_on, row.ends_on) for row in rows.select_related("department")]


def assign(personas: Personas, now: datetime, association: Association, department: Any, **values: Any) -> Assignment:
    actor = personas.department_staff.actor
    given = {"role": UNIT, "starts_on": date(2026, 6, 1), "version": association.version}
    with acting_as(actor):
        return assign_department(association, department=department, actor=actor, now=now, **given | values)


def test_register_association_keeps_names_for_the_search_and_history(personas: Personas, now: datetime) -> None:
    association = register(personas, now, short_name="省油茶协会")
    assert association.search_key == f"湖南省油茶产业协会 省油茶协会 {association.uscc.casefold()}"
    event = AuditEvent.objects.get(action="associations.register")
    assert (event.subject_label, event.after["name"]) == ("湖南省油茶产业协会", "湖南省油茶产业协会")


def test_register_association_with_a_known_code_is_refused(personas: Personas, now: datetime) -> None:
    known = personas.province.tea.uscc
    with pytest.raises(Refused, match="已在名录中"):
        register(personas, now, uscc=known)


@pytest.mark.parametrize("role", ["party_committee", "registrar", "regional_office", "association_filer", "auditor"])
def test_register_association_is_for_the_department_only(personas: Personas, now: datetime, role: str) -> None:
    actor = personas[role].actor
    with pytest.raises(Refused) as refusal:
        register_association(actor=actor, now=now, name="湖南省油茶产业协会")
    assert refusal.value.code == "role"


def test_register_association_refuses_a_date_to_come(personas: Personas, now: datetime) -> None:
    with pytest.raises(Refused, match="2026-07-01晚于今天"):
        register(personas, now, established_on=date(2026, 7, 1))


def test_change_association_keeps_the_former_name(personas: Personas, now: datetime) -> None:
    association, actor = personas.province.tea, personas.department_staff.actor
    with acting_as(actor):
        change_association(association, actor=actor, now=now, version=1, name="湖南省茶叶产业协会")
    association.refresh_from_db()
    former = association.names.get()
    assert (association.name, association.version) == ("湖南省茶叶产业协会", 2)
    assert (former.name, former.kind, former.ends_on) == ("湖南省茶业协会", NameKind.FORMER, date(2026, 6, 29))
    assert "湖南省茶业协会" in association.search_key.split()
    event = AuditEvent.objects.get(action="associations.change")
    assert (event.before, event.after) == ({"name": "湖南省茶业协会"}, {"name": "湖南省茶叶产业协会"})


def test_change_association_back_to_a_former_name_drops_it_from_the_former(personas: Personas, now: datetime) -> None:
    association, actor = personas.province.tea, personas.department_staff.actor
    change_association(association, actor=actor, now=now, version=1, name="湖南省茶叶产业协会")
    change_association(association, actor=actor, now=now, version=2, name="湖南省茶业协会")
    assert list(association.names.values_list("name", flat=True)) == ["湖南省茶叶产业协会"]


def test_change_association_by_two_people_is_a_conflict_with_both_versions(personas: Personas, now: datetime) -> None:
    association, actor = personas.province.tea, personas.department_staff.actor
    other = Association.objects.get(pk=association.pk)
    change_association(other, actor=actor, now=now, version=1, domicile="长沙市芙蓉区")
    with pytest.raises(Conflict) as conflict:
        change_association(association, actor=actor, now=now, version=1, domicile="长沙市天心区")
    assert conflict.value.ours["住所"] == "长沙市天心区"
    assert conflict.value.theirs["住所"] == "长沙市芙蓉区"
    assert AuditEvent.objects.filter(action="associations.change").count() == 1


def test_change_association_to_what_it_is_writes_nothing(personas: Personas, now: datetime) -> None:
    association, actor = personas.province.tea, personas.department_staff.actor
    change_association(association, actor=actor, now=now, version=1, name=association.name)
    assert association.version == 1
    assert not AuditEvent.objects.exists()


def test_change_association_to_a_terminal_status_refuses_a_date_to_come(personas: Personas, now: datetime) -> None:
    changes = {"status": AssociationStatus.DEREGISTERED, "status_on": date(2026, 7, 1)}
    with pytest.raises(Refused) as refusal:
        change_association(personas.province.tea, actor=personas.department_staff.actor, now=now, version=1, **changes)
    assert refusal.value.code == "date.future"


def test_change_association_knows_its_fields(personas: Personas, now: datetime) -> None:
    with pytest.raises(TypeError, match="search_key"):
        change_association(
            personas.province.tea, actor=personas.department_staff.actor, now=now, version=1, search_key=""
        )


def test_add_and_remove_name_keep_the_search_up_to_date(personas: Personas, now: datetime) -> None:
    association, actor = personas.province.tea, personas.department_staff.actor
    name = add_name(association, name="省茶协", kind=NameKind.SHORT, actor=actor, now=now, version=1)
    assert association.search_key.split()[:2] == ["湖南省茶业协会", "省茶协"]
    with pytest.raises(Refused, match="不必重复登记"):
        add_name(association, name="省 茶协", kind=NameKind.ALIAS, actor=actor, now=now, version=2)
    with pytest.raises(Refused, match="就是现在的名称"):
        add_name(association, name="湖南省茶业协会", kind=NameKind.ALIAS, actor=actor, now=now, version=2)
    remove_name(name, actor=actor, now=now, version=2)
    name.association.refresh_from_db()
    assert name.association.search_key.split()[0:2] == ["湖南省茶业协会", association.uscc.casefold()]


def test_assign_department_ends_the_old_one_the_day_before(personas: Personas, now: datetime) -> None:
    province = personas.province
    assign(personas, now, province.tea, province.other_unit, office="行业处", officer="处长")
    assert held(province.tea) == [
        ("湖南省农业农村厅", None, date(2026, 5, 31)),
        ("湖南省商务厅", date(2026, 6, 1), None),
    ]


def test_assign_department_on_the_same_day_corrects_in_place(personas: Personas, now: datetime) -> None:
    province = personas.province
    assign(personas, now, province.tea, province.other_unit)
    assign(personas, now, province.tea, province.regulator)
    assert held(province.tea) == [
        ("湖南省农业农村厅", None, date(2026, 5, 31)),
        ("湖南省工业和信息化厅", date(2026, 6, 1), None),
    ]
    assert AuditEvent.objects.filter(action="associations.assign").first().before["department"] == "湖南省商务厅"


def test_assign_department_with_another_office_starts_a_new_row(personas: Personas, now: datetime) -> None:
    province = personas.province
    assign(personas, now, province.tea, province.unit, office="种植业处")
    assert [row[0] for row in held(province.tea)] == ["湖南省农业农村厅", "湖南省农业农村厅"]


def test_assign_department_before_a_later_one_is_refused(personas: Personas, now: datetime) -> None:
    province = personas.province
    assign(personas, now, province.tea, province.other_unit)
    with pytest.raises(Refused, match="自2026-06-01起已登记为「湖南省商务厅」") as refusal:
        assign(personas, now, province.tea, province.regulator, starts_on=date(2026, 5, 1))
    assert refusal.value.code == "assignment.later"
    assert len(held(province.tea)) == 2


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "assignment.same"),
        ({"starts_on": None}, "assignment.same"),
        ({"role": AssignmentRole.PARTY_COMMITTEE}, "assignment.kind"),
    ],
)
def test_assign_department_refuses_what_changes_nothing_or_does_not_fit(
    personas: Personas, now: datetime, values: dict[str, Any], code: str
) -> None:
    province = personas.province
    with pytest.raises(Refused) as refusal:
        assign(personas, now, province.tea, province.unit, **values)
    assert refusal.value.code == code


def test_assign_department_without_a_day_is_for_the_first_of_a_role(personas: Personas, now: datetime) -> None:
    province = personas.province
    fresh = factories.make_association(region=province.hunan)
    assign(personas, now, fresh, province.unit, starts_on=None)
    assert held(fresh) == [("湖南省农业农村厅", None, None)]
    assign(personas, now, fresh, province.other_unit)
    regulator = AssignmentRole.INDUSTRY_REGULATOR
    factories.make_assignment(fresh, province.regulator, regulator, date(2026, 1, 1))
    with pytest.raises(Refused) as refusal:
        assign(personas, now, fresh, province.unit, role=regulator, starts_on=None)
    assert refusal.value.code == "assignment.start"


def test_assign_department_that_has_ended_is_refused(personas: Personas, now: datetime) -> None:
    gone = factories.make_department("湖南省经济委员会", ends_on=date(2018, 10, 1))
    with pytest.raises(Refused, match="已于2018-10-01停用"):
        assign(personas, now, personas.province.tea, gone)


def test_assign_department_by_two_people_is_a_conflict(personas: Personas, now: datetime) -> None:
    province = personas.province
    assign(personas, now, province.tea, province.other_unit, version=1)
    with pytest.raises(Conflict):
        assign(personas, now, province.tea, province.regulator, version=1, starts_on=date(2026, 6, 2))


def test_end_assignment_leaves_the_role_open(personas: Personas, now: datetime) -> None:
    province, actor = personas.province, personas.department_staff.actor
    row = province.tea.assignments.get(role=UNIT)
    end_assignment(row, ends_on=date(2026, 6, 30), actor=actor, now=now, version=1)
    assert held(province.tea) == [("湖南省农业农村厅", None, date(2026, 6, 30))]
    with pytest.raises(Refused, match="已于2026-06-30终止"):
        end_assignment(row, ends_on=date(2026, 7, 1), actor=actor, now=now, version=2)


def test_end_assignment_before_its_start_is_refused(personas: Personas, now: datetime) -> None:
    province, actor = personas.province, personas.department_staff.actor
    row = assign(personas, now, province.tea, province.other_unit)
    with pytest.raises(Refused, match="早于起始日期2026-06-01"):
        end_assignment(row, ends_on=date(2026, 5, 1), actor=actor, now=now, version=2)


def test_record_member_counts_keeps_zero_and_unreported_apart(personas: Personas, now: datetime) -> None:
    association, actor = personas.province.tea, personas.party_committee.actor
    given = {"counted_on": date(2026, 6, 30), "actor": actor, "now": now}
    with acting_as(actor):
        row = record_member_counts(association, relation_count=0, working_count=None, version=1, **given)
    assert (row.relation_count, row.working_count, row.source) == (0, None, Source.HAND)
    with acting_as(actor):
        again = record_member_counts(association, relation_count=4, working_count=5, version=2, **given)
    assert again.pk == row.pk
    assert AuditEvent.objects.filter(action="associations.count_members").first().before == {
        "relation_count": 0,
        "working_count": None,
    }


def test_record_member_counts_without_a_number_is_refused(personas: Personas, now: datetime) -> None:
    with pytest.raises(Refused, match="没有党员的填 0"):
        record_member_counts(
            personas.province.tea,
            counted_on=date(2026, 6, 30),
            relation_count=None,
            working_count=None,
            actor=personas.department_staff.actor,
            now=now,
            version=1,
        )


def test_assign_department_outside_the_actor_is_refused(personas: Personas, now: datetime) -> None:
    actor = personas.supervising_unit.actor
    with pytest.raises(Refused) as refusal:
        assign_department(
            personas.province.tea,
            role=UNIT,
            department=personas.province.other_unit,
            starts_on=date(2026, 6, 1),
            actor=actor,
            now=now,
            version=1,
        )
    assert refusal.value.code == "role"
