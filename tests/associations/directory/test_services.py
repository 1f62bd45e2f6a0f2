from datetime import date, datetime

import pytest

from associations.directory.services import (
    add_alias,
    change_department,
    close_department,
    create_department,
    remove_alias,
)
from associations.registry.enums import DepartmentKind, NameKind
from associations.registry.models import Department
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.audit.models import AuditEvent
from tests import factories
from tests.personas import Personas


def test_create_department_with_aliases(personas: Personas, now: datetime) -> None:
    actor = personas.department_admin.actor
    with acting_as(actor):
        made = create_department(
            actor=actor, now=now, name="湖南省工信厅机关", aliases=("省经信委", "省工信厅", "省工信厅")
        )
    assert sorted(made.names.values_list("name", flat=True)) == ["省工信厅", "省经信委"]
    assert AuditEvent.objects.get().action == "departments.create"


def test_create_department_twice_is_refused(personas: Personas, now: datetime) -> None:
    personas.province.unit.refresh_from_db()
    with pytest.raises(Refused, match="已有同名单位"):
        create_department(actor=personas.department_admin.actor, now=now, name="湖南省 农业农村厅")


def test_create_department_is_for_the_department_only(personas: Personas, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        create_department(actor=personas.party_committee.actor, now=now, name="湖南省新党委")
    assert refusal.value.code == "role"


def test_change_department_renames_and_keeps_the_former_name(personas: Personas, now: datetime) -> None:
    actor, unit = personas.department_staff.actor, personas.province.unit
    change_department(unit, actor=actor, now=now, version=1, name="湖南省农业农村和林业厅")
    former = unit.names.get()
    assert (former.name, former.kind, former.ends_on) == ("湖南省农业农村厅", NameKind.FORMER, date(2026, 6, 29))
    change_department(unit, actor=actor, now=now, version=2, name="湖南省农业农村厅")
    assert list(unit.names.values_list("name", flat=True)) == ["湖南省农业农村和林业厅"]
    with pytest.raises(Conflict):
        change_department(unit, actor=actor, now=now, version=2, code="ABC")


def test_change_department_never_closes_a_cycle(personas: Personas, now: datetime) -> None:
    province, actor = personas.province, personas.department_staff.actor
    with pytest.raises(Refused) as refusal:
        change_department(province.committee, actor=actor, now=now, version=1, parent=province.branch_committee)
    assert refusal.value.code == "department.cycle"


def test_change_department_refuses_a_parent_of_another_kind(personas: Personas, now: datetime) -> None:
    province, actor = personas.province, personas.department_staff.actor
    with pytest.raises(Refused) as refusal:
        change_department(province.committee, actor=actor, now=now, version=1, parent=province.unit)
    assert refusal.value.code == "department.parent_kind"


def test_change_department_refuses_a_tree_deeper_than_a_scope_sees(personas: Personas, now: datetime) -> None:
    province, actor = personas.province, personas.department_staff.actor
    top = factories.make_committee("甲")
    middle = factories.make_committee("乙", parent=top)
    low = factories.make_committee("丙", parent=middle)
    province.branch_committee.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        change_department(province.committee, actor=actor, now=now, version=1, parent=low)
    assert refusal.value.code == "department.depth"
    change_department(province.committee, actor=actor, now=now, version=1, parent=middle)
    assert Department.objects.get(pk=province.committee.pk).parent == middle


def test_add_alias_refuses_the_name_of_another(personas: Personas, now: datetime) -> None:
    province, actor = personas.province, personas.department_staff.actor
    taken = province.other_unit.name
    with pytest.raises(Refused, match="另一个单位的名称"):
        add_alias(province.unit, name=taken, kind=NameKind.ALIAS, actor=actor, now=now, version=1)
    alias = add_alias(province.unit, name="省农业厅", kind=NameKind.FORMER, actor=actor, now=now, version=1)
    with pytest.raises(Refused, match="不必重复登记"):
        add_alias(province.unit, name="省农业厅", kind=NameKind.ALIAS, actor=actor, now=now, version=2)
    remove_alias(alias, actor=actor, now=now, version=2)
    assert not province.unit.names.exists()


def test_close_department_waits_until_nobody_depends_on_it(personas: Personas, now: datetime) -> None:
    province, actor = personas.province, personas.department_staff.actor
    association = province.tea
    day = date(2026, 6, 30)
    with pytest.raises(Refused, match="还负责1家社会组织"):
        close_department(province.unit, ends_on=day, actor=actor, now=now, version=1)
    with pytest.raises(Refused, match="还有1个下级单位"):
        close_department(province.committee, ends_on=day, actor=actor, now=now, version=1)
    association.assignments.filter(department=province.unit).update(ends_on=day)
    province.unit.refresh_from_db()
    close_department(province.unit, ends_on=day, actor=actor, now=now, version=1)
    assert Department.objects.get(pk=province.unit.pk).ends_on == day


def test_create_department_below_a_committee_is_a_committee(personas: Personas, now: datetime) -> None:
    made = create_department(
        actor=personas.department_staff.actor,
        now=now,
        name="湖南省花卉行业党委",
        kind=DepartmentKind.PARTY_COMMITTEE,
        parent=personas.province.committee,
        hosted_by=personas.province.unit,
    )
    assert (made.parent, made.hosted_by) == (personas.province.committee, personas.province.unit)
