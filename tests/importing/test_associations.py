"""Kind associations: what a row means for the register, its assignments, counts and grades."""

import datetime as dt
from decimal import Decimal

import pytest

from associations.evaluation.models import Grade
from associations.registry.enums import AssignmentRole, NameKind, Source
from associations.registry.models import Assignment, Association, AssociationName, PartyMemberCount
from portal.importing.absences import absences
from portal.importing.models import ImportRow
from portal.importing.selectors import issues
from portal.privacy.services import opened
from portal.regulations.services import ParameterRow, load_parameters
from tests import factories, workbooks
from tests.workbooks import PLAIN_HEADER, association_row, table

FIRST = dt.date(2026, 1, 1)


def codes(batch, severity="error"):
    return [(one.row_number, one.column, one.field, one.code) for one in issues(batch, severity)]


def one_row(association: Association, **columns) -> bytes:
    """A file with the code of an association and some columns."""
    return table([(association.uscc, *columns.values())], ("统一社会信用代码", *columns))


def test_new_row_fills_every_column(run_import, province):
    header = (
        *PLAIN_HEADER,
        "管理方式",
        "成立日期",
        "注册资金(万元)",
        "党建入章",
        "备注",
        "简称",
        "曾用名",
        "是否行业协会商会",
    )
    code = factories.uscc()
    row = (
        *association_row("湖南省咖啡商会", code),
        "脱钩",
        "2019年3月5日",
        3,
        "√",
        "重点",
        "省咖啡商会",
        "湖南省咖啡协会",
        "是",
    )
    batch = run_import(table([row], header), commit=True)
    assert codes(batch) == []
    found = Association.objects.get(uscc=code)
    assert (found.name, found.kind, found.registration_level) == ("湖南省咖啡商会", "social_group", "province")
    assert (found.registration_mode, found.established_on) == ("decoupled", dt.date(2019, 3, 5))
    assert (found.registered_fund, found.charter_has_party_clause, found.remark) == (Decimal("30000.00"), True, "重点")
    assert (found.status, found.is_industry_association, found.staff_count) == ("active", True, None)
    assert found.key == "湖南省咖啡商会"
    assert code.casefold() in found.search_key
    names = AssociationName.objects.filter(association=found).order_by("kind")
    assert [(one.name, one.kind) for one in names] == [
        ("湖南省咖啡协会", NameKind.FORMER),
        ("省咖啡商会", NameKind.SHORT),
    ]


def test_same_file_again_changes_nothing(run_import):
    content = table([(*association_row("湖南省茶叶商会"), 12)], (*PLAIN_HEADER, "从业人员数"))
    assert run_import(content, commit=True).new_count == 1
    again = run_import(content)
    assert (again.new_count, again.changed_count, again.same_count) == (0, 0, 1)
    assert not ImportRow.objects.filter(batch=again).exclude(added=None, changed=None).exists()


def test_update_touches_only_the_columns_the_file_carries(run_import, province):
    tea = province.tea
    Association.objects.filter(pk=tea.pk).update(staff_count=5, domicile="芙蓉路1号")
    batch = run_import(one_row(tea, 从业人员数="8", 住所="/"), commit=True)
    assert (batch.changed_count, batch.changed_cell_count) == (1, 1)
    tea.refresh_from_db()
    assert (tea.staff_count, tea.domicile, tea.version) == (8, "芙蓉路1号", 2)


def test_row_is_found_by_name_when_there_is_no_code(run_import, province):
    content = table([(f" {province.tea.name}", 9)], ("名称", "从业人员数"))
    batch = run_import(content, commit=True)
    assert batch.changed_count == 1
    assert ImportRow.objects.get(batch=batch).subject_pk == province.tea.pk


def test_name_of_another_code_is_a_conflict(run_import, province):
    batch = run_import(table([association_row(province.tea.name)]))
    assert codes(batch) == [(2, "A", "name", "duplicate.conflict")]


def test_changed_name_keeps_the_old_one_as_former(run_import, province):
    old = province.tea.name
    header = ("名称", "统一社会信用代码")
    batch = run_import(table([("湖南省茶叶总商会", province.tea.uscc)], header), commit=True, effective_on=FIRST)
    assert [one.code for one in issues(batch, "warning")] == ["name.changed"]
    province.tea.refresh_from_db()
    assert (province.tea.name, province.tea.key) == ("湖南省茶叶总商会", "湖南省茶叶总商会")
    former = AssociationName.objects.get(association=province.tea)
    assert (former.name, former.kind, former.ends_on) == (old, NameKind.FORMER, dt.date(2025, 12, 31))


def test_spelling_of_a_name_alone_is_no_change(run_import, province):
    association = factories.make_association("湖南省（长沙）商会", region=province.hunan)
    batch = run_import(table([("湖南省(长沙) 商会", association.uscc)], ("名称", "统一社会信用代码")))
    assert batch.same_count == 1


def test_kind_and_code_must_agree(run_import):
    """R-002: 52… entered as 社会团体 is an error; entered with level province a warning (430100 is a city)."""
    rows = [
        association_row("甲服务中心", "52430100MJK1234524", kind="社会团体", level="市级"),
        association_row("乙服务中心", "52430100MJK1234524", kind="民办非企业单位", level="省级"),
        association_row("丙厂", "91350100M000100Y43"),
    ]
    first = run_import(table(rows[:1]))
    assert codes(first) == [(2, "B", "uscc", "uscc.kind")]
    second = run_import(table(rows[1:2]))
    assert codes(second) == []
    assert "uscc.level" in [one.code for one in issues(second, "warning")]
    assert codes(run_import(table(rows[2:]))) == [(2, "B", "uscc", "uscc.kind")]


def test_every_error_of_every_row_is_reported(run_import):
    header = (*PLAIN_HEADER, "成立日期", "从业人员数")
    rows = [
        ("甲协会", "51430000MJJ0000128", "社会团体", "省级", "湖南省", "2024-13-01", "约50"),
        ("乙协会", factories.uscc(), "协会", "省级", "没有这个地方", 2024.1, -1),
        (None, None, None, None, None, None, 3),
    ]
    batch = run_import(table([(*association_row("好协会"), None, 1), *rows], header))
    assert codes(batch) == [
        (3, "B", "uscc", "uscc.checksum"),
        (3, "F", "established_on", "date.invalid"),
        (3, "G", "staff_count", "number.invalid"),
        (4, "C", "kind", "choice.unknown"),
        (4, "F", "established_on", "date.ambiguous"),
        (4, "G", "staff_count", "number.invalid"),
        (4, "E", "region", "reference.unknown"),
        (5, "B", "uscc", "required"),
        (5, "A", "name", "required"),
        (5, "C", "kind", "required"),
        (5, "D", "registration_level", "required"),
        (5, "E", "region", "required"),
    ]
    assert (batch.read_count, batch.new_count, batch.rejected_count) == (4, 1, 3)


def test_same_code_twice_in_the_file(run_import):
    code = factories.uscc()
    batch = run_import(table([association_row("甲协会", code), association_row("乙协会", code)]))
    assert codes(batch) == [(3, "B", "uscc", "duplicate.in_file")]
    assert "第 2 行" in issues(batch, "error").get().message


def test_references_are_never_guessed(run_import, province):
    province.fill()
    factories.make_department_name(province.unit, "省农业厅")
    twin = factories.make_department("湖南省农业农村厅直属单位")
    factories.make_department_name(twin, "农口")
    factories.make_department_name(province.unit, "农口")
    header = (*PLAIN_HEADER, "业务主管单位", "所属党委")
    rows = [
        (*association_row("甲协会"), "省农业厅", "湖南省茶叶行业党委"),
        (*association_row("乙协会"), "湖南省农业农村", None),
        (*association_row("丙协会"), "农口", None),
        (*association_row("丁协会"), None, "湖南省农业农村厅"),
    ]
    batch = run_import(table(rows, header))
    assert codes(batch) == [
        (3, "F", "supervising_unit", "reference.unknown"),
        (4, "F", "supervising_unit", "reference.ambiguous"),
        (5, "G", "party_committee", "reference.unknown"),
    ]
    assert "是否应为「湖南省农业农村厅" in issues(batch, "error").first().message
    assert batch.new_count == 1


@pytest.mark.parametrize("given", [None, FIRST])
def test_first_assignment_is_open_unless_a_date_is_given(run_import, province, given):
    association = factories.make_association("湖南省新协会", region=province.hunan)
    run_import(one_row(association, 业务主管单位=province.unit.name), commit=True, effective_on=given)
    found = Assignment.objects.get(association=association)
    assert (found.department, found.starts_on, found.ends_on, found.source) == (
        province.unit,
        given,
        None,
        Source.IMPORT,
    )


def test_changed_regulator_closes_the_old_assignment_the_day_before(run_import, province):
    tea = province.tea
    content = one_row(tea, 行业管理部门=province.other_regulator.name, 责任处室="一处", 责任人="处长")
    run_import(content, commit=True, effective_on=FIRST)
    role = AssignmentRole.INDUSTRY_REGULATOR
    found = Assignment.objects.filter(association=tea, role=role).order_by("pk")
    assert [(one.department, one.starts_on, one.ends_on, one.office) for one in found] == [
        (province.regulator, None, dt.date(2025, 12, 31), ""),
        (province.other_regulator, FIRST, None, "一处"),
    ]
    # The same file again says nothing new, and a correction on the same day happens in place.
    assert run_import(content, effective_on=FIRST).same_count == 1
    run_import(one_row(tea, 行业管理部门=province.regulator.name), commit=True, effective_on=FIRST)
    assert [
        (one.department, one.starts_on) for one in Assignment.objects.filter(association=tea, role=role).order_by("pk")
    ] == [
        (province.regulator, None),
        (province.regulator, FIRST),
    ]


def test_office_and_officer_alone_continue_the_same_body(run_import, province):
    tea = province.tea
    run_import(one_row(tea, 责任处室="二处", 责任人="张 三"), commit=True, effective_on=FIRST)
    current = Assignment.objects.get(association=tea, role=AssignmentRole.INDUSTRY_REGULATOR, ends_on=None)
    assert (current.department, current.office, current.officer, current.starts_on) == (
        province.regulator,
        "二处",
        "张三",
        FIRST,
    )


def test_effective_date_before_the_present_assignment_is_refused(run_import, province):
    association = factories.make_association("湖南省新协会", region=province.hunan)
    factories.make_assignment(association, province.unit, starts_on=dt.date(2026, 5, 1))
    content = one_row(association, 业务主管单位=province.other_unit.name)
    assert codes(run_import(content, effective_on=FIRST)) == [(2, "B", "supervising_unit", "date.conflict")]


def test_member_counts_are_kept_on_their_day(run_import, province):
    tea = province.tea
    day = dt.date(2026, 6, 30)
    content = one_row(tea, 正式党员数="0", 在本组织工作的正式党员数="5", 统计日期="2026-06-30")
    run_import(content, commit=True)
    found = PartyMemberCount.objects.get(association=tea)
    assert (found.counted_on, found.relation_count, found.working_count) == (day, 0, 5)
    assert run_import(content).same_count == 1
    run_import(one_row(tea, 正式党员数="3", 统计日期="2026-06-30"), commit=True)
    found.refresh_from_db()
    assert (found.relation_count, found.working_count) == (3, 5)
    # Without a day: the same numbers again are nothing new, others are counted on the effective date.
    assert run_import(one_row(tea, 正式党员数="3")).same_count == 1
    run_import(one_row(tea, 正式党员数="4"), commit=True, effective_on=dt.date(2026, 7, 31))
    assert PartyMemberCount.objects.filter(association=tea).count() == 2


def test_association_without_a_count_stays_unreported(run_import):
    code = factories.uscc()
    header = (*PLAIN_HEADER, "正式党员数")
    run_import(table([(*association_row("甲协会", code), "/")], header), commit=True)
    assert not PartyMemberCount.objects.filter(association__uscc=code).exists()


@pytest.fixture
def _regimes(db):
    """evaluation.regime and validity, as in the reference data."""
    rows = [
        ("evaluation.regime", "text", "2010", dt.date(2011, 3, 1), dt.date(2026, 2, 28)),
        ("evaluation.regime", "text", "2026", dt.date(2026, 3, 1), None),
        ("evaluation.validity_years", "integer", "5", dt.date(2011, 3, 1), None),
    ]
    load_parameters([parameter(*row) for row in rows])


def parameter(code, kind, value, starts_on, ends_on) -> ParameterRow:
    fields = {"code": code, "label": code, "kind": kind, "text": value, "region": ""}
    return ParameterRow(
        **fields, starts_on=starts_on, ends_on=ends_on, source="社会组织评估管理办法", confidence="read"
    )


@pytest.mark.usefixtures("_regimes")
@pytest.mark.parametrize(
    ("announced", "starts_on", "ends_on"),
    [
        ("2026-06-15", dt.date(2027, 1, 1), dt.date(2031, 12, 31)),
        ("2023-11-20", dt.date(2023, 11, 20), dt.date(2028, 11, 19)),
    ],
)
def test_grade_holds_by_the_regime_of_its_announcement(run_import, province, announced, starts_on, ends_on):
    """R-020, both worked examples."""
    content = one_row(province.tea, 评估等级="AAAA", 等级公告日期=announced)
    run_import(content, commit=True)
    found = Grade.objects.get(association=province.tea)
    assert (found.level, found.starts_on, found.ends_on) == ("4A", starts_on, ends_on)
    assert run_import(content).same_count == 1


@pytest.mark.usefixtures("_regimes")
def test_grade_without_a_day_or_a_regime_is_not_kept_and_says_so(run_import, province):
    first = run_import(one_row(province.tea, 评估等级="3A"))
    assert [one.code for one in issues(first, "warning")] == ["grade.no_date"]
    second = run_import(one_row(province.tea, 评估等级="3A", 等级公告日期="2009-01-01"))
    assert [one.code for one in issues(second, "warning")] == ["grade.no_regime"]


def test_holders_and_telephones_get_rows_of_their_own_and_numbers_stay_sealed(run_import, tmp_path):
    header = (*PLAIN_HEADER, "法定代表人", "会长", "秘书长", "联系电话")
    row = (*association_row("湖南省茶叶商会"), "欧阳法人", "司马会长", "诸葛秘书", "13907310731")
    batch = run_import(table([row], header), commit=True)
    assert batch.state == "committed"
    association = Association.objects.get()
    assert dict(association.officers.values_list("post", "person__name")) == {
        "legal_representative": "欧阳法人",
        "president": "司马会长",
        "secretary_general": "诸葛秘书",
    }
    contact = association.contacts.get()
    assert (contact.is_main, contact.person, opened(contact.phone, "number")) == (True, None, "13907310731")
    assert issues(batch, "warning").filter(code="column.not_kept").count() == 0
    kept = str(list(ImportRow.objects.filter(batch=batch).values_list("added", "changed")))
    kept += str(list(issues(batch).values_list("value", "message"))) + str(list(Association.objects.values_list()))
    files = "".join(
        path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".sqlite3"
    )
    assert "13907310731" not in kept
    for value in ("欧阳法人", "司马会长", "诸葛秘书", "13907310731"):
        assert value not in files


def test_number_of_a_person_in_another_column_is_masked(run_import):
    header = (*PLAIN_HEADER, "从业人员数")
    batch = run_import(
        table(
            [(*association_row("甲协会"), "电话13907310731"), (*association_row("乙协会"), "11010519491231002X")],
            header,
        )
    )
    assert [one.value for one in issues(batch, "error")] == ["电话139****0731", "1101" + "*" * 14]
    assert "13907310731" not in str([one.message for one in issues(batch, "error")])


def test_totals_that_do_not_add_up_are_pointed_out(run_import):
    rows = [
        (*association_row("甲协会"), 3),
        (*association_row("乙协会"), 4),
        ("合计", None, None, None, None, 9),
    ]
    batch = run_import(table(rows, (*PLAIN_HEADER, "从业人员数")))
    found = issues(batch, "warning").get(code="total.mismatch")
    assert (found.row_number, found.column, found.field) == (4, "F", "staff_count")
    assert "合计的从业人员数是 9，各行相加是 7，相差 2" in found.message
    assert (batch.read_count, batch.total_row_count) == (2, 1)


def test_vertical_merge_is_filled_down_inside_the_merge_only(run_import, province):
    header = (*PLAIN_HEADER, "行业管理部门")
    rows = [(*association_row(f"第{number}协会"), None) for number in range(4)]
    book, page = workbooks.sheet([header, *rows])
    page["F2"] = province.regulator.name
    page.merge_cells("F2:F4")
    batch = run_import(workbooks.to_bytes(book), commit=True)
    assert batch.new_count == 4
    assert Assignment.objects.filter(department=province.regulator).count() == 3


def test_hidden_rows_and_columns_and_other_sheets_are_pointed_out(run_import):
    book, page = workbooks.sheet([PLAIN_HEADER, association_row("甲协会"), association_row("乙协会")])
    page.row_dimensions[3].hidden = True
    page.column_dimensions["C"].hidden = True
    other = book.create_sheet("株洲")
    other.append(list(PLAIN_HEADER[:4]))
    other.append(list(association_row("丙协会")[:4]))
    batch = run_import(workbooks.to_bytes(book))
    found = {one.code for one in issues(batch, "warning")}
    assert found >= {"row.hidden", "column.hidden", "sheet.not_read"}
    assert batch.read_count == 2


def test_city_office_stays_inside_its_region(run_import, province, personas):
    actor = personas.regional_office.actor
    province.fill()
    rows = [
        association_row("岳麓区甲协会", factories.uscc(71, prefix="51430104"), level="县级", region="岳麓区"),
        association_row("株洲乙协会", factories.uscc(72, prefix="51430200"), level="市级", region="株洲市"),
        association_row("长沙丙协会", province.city_trade.uscc, level="市级", region="长沙市"),
    ]
    batch = run_import(table(rows), actor=actor)
    assert codes(batch) == [(3, "E", "region", "scope.outside"), (4, "B", "uscc", "scope.outside")]
    assert "株洲市商贸业协会" not in str([one.message for one in issues(batch)])
    assert batch.new_count == 1


def test_message_to_a_city_office_shows_nothing_of_a_record_elsewhere(run_import, province, personas):
    province.fill()
    rows = [association_row(province.trade.name, level="市级", region="长沙市")]
    batch = run_import(table(rows), actor=personas.regional_office.actor)
    assert province.trade.uscc not in issues(batch, "error").get(code="duplicate.conflict").message


def test_status_change_holds_from_the_effective_date(run_import, province):
    run_import(one_row(province.tea, 状态="注销"), commit=True, effective_on=FIRST)
    province.tea.refresh_from_db()
    assert (province.tea.status, province.tea.status_on) == ("deregistered", FIRST)


def test_full_list_names_what_it_lacks_and_deletes_nothing(run_import, province):
    province.fill()
    content = one_row(province.city_tea, 从业人员数="3")
    batch = run_import(content, full_list_scope="长沙市", commit=True)
    assert batch.absent_count == 0
    batch = run_import(content, full_list_scope="全省")
    assert batch.absent_count == 3
    assert absences(batch).count() == 3
    refused = run_import(content, full_list_scope="火星")
    assert (refused.state, refused.refusal_code) == ("refused", "import.full_list")


def test_new_rows_without_required_columns_refuse_the_file(run_import, province):
    batch = run_import(table([("湖南省新协会", factories.uscc())], ("名称", "统一社会信用代码")))
    assert (batch.state, batch.refusal_code) == ("refused", "template.missing_required")
    assert "社会组织类型" in batch.refusal_message
    assert run_import(table([("湖南省新协会", 3)], ("简称", "从业人员数"))).refusal_code == "template.missing_required"


def test_file_with_header_and_no_rows(run_import):
    assert run_import(table([])).refusal_code == "file.no_rows"
    assert run_import(table([("合计",)])).refusal_code == "file.no_rows"
    assert run_import(table([("a", "b")], ("甲", "乙"))).refusal_code == "file.no_header"


def test_direct_registration_with_a_supervising_unit_is_pointed_out(run_import, province):
    batch = run_import(
        one_row(province.tea, 管理方式="脱钩", 业务主管单位=province.unit.name, 从业人员数="2", 专职人员数="3")
    )
    found = [one.code for one in issues(batch, "warning")]
    assert found == ["number.inconsistent", "supervising_unit.unexpected"]


def test_ambiguous_name_asks_for_the_code(run_import, province):
    factories.make_association_name(province.tea, "省茶协")
    factories.make_association_name(province.trade, "省茶协")
    batch = run_import(table([("省茶协", 3)], ("名称", "从业人员数")))
    assert codes(batch)[0] == (2, "A", "name", "reference.ambiguous")
