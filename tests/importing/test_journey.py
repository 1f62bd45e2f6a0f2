"""A workbook as a city office sends it: read, checked, written, taken back (issue 2, step 1 of the journey)."""

from django.utils import timezone

from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment, Association
from portal.access.actor import acting_as
from portal.importing import services
from portal.importing.selectors import answer
from tests import workbooks
from tests.factories import make_department_name, uscc


def test_city_workbook_is_understood_written_and_undone(run_import, province, personas):
    make_department_name(province.regulator, "省工信厅")
    codes = [uscc(9000 + number, prefix="51430100") for number in range(8)]
    batch = run_import(workbooks.city_office(codes))
    said = answer(batch)
    assert said["state"] == "previewed"
    assert said["sheet"] == "2026名录"
    assert said["header_rows"] == [3, 4]
    assert said["mapping"] == {
        "序号": None,
        "协会名称*": "name",
        "信用代码": "uscc",
        "类型": "kind",
        "登记级别": "registration_level",
        "所属地区": "region",
        "责任分工/主管部门": "industry_regulator",
        "责任分工/责任处室": "responsible_office",
        "责任分工/责任人": "responsible_officer",
        "会员数（家、人）/单位": "unit_member_count",
        "会员数（家、人）/个人": "individual_member_count",
        "成立时间": "established_on",
        "联系电话": "phone",
    }
    assert said["unmapped"] == []
    assert said["counts"] | {"warned": 0} == {
        "read": 8,
        "new": 5,
        "changed": 0,
        "same": 0,
        "rejected": 3,
        "warned": 0,
        "skipped_total_rows": 1,
        "absent": 0,
        "kept_by_source": 0,
    }
    assert [(issue["row"], issue["column"], issue["field"], issue["code"]) for issue in said["rejected"]] == [
        (10, "C", "uscc", "uscc.checksum"),
        (11, "J", "unit_member_count", "number.invalid"),
        (12, "G", "industry_regulator", "reference.unknown"),
    ]
    assert said["warnings"] == []

    actor, now = personas.department_admin.actor, timezone.now()
    with acting_as(actor):
        batch = services.confirm(batch, actor=actor, version=batch.version, now=now)
        batch = services.commit(batch, actor=actor, now=now)
    assert batch.state == "committed"
    tea = Association.objects.get(uscc=codes[0])
    assert (tea.name, tea.unit_member_count, tea.region, tea.version) == ("长沙市茶叶商会", 10, province.changsha, 1)
    assignment = Assignment.objects.get(association=tea)
    assert (assignment.role, assignment.department, assignment.office, assignment.officer) == (
        AssignmentRole.INDUSTRY_REGULATOR,
        province.regulator,
        "行业处",
        "行业处处长",
    )
    assert (assignment.starts_on, assignment.ends_on) == (None, None)
    assert Association.objects.filter(uscc__in=codes).count() == 5

    with acting_as(actor):
        batch = services.undo(batch, actor=actor, version=batch.version, now=now)
    assert (batch.state, batch.left_count) == ("undone", 0)
    assert Association.objects.filter(uscc__in=codes).count() == 0
    assert Assignment.objects.filter(office="行业处").count() == 0
