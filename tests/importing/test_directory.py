"""Kinds departments and party_organizations: trees inside one file, references, scope."""

import datetime as dt

from associations.registry.enums import DepartmentKind
from associations.registry.models import Department, DepartmentName
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization, PartyOrganizationName
from portal.importing.models import ImportRow
from portal.importing.selectors import issues
from tests import factories
from tests.workbooks import as_csv, table

HEADER = ("名称", "类别", "别名", "层级", "地域", "上级", "挂靠部门", "代码")
BRANCHES = (
    "党组织名称",
    "信用代码",
    "所在社会组织",
    "类别",
    "上级党组织",
    "组建方式",
    "成立日期",
    "批复文号",
    "正式党员数",
    "书记",
)


def codes(batch, severity="error"):
    return [(one.row_number, one.column, one.field, one.code) for one in issues(batch, severity)]


def bodies(run_import, rows, **options):
    return run_import(table(rows, HEADER), "departments", **options)


def branches(run_import, rows, **options):
    return run_import(table(rows, BRANCHES), "party_organizations", **options)


def test_tree_of_one_file_is_written_whatever_the_order(run_import, province):
    rows = [
        ("湖南省茶业党委", "综合(行业)党委", "茶业党委", None, None, "湖南省综合党委", None, "C-3"),
        ("湖南省综合党委", "行业党委", None, "省级", "湖南省", "湖南省两新工委", "湖南省委社会工作部", None),
        ("湖南省两新工委", "两新工委", "省两新工委、省委两新工委", None, None, None, None, None),
        ("湖南省委社会工作部", None, None, None, None, None, None, None),
    ]
    batch = bodies(run_import, rows, commit=True)
    assert codes(batch) == []
    tea = Department.objects.get(name="湖南省茶业党委")
    assert (tea.kind, tea.code, tea.level) == (DepartmentKind.PARTY_COMMITTEE, "C-3", "province")
    assert (tea.parent.name, tea.parent.parent.name) == ("湖南省综合党委", "湖南省两新工委")
    assert (tea.parent.hosted_by.name, tea.parent.region) == ("湖南省委社会工作部", province.hunan)
    assert tea.parent.hosted_by.kind == DepartmentKind.GOVERNMENT
    names = DepartmentName.objects.filter(department__name="湖南省两新工委").order_by("pk")
    assert [one.name for one in names] == ["省两新工委", "省委两新工委"]
    again = bodies(run_import, rows)
    assert (again.same_count, again.changed_count, again.new_count) == (4, 0, 0)


def test_text_file_of_an_office(run_import):
    content = as_csv([("单位名称", "别名"), ("湖南省商务厅", "省商务厅")], "gb18030")
    assert run_import(content, "departments", "单位.csv", commit=True).new_count == 1


def test_body_known_by_an_alias_is_the_same_body(run_import, province):
    factories.make_department_name(province.regulator, "省工信厅")
    batch = bodies(run_import, [("省工信厅", None, "省经信委", None, None, None, None, "G-1")], commit=True)
    assert (batch.new_count, batch.changed_count) == (0, 1)
    province.regulator.refresh_from_db()
    assert (province.regulator.name, province.regulator.code) == ("湖南省工业和信息化厅", "G-1")
    assert set(DepartmentName.objects.values_list("name", flat=True)) == {"省工信厅", "省经信委"}


def test_same_name_in_two_cities_is_told_apart_by_region(run_import, province):
    assert province.changsha.parent == province.zhuzhou.parent
    rows = [
        ("民政局", "登记管理机关", None, None, "长沙市", None, None, None),
        ("民政局", "登记管理机关", None, None, "株洲市", None, None, None),
    ]
    assert bodies(run_import, rows, commit=True).new_count == 2
    assert set(Department.objects.values_list("level", "region__name")) == {("city", "长沙市"), ("city", "株洲市")}
    assert bodies(run_import, rows).same_count == 2
    unclear = bodies(run_import, [("民政局", None, "市局", None, None, None, None, None)])
    assert codes(unclear) == [(2, "A", "name", "reference.ambiguous")]


def test_code_of_another_body_is_a_conflict(run_import, province):
    Department.objects.filter(pk=province.unit.pk).update(code="N-1")
    rows = [
        ("甲处", None, None, None, None, None, None, "N-1"),
        ("乙处", None, None, None, None, None, None, "N-2"),
        ("丙处", None, None, None, None, None, None, "n-2"),
        (province.unit.name, None, "农口", None, None, None, None, None),
    ]
    batch = bodies(run_import, rows, commit=True)
    assert codes(batch) == [(2, "H", "code", "duplicate.conflict"), (4, "H", "code", "duplicate.in_file")]
    assert (batch.new_count, batch.changed_count) == (1, 1)


def test_founding_after_the_recorded_end_is_a_conflict(run_import, province):
    branch = province.tea_branch
    PartyOrganization.objects.filter(pk=branch.pk).update(dissolved_on=dt.date(2020, 1, 1))
    row = (branch.name, None, None, None, None, None, "2021-1-1", None, None, None)
    assert codes(branches(run_import, [row])) == [(2, "G", "established_on", "date.conflict")]


def test_circles_and_towers_are_refused(run_import):
    circle = [
        ("甲委", None, None, None, None, "乙委", None, None),
        ("乙委", None, None, None, None, "甲委", None, None),
        ("丙委", None, None, None, None, "丙委", None, None),
    ]
    assert {code for *_, code in codes(bodies(run_import, circle))} == {"reference.cycle"}
    tower = [(f"{number}号委", None, None, None, None, f"{number + 1}号委", None, None) for number in range(1, 6)]
    found = codes(bodies(run_import, [*tower, ("6号委", *[None] * 7)]))
    assert {code for *_, code in found} == {"reference.depth"}


def test_row_below_a_rejected_row_is_rejected_too(run_import):
    rows = [
        ("甲委", None, None, None, None, "乙委", None, None),
        ("乙委", None, None, "没有的层级", None, None, None, None),
        ("丙委", None, None, None, None, None, "甲委", None),
        ("丁委", None, None, None, None, None, None, None),
    ]
    batch = bodies(run_import, rows, commit=True)
    assert [(row, code) for row, _, _, code in codes(batch)] == [
        (2, "reference.unknown"),
        (3, "choice.unknown"),
        (4, "reference.unknown"),
    ]
    assert (batch.new_count, batch.rejected_count) == (1, 3)
    assert list(Department.objects.values_list("name", flat=True)) == ["丁委"]


def test_unknown_parent_creates_nothing(run_import, province):
    assert province.unit
    batch = bodies(run_import, [("甲处", None, None, None, None, "湖南省农业农村", None, None)])
    assert codes(batch) == [(2, "F", "parent", "reference.unknown")]
    assert "湖南省农业农村厅" in issues(batch, "error").get().message
    assert Department.objects.count() == 1


def test_city_office_adds_bodies_of_its_own_region_only(run_import, province, personas):
    assert province.zhuzhou
    rows = [
        ("长沙市商务局", None, None, None, "长沙市", None, None, None),
        ("株洲市商务局", None, None, None, "株洲市", None, None, None),
        ("湖南省商务厅", None, None, None, None, None, None, None),
    ]
    batch = bodies(run_import, rows, actor=personas.regional_office.actor)
    assert [(row, code) for row, _, _, code in codes(batch)] == [(3, "scope.outside"), (4, "scope.outside")]


# Party organisations ----------------------------------------------------------------------------------------------


def test_branch_with_its_association_and_committee(run_import, province):
    row = (
        "中共湖南省咖啡商会支部",
        province.tea.uscc,
        None,
        "支部",
        "湖南省茶叶行业党委",
        "单独组建",
        "2021.6.18",
        "湘社党〔2021〕3号",
        7,
        "赵某",
    )
    assert province.branch_committee
    batch = branches(run_import, [row], commit=True)
    assert codes(batch) == []
    assert codes(batch, "warning") == []
    found = PartyOrganization.objects.get()
    assert (found.kind, found.establishment_mode, found.committee) == (
        "branch",
        "individual",
        province.branch_committee,
    )
    assert (found.established_on, found.approval_number, found.full_member_count) == (
        dt.date(2021, 6, 18),
        "湘社党〔2021〕3号",
        7,
    )
    assert found.secretaries.get().person.name == "赵某"
    covered = CoveredAssociation.objects.get()
    assert (covered.organization, covered.association, covered.starts_on) == (found, province.tea, dt.date(2021, 6, 18))
    assert branches(run_import, [row]).same_count == 1


def test_joint_branch_covers_several_associations(run_import, province):
    names = f"{province.tea.name}、{province.trade.name}"
    row = ("中共茶商联合支部", None, names, "联合支部", None, None, None, None, None, None)
    batch = branches(run_import, [row], commit=True)
    assert {code for *_, code in codes(batch, "warning")} == {
        "establishment_mode.assumed",
        "established_on.missing",
    }
    found = PartyOrganization.objects.get()
    assert found.establishment_mode == "joint"
    assert set(CoveredAssociation.objects.values_list("association", flat=True)) == {province.tea.pk, province.trade.pk}
    # One more association later starts on the effective date.
    more = ("中共茶商联合支部", province.city_tea.uscc, None, None, None, None, None, None, None, None)
    branches(run_import, [more], commit=True, effective_on=dt.date(2026, 1, 1))
    assert CoveredAssociation.objects.get(association=province.city_tea).starts_on == dt.date(2026, 1, 1)


def test_branches_under_an_organisation_of_the_same_file(run_import, province):
    assert province.committee
    rows = [
        ("茶协第一支部", province.tea.uscc, None, "支部", "茶协党总支", "单独组建", "2021-1-1", None, None, None),
        ("茶协党总支", province.tea.uscc, None, "总支", "湖南省综合行业党委", "单独组建", "2020-1-1", None, None, None),
    ]
    batch = branches(run_import, rows, commit=True)
    assert codes(batch) == []
    branch = PartyOrganization.objects.get(name="茶协第一支部")
    assert (branch.parent.name, branch.committee) == ("茶协党总支", province.committee)
    third = ("茶协第二支部", province.tea.uscc, None, "支部", "茶协党总支", "单独组建", "2022-1-1", None, None, None)
    branches(run_import, [third], commit=True)
    found = PartyOrganization.objects.get(name="茶协第二支部")
    assert (found.parent, found.committee) == (branch.parent, province.committee)


def test_what_a_branch_names_must_exist(run_import, province):
    assert province.unit
    rows = [
        ("甲支部", "51430000MJJ0000129", None, "支部", None, "单独组建", "2021-1-1", None, None, None),
        ("乙支部", None, "没有的协会", "支部", None, "单独组建", "2021-1-1", None, None, None),
        ("丙支部", province.tea.uscc, None, "支部", "没有的党委", "单独组建", "2021-1-1", None, None, None),
        ("丁支部", province.tea.uscc, None, "支部", "湖南省农业农村厅", "单独组建", "2021-1-1", None, None, None),
        ("戊支部", province.tea.uscc, None, "支部", "戊支部", "单独组建", "2021-1-1", None, None, None),
        ("己支部", province.tea.uscc, "湖南省商贸业协会", "联合支部", None, "单独组建", "2021-1-1", None, None, None),
    ]
    batch = branches(run_import, rows)
    assert codes(batch) == [
        (2, "B", "association_uscc", "reference.unknown"),
        (3, "C", "association_name", "reference.unknown"),
        (4, "E", "parent", "reference.unknown"),
        (5, "E", "parent", "reference.unknown"),
        (6, "E", "parent", "reference.cycle"),
    ]
    assert "是政府部门，不是党委" in issues(batch, "error").get(row_number=5).message
    warned = {one.code for one in issues(batch, "warning") if one.row_number == 7}
    assert warned == {"establishment_mode.unexpected", "reference.disagrees"}


def test_organisations_standing_below_each_other_are_refused(run_import, province):
    rows = [
        ("甲总支", province.tea.uscc, None, "总支", "乙总支", "单独组建", "2021-1-1", None, None, None),
        ("乙总支", province.tea.uscc, None, "总支", "甲总支", "单独组建", "2021-1-1", None, None, None),
    ]
    assert {code for *_, code in codes(branches(run_import, rows))} == {"reference.cycle"}


def test_names_shared_by_several_are_ambiguous(run_import, province):
    for branch in (province.tea_branch, province.trade_branch):
        PartyOrganizationName.objects.create(organization=branch, name="一支部")
        factories.make_association_name(branch.covered.get().association, "茶商")
    rows = [
        ("一支部", None, None, "支部", None, None, None, None, None, None),
        ("新支部", None, "茶商", "支部", "一支部", "单独组建", "2021-1-1", None, None, None),
    ]
    assert codes(branches(run_import, rows)) == [
        (2, "A", "name", "reference.ambiguous"),
        (3, "E", "parent", "reference.ambiguous"),
        (3, "C", "association_name", "reference.ambiguous"),
    ]


def test_alias_finds_the_organisation_and_new_aliases_are_kept(run_import, province):
    header = ("党组织名称", "简称", "正式党员数")
    branch = province.tea_branch
    PartyOrganizationName.objects.create(organization=branch, name="茶协支部")
    batch = run_import(table([("茶协支部", "茶叶支部", 9)], header), "party_organizations", commit=True)
    assert batch.changed_count == 1
    branch.refresh_from_db()
    assert (branch.name, branch.full_member_count) == ("中共湖南省茶业协会支部委员会", 9)
    assert set(branch.names.values_list("name", flat=True)) == {"茶协支部", "茶叶支部"}


def test_city_office_records_branches_of_its_associations_only(run_import, province, personas):
    province.fill()
    rows = [
        ("甲支部", province.city_tea.uscc, None, "支部", None, "单独组建", "2021-1-1", None, None, None),
        ("乙支部", province.city_trade.uscc, None, "支部", None, "单独组建", "2021-1-1", None, None, None),
        ("丙支部", None, None, "支部", None, "单独组建", "2021-1-1", None, None, None),
        (province.tea_branch.name, None, None, "支部", None, "单独组建", "2021-1-1", None, None, None),
    ]
    batch = branches(run_import, rows, actor=personas.regional_office.actor)
    assert [(row, code) for row, _, _, code in codes(batch)] == [
        (3, "scope.outside"),
        (4, "scope.outside"),
        (5, "scope.outside"),
    ]
    assert ImportRow.objects.filter(batch=batch, outcome="new").count() == 1
