"""Kinds accounts, evaluation_results and regions_below_county."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from associations.evaluation.models import Grade
from portal.accounts.models import User
from portal.exporting.sources import of_kind
from portal.importing.models import ImportBatch
from portal.importing.selectors import issues
from portal.importing.services import undo
from portal.memberships.models import Membership
from portal.regions.enums import RegionLevel
from portal.regions.models import Region
from tests import factories
from tests.workbooks import table

ACCOUNTS = ("姓名或岗位", "角色", "范围", "用户名", "起始日期")
GRADES = ("统一社会信用代码", "社会组织名称", "评估等级", "等级公告日期", "公告文号", "等级生效日期")
PLACES = ("代码", "名称", "层级", "上级", "来源")
SOURCE = "国家统计局 2025 年统计用区划代码"


def codes(batch, severity="error"):
    return [(one.row_number, one.field, one.code) for one in issues(batch, severity)]


def exported(kind, actor):
    now = timezone.now()
    return list(of_kind(kind, "", [], "xlsx", actor=actor, now=now, today=timezone.localdate(now)).rows)


def take_back(batch: ImportBatch, actor):
    return undo(batch, actor=actor, version=batch.version, now=timezone.now())


# accounts ---------------------------------------------------------------------------------------------------------
def test_accounts_are_made_without_passwords_and_named_after_codes(run_import, province, personas):
    tea, trade = province.tea, province.trade
    rows = [
        ("王秘书长", "填报人", tea.uscc, None, None),
        ("李会长", "法定代表人", tea.name, None, "2026-01-05"),
        ("赵秘书长", "社会组织填报人", trade.uscc, "zhao", None),
        ("省部综合岗", "社会工作部工作人员", None, "zonghe", None),
        ("岳麓区", "市县社会工作部", "长沙市岳麓区", None, None),
        ("茶业支部书记", "书记", province.tea_branch.name, None, None),
    ]
    assert province.yuelu
    batch = run_import(table(rows, ACCOUNTS), "accounts", commit=True)
    assert codes(batch) == []
    assert batch.new_count == 6
    held = {one.user.username: one for one in Membership.objects.exclude(user=personas.department_admin.user)}
    branch = f"branch-secretary{province.tea_branch.pk}"
    assert set(held) == {tea.uscc.lower(), f"{tea.uscc.lower()}-2", "zhao", "zonghe", "430104", branch}
    assert held["zhao"].association == trade
    assert held[f"{tea.uscc.lower()}-2"].starts_on == date(2026, 1, 5)
    assert not any(one.user.has_usable_password() for one in held.values())
    assert held["zhao"].user.is_active
    again = run_import(table(rows, ACCOUNTS), "accounts")
    assert (again.same_count, again.new_count, again.changed_count) == (6, 0, 0)


def test_accounts_exported_are_the_same_when_imported(run_import, province, personas):
    rows = [("王秘书长", "填报人", province.tea.uscc, "wang", None), ("赵", "填报人", province.trade.uscc, None, None)]
    run_import(table(rows, ACCOUNTS), "accounts", commit=True)
    out = [row for row in exported("accounts", personas.department_admin.actor) if row[0] != "department_admin"]
    assert [row[:4] for row in out] == [
        [province.trade.uscc.lower(), "赵", "社会组织填报人", province.trade.uscc],
        ["wang", "王秘书长", "社会组织填报人", province.tea.uscc],
    ]
    header = ("用户名", "姓名或岗位", "角色", "范围", "起始日期")
    again = run_import(table([tuple(row) for row in out], header), "accounts")
    assert (again.same_count, again.rejected_count) == (2, 0)


def test_an_undone_import_takes_the_accounts_away(run_import, province, personas):
    assert personas.department_admin
    before = User.objects.count()
    batch = run_import(table([("王", "填报人", province.tea.uscc, "wang", None)], ACCOUNTS), "accounts", commit=True)
    take_back(batch, personas.department_admin.actor)
    assert User.objects.count() == before


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (("王", "填报人", None, None, None), "scope", "required"),
        (("王", "填报人", "没有这个协会", None, None), "scope", "reference.unknown"),
        (("王", "系统管理员", None, None, None), "role", "choice.unknown"),
        (("王", "填报人", "湖南省茶业协会", "有 空格", None), "username", "account.username"),
        (("王", "社会工作部管理员", "湖南省茶业协会", None, None), "scope", "scope.not_wanted"),
    ],
)
def test_a_wrong_account_row_is_refused(row, field, code, run_import, province):
    assert province.tea
    assert codes(run_import(table([row], ACCOUNTS), "accounts")) == [(2, field, code)]


def test_an_office_imports_only_accounts_it_looks_after(run_import, province, personas):
    factories.make_membership(factories.make_user("foreign"), "association_filer", province.trade)
    rows = [
        ("王", "填报人", province.city_tea.uscc, None, None),
        ("李", "填报人", province.trade.uscc, None, None),
        ("赵", "市县社会工作部", "长沙市", None, None),
        ("钱", "填报人", province.city_tea.uscc, "foreign", None),
    ]
    batch = run_import(table(rows, ACCOUNTS), "accounts", actor=personas.regional_office.actor)
    assert codes(batch) == [
        (3, "scope", "scope.outside"),
        (4, "scope", "scope.outside"),
        (5, "username", "scope.outside"),
    ]


def test_staff_that_looks_after_no_accounts_imports_none(run_import, province, personas):
    rows = [("王", "填报人", province.tea.uscc, None, None)]
    batch = run_import(table(rows, ACCOUNTS), "accounts", actor=personas.department_staff.actor)
    assert codes(batch) == [(2, "role", "scope.outside")]


def test_one_user_name_stands_for_one_new_account(run_import, province):
    rows = [("王", "填报人", province.tea.uscc, "wang", None), ("王", "填报人", province.trade.uscc, "WANG", None)]
    batch = run_import(table(rows, ACCOUNTS), "accounts")
    assert codes(batch) == [(3, "username", "duplicate.in_file")]


def test_a_known_account_gets_a_further_membership(run_import, province, personas):
    filer = personas.association_filer.user
    rows = [("新的称呼", "填报人", province.trade.uscc, filer.username, None)]
    batch = run_import(table(rows, ACCOUNTS), "accounts", commit=True)
    assert batch.changed_count == 1
    filer.refresh_from_db()
    assert filer.display_name == "新的称呼"
    assert Membership.objects.filter(user=filer).count() == 2


# evaluation_results -----------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("reference")
def test_grades_hold_by_the_regime_of_their_announcement(run_import, province):
    """R-020: announced 2023-11-20 → to 2028-11-19; announced 2026-06-15 → 2027-01-01 to 2031-12-31."""
    rows = [
        (province.tea.uscc, None, "4A", "2023-11-20", "湘民发〔2023〕8号", None),
        (None, province.trade.name, "AAAAA", "2026年6月15日", "湘民发〔2026〕12号", None),
    ]
    batch = run_import(table(rows, GRADES), "evaluation_results", commit=True)
    assert codes(batch) == []
    kept = Grade.objects.order_by("announced_on")
    assert [(one.association, one.level, one.starts_on, one.ends_on, one.document_number) for one in kept] == [
        (province.tea, "4A", date(2023, 11, 20), date(2028, 11, 19), "湘民发〔2023〕8号"),
        (province.trade, "5A", date(2027, 1, 1), date(2031, 12, 31), "湘民发〔2026〕12号"),
    ]
    again = run_import(table(rows, GRADES), "evaluation_results")
    assert again.same_count == 2


@pytest.mark.usefixtures("reference")
def test_the_first_day_that_civil_affairs_fixed_counts_under_the_old_regime(run_import, province):
    rows = [(province.tea.uscc, None, "3A", "2023-11-20", "湘民发〔2023〕8号", "2024-01-01")]
    run_import(table(rows, GRADES), "evaluation_results", commit=True)
    grade = Grade.objects.get()
    assert (grade.starts_on, grade.ends_on) == (date(2024, 1, 1), date(2028, 12, 31))


@pytest.mark.usefixtures("reference")
def test_a_corrected_announcement_is_said_and_can_be_undone(run_import, province, personas):
    grade = Grade.objects.create(
        association=province.tea,
        level="3A",
        announced_on=date(2023, 11, 20),
        starts_on=date(2023, 11, 20),
        ends_on=date(2028, 11, 19),
    )
    rows = [(province.tea.uscc, None, "4A", "2023-11-20", "湘民发〔2023〕9号", None)]
    batch = run_import(table(rows, GRADES), "evaluation_results", commit=True)
    assert codes(batch, "warning") == [(2, "level", "grade.corrected")]
    grade.refresh_from_db()
    assert (grade.level, grade.document_number) == ("4A", "湘民发〔2023〕9号")
    take_back(batch, personas.department_admin.actor)
    grade.refresh_from_db()
    assert (grade.level, grade.document_number) == ("3A", "")


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ((None, None, "4A", "2023-11-20", "文", None), "association_uscc", "required"),
        ((None, "没有这个协会", "4A", "2023-11-20", "文", None), "association_name", "reference.unknown"),
        ((None, "湖南省茶业协会", "4A", "2023-11-20", None, None), "document_number", "required"),
        ((None, "湖南省茶业协会", "6A", "2023-11-20", "文", None), "level", "choice.unknown"),
        ((None, "湖南省茶业协会", "4A", "1999-01-01", "文", None), "announced_on", "grade.no_regime"),
        ((None, "湖南省茶业协会", "4A", None, "文", None), "announced_on", "required"),
    ],
)
def test_a_wrong_grade_is_refused(row, field, code, run_import, province):
    assert province.tea
    assert codes(run_import(table([row], GRADES), "evaluation_results")) == [(2, field, code)]


@pytest.mark.usefixtures("reference")
def test_a_grade_of_the_future_is_refused(run_import, province):
    day = timezone.localdate() + timedelta(days=1)
    rows = [(province.tea.uscc, None, "4A", str(day), "文", None)]
    assert codes(run_import(table(rows, GRADES), "evaluation_results")) == [(2, "announced_on", "date.future")]


@pytest.mark.usefixtures("reference")
def test_a_name_that_is_not_the_codes_is_said(run_import, province):
    rows = [(province.tea.uscc, "另一个名称", "4A", "2023-11-20", "文", None)]
    batch = run_import(table(rows, GRADES), "evaluation_results")
    assert codes(batch, "warning") == [(2, "association_name", "name.differs")]


@pytest.mark.usefixtures("reference")
def test_an_office_of_a_city_records_no_grades(run_import, province, personas):
    rows = [(province.city_tea.uscc, None, "4A", "2023-11-20", "文", None)]
    batch = run_import(table(rows, GRADES), "evaluation_results", actor=personas.regional_office.actor)
    assert codes(batch) == [(2, "level", "scope.outside")]


# regions_below_county ---------------------------------------------------------------------------------------------
def test_townships_and_villages_of_one_file_are_placed(run_import, province):
    assert province.yuelu
    rows = [
        ("430104001000", "望月湖街道", "乡级", "430104", SOURCE),
        ("430104001001", "月华社区", "村级", "430104001", SOURCE),
        ("YL-01", "岳麓高新区", "街道", "湖南省长沙市岳麓区", "本地编码（岳麓区民政局）"),
    ]
    batch = run_import(table(rows, PLACES), "regions_below_county", commit=True)
    assert codes(batch) == []
    made = {one.code: one for one in Region.objects.filter(level__in=["township", "village"])}
    assert set(made) == {"430104001", "430104001001", "YL-01"}
    village = made["430104001001"]
    assert village.path == "/430000/430100/430104/430104001/430104001001/"
    assert village.parent == made["430104001"]
    assert (made["YL-01"].short_name, made["YL-01"].source) == ("岳麓高新区", "本地编码（岳麓区民政局）")
    again = run_import(table(rows, PLACES), "regions_below_county")
    assert (again.same_count, again.rejected_count) == (3, 0)


def test_a_division_stands_below_its_region(run_import, province):
    factories.make_region("650000", "新疆维吾尔自治区")
    rows = [("BT01", "第一师阿拉尔市", "师", "650000", "兵团编码"), ("BT01-T01", "一团", "团场", "BT01", "兵团编码")]
    run_import(table(rows, PLACES), "regions_below_county", commit=True)
    assert Region.objects.get(code="BT01").level == RegionLevel.DIVISION
    assert Region.objects.get(code="BT01-T01").path == "/650000/BT01/BT01-T01/"


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (("430104", "岳麓区", "乡级", "430100", SOURCE), "code", "region.code"),
        (("43010400", "某街道", "乡级", "430104", SOURCE), "code", "region.code"),
        (("430105001", "某街道", "乡级", "430104", SOURCE), "code", "region.code"),
        (("430104001", "某村", "村级", "430104", SOURCE), "code", "region.code"),
        (("430104001001", "某村", "村级", "430104", SOURCE), "parent", "region.level"),
        (("430104001", "某街道", "乡级", "没有的县", SOURCE), "parent", "reference.unknown"),
        (("430104001", "某街道", "乡级", "430104", None), "source", "required"),
        (("430104001", "某街道", "县级", "430104", SOURCE), "level", "choice.unknown"),
    ],
)
def test_a_wrong_place_is_refused(row, field, code, run_import, province):
    assert province.yuelu
    assert (2, field, code) in codes(run_import(table([row], PLACES), "regions_below_county"))


def test_a_place_stays_below_its_parent(run_import, province):
    assert province.yuelu
    factories.make_region("430105", "开福区", province.changsha)
    run_import(table([("KF-01", "某街道", "乡级", "430105", "本地")], PLACES), "regions_below_county", commit=True)
    batch = run_import(table([("KF-01", "某街道", "乡级", "430104", "本地")], PLACES), "regions_below_county")
    assert codes(batch) == [(2, "parent", "region.moved")]


def test_a_city_imports_its_own_places_only(run_import, province, personas):
    assert province.yuelu
    assert province.lusong
    rows = [("430104001", "甲街道", "乡级", "430104", SOURCE), ("430203001", "乙街道", "乡级", "430203", SOURCE)]
    actor = personas.regional_office.actor
    batch = run_import(table(rows, PLACES), "regions_below_county", actor=actor, commit=True)
    assert codes(batch) == [(3, "parent", "scope.outside")]
    assert [row[0] for row in exported("regions_below_county", actor)] == ["430104001"]


def test_undone_places_are_gone(run_import, province, personas):
    assert province.yuelu
    rows = [("430104001", "甲街道", "乡级", "430104", SOURCE), ("430104001001", "甲村", "村级", "430104001", SOURCE)]
    batch = run_import(table(rows, PLACES), "regions_below_county", commit=True)
    take_back(batch, personas.department_admin.actor)
    assert not Region.objects.filter(level__in=["township", "village"]).exists()


def test_a_list_of_accounts_needs_no_column_of_user_names(run_import, province):
    rows = [("茶业协会秘书处", "社会组织填报人", province.tea.uscc)]
    batch = run_import(table(rows, ("姓名", "角色", "范围")), "accounts", commit=True)
    assert (batch.state, batch.new_count) == ("committed", 1)
    assert run_import(table(rows, ("姓名", "角色", "范围")), "accounts").same_count == 1


@pytest.mark.parametrize("level", ["乡镇（街道）", "街道", "镇", "乡镇街道"])
def test_a_level_is_written_in_many_ways(level, run_import, province):
    assert province.yuelu
    batch = run_import(table([("YL-01", "某街道", level, "岳麓区", "本地")], PLACES), "regions_below_county")
    assert codes(batch) == []
