"""Every field code and label of the import contract is known by both names."""

import pytest

from portal import importing
from portal.importing.mapping import path_key, vocabulary
from tests.importing.test_directory import BRANCHES
from tests.workbooks import association_row, table

# import-contract.md, “Kinds and canonical fields”: code, label, * required, # key.
ASSOCIATIONS = """uscc#* 统一社会信用代码 · name#* 名称 · short_name 简称 · former_name 曾用名 ·
kind* 社会组织类型 · is_industry_association 是否行业协会商会 · is_charity 是否慈善组织 · registration_level* 登记级别 ·
region* 登记地/活动地域 · registration_mode 管理方式 · status 状态 ·
supervising_unit 业务主管单位 · industry_regulator 行业管理部门 · responsible_office 责任处室 ·
responsible_officer 责任人 · party_committee 所属综合(行业)党委 · industry_category 行业类别 ·
established_on 成立日期 · legal_representative 法定代表人 · president 会长 ·
secretary_general 秘书长 · phone 联系电话 · domicile 住所 · registered_fund 注册资金(万元) ·
unit_member_count 单位会员数 · individual_member_count 个人会员数 · staff_count 从业人员数 ·
full_time_staff_count 专职人员数 · term_started_on 本届起始日期 · term_years 任期(年) ·
evaluation_grade 评估等级 · grade_announced_on 等级公告日期 ·
charter_has_party_clause 党建入章 · charter_party_clause_on 入章日期 ·
party_full_member_count 正式党员数(组织关系在本组织) ·
party_working_member_count 在本组织工作的正式党员数 · party_counts_on 统计日期 · remark 备注"""
PARTY_ORGANIZATIONS = """name#* 党组织名称 · aliases 简称/曾用名 · association_uscc 所在社会组织信用代码 ·
association_name 所在社会组织 · kind* 类别 · establishment_mode 组建方式 · parent 上级党组织 · established_on 成立日期 ·
approval_number 批复文号 · term_started_on 本届起始日期 · secretary 书记 · secretary_source 书记来源 ·
full_member_count 正式党员数 · probationary_member_count 预备党员数 · phone 联系电话 ·
initiator 发起人单位 · remark 备注"""
DEPARTMENTS = """name#* 名称 · kind 类别 · code 代码 · aliases 别名/曾用名 · level 层级 · region 地域 · parent 上级 ·
hosted_by 挂靠部门"""
OFFICERS = """association_uscc# 社会组织信用代码 · association_name 社会组织名称 · name#* 姓名 · post#* 职务 ·
id_type 证件类型 · id_number 公民身份号码 · born_on 出生日期 · sex 性别 · political_status 政治面貌 ·
term_started_on 本届起始日期 · term_count 届数 · is_retired_official 是否离退休领导干部 · retired_on 退休日期 ·
approval_number 兼职批复文号 · appointment_mode 选任/聘任 · employer 工作单位及职务 · starts_on 任职起始日期 ·
phone 联系电话 · remark 备注"""
PARTY_MEMBERS = """id_number# 公民身份号码 · id_type 证件类型 · name#* 姓名 · sex 性别 · born_on 出生日期 ·
ethnicity 民族 · education 学历 · native_place 籍贯 · professional_title 专业技术职称 ·
is_in_hardship 生活困难 · membership_state* 正式/预备 · joined_on# 入党日期 · became_full_on 转正日期 ·
party_organization#* 所在党组织 · relation_in_organization 组织关系是否在本组织 · association_post 社会组织职务 ·
party_post 党内职务 · phone 联系电话 · remark 备注"""
PERSONAL = {"id_number", "phone"}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("associations", ASSOCIATIONS),
        ("party_organizations", PARTY_ORGANIZATIONS),
        ("departments", DEPARTMENTS),
        ("officers", OFFICERS),
        ("party_members", PARTY_MEMBERS),
    ],
)
def test_columns_are_those_of_the_contract(kind, text):
    columns = importing.resource_for(kind).columns()
    words = vocabulary(columns)
    declared = {column.code: column for column in columns}
    listed = [entry.split() for entry in text.replace("\n", " ").split("·")]
    assert [code.rstrip("#*") for code, _ in listed] == list(declared)
    for code, label in listed:
        column = declared[code.rstrip("#*")]
        assert words[path_key(label)] == column.code
        assert words[column.code] == column.code
        assert words[path_key(column.label)] == column.code
        assert (bool(column.key), column.required) == ("#" in code, "*" in code)
        assert column.personal == (column.code in PERSONAL)


def test_no_heading_belongs_to_two_fields():
    for resource in importing.kinds().values():
        claimed: dict[str, str] = {}
        for column in resource.columns():
            for word in {path_key(column.label), *map(path_key, column.synonyms)}:
                assert claimed.setdefault(word, column.code) == column.code, (resource.kind, word)


def test_kinds_in_the_order_of_the_first_day():
    assert list(importing.kinds()) == [
        "regions_below_county",
        "departments",
        "associations",
        "party_organizations",
        "officers",
        "contacts",
        "member_units",
        "party_members",
        "evaluation_results",
        "instructors",
        "group_organizations",
        "inspection_conclusions",
        "accounts",
    ]


def test_wrong_kind_of_file_is_pointed_out(run_import, province):
    row = ("甲支部", province.tea.uscc, province.tea.name, "支部", None, None, "2021-1-1", "湘社党", 3, "赵")
    wrong = run_import(table([row], BRANCHES), "associations")
    assert "这份表更像「党组织」的表" in str(list(importing_warnings(wrong)))
    right = run_import(table([row], BRANCHES), "party_organizations")
    assert "更像" not in str(list(importing_warnings(right)))
    assert "更像" not in str(list(importing_warnings(run_import(table([association_row("甲协会")])))))


def importing_warnings(batch):
    from portal.importing.selectors import issues

    return issues(batch, "warning").values_list("message", flat=True)


def test_same_kind_twice_is_a_mistake():
    class Other:
        pass

    with pytest.raises(ValueError, match="already registered"):
        importing.register("associations", Other)
