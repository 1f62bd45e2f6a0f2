"""What an examination finds: required, sums, comparisons, carry-over, outliers, differences, flags, content."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.filing.examination import Given, change_text, changed, content_code, examine, is_unit_apart
from portal.filing.loading import load

FORM = load("""\
code: sample
version: 1
title: 样表
sections:
  - code: basic
    title: 基本
    groups:
      - fields:
          - {code: name, label: 名称, type: text, source: association.name, locked: true, how_to_change: 到登记机关}
          - {code: phone, label: 电话, type: phone, source: contacts.phone, explains_difference: true, personal: true}
          - {code: unit_members, label: 单位会员, type: integer, unit: 家, explain_change_over: 30}
          - {code: person_members, label: 个人会员, type: integer, unit: 家, required: false}
          - {code: members, label: 会员总数, type: integer, unit: 家}
          - {code: quorum, label: 到会会员, type: integer, unit: 家, required: false}
  - code: party
    title: 党建
    party: true
    groups:
      - fields:
          - {code: has_party, label: 是否建立党组织, type: yes_no}
          - code: party_members
            label: 党员数
            type: integer
            unit: 人
            source: party.member_count
            explains_difference: true
          - code: why_none
            label: 未建立的原因
            type: text
            shown_when: [{field: has_party, is: no}]
            required_when: [{field: party_members, '>=': 3}]
          - {code: approval, label: 成立批复, type: file, shown_when: [{field: has_party, is: yes}], max_files: 1}
  - code: money
    title: 财务
    groups:
      - fields:
          - {code: fees, label: 会费收入, type: money, explain_change_over: 50}
          - {code: other, label: 其他收入, type: money, required: false}
          - {code: income, label: 收入合计, type: money}
          - {code: opening, label: 年初净资产, type: money}
          - {code: closing, label: 年末净资产, type: money}
checks:
  - {code: members_sum, total: members, parts: [unit_members, person_members]}
  - {code: income_sum, total: income, parts: [fees, other], text: 请在其他收入中填写差额。}
  - {code: quorum_max, left: quorum, operator: '<=', right: members}
  - {code: quorum_some, left: quorum, operator: '>', right: '0'}
  - {code: roll, field: opening, last: closing}
flags:
  - code: should_build
    field: has_party
    when: [{field: has_party, is: no}, {field: party_members, '>=': 3}]
    text: 正式党员 3 名以上而没有党组织
""")
GOOD = {
    "name": "茶叶商会",
    "phone": "0731-84502000",
    "unit_members": "10",
    "person_members": "2",
    "members": "12",
    "has_party": "yes",
    "party_members": "5",
    "fees": "120000",
    "other": "",
    "income": "12万元",
    "opening": "5000",
    "closing": "6000",
}
LAST = {
    "unit_members": 10,
    "fees": Decimal("120000.00"),
    "income": Decimal("120000.00"),
    "closing": Decimal("5000.00"),
    "opening": Decimal("4000.00"),
}
REGISTER = {"association.name": "茶叶商会", "contacts.phone": "0731-84502000", "party.member_count": 5}


def look(changes=None, *, reasons=None, files=1, register=REGISTER, last=LAST):
    answers = {code: raw for code, raw in {**GOOD, **(changes or {})}.items() if raw is not None}
    return examine(Given(FORM, answers, register, last, reasons or {}, {"approval": files}))


def said(examination):
    return [(one.field, one.code, one.level) for one in examination.problems]


def test_a_good_filing_is_ready():
    found = look()
    assert found.problems == ()
    assert found.flags == ()
    assert found.is_ready
    assert {code: (one.filled_count, one.asked_count) for code, one in found.sections.items()} == {
        "basic": (3, 3),
        "party": (3, 3),
        "money": (4, 4),
    }
    assert found.fields["unit_members"].change == ""
    assert not found.fields["why_none"].is_shown


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"members": ""}, [("members", "required", "error")]),
        ({"members": "13"}, [("members", "members_sum", "error")]),
        ({"person_members": ""}, [("members", "members_sum", "error")]),
        ({"unit_members": "约十"}, [("unit_members", "unread", "error")]),
        ({"quorum": "13"}, [("quorum", "quorum_max", "error")]),
        ({"quorum": "0"}, [("quorum", "quorum_some", "error")]),
        ({"unit_members": "14", "members": "16"}, [("unit_members", "outlier", "explain")]),
        ({"opening": "5001"}, [("opening", "roll", "explain")]),
        ({"phone": "13800138000"}, [("phone", "register", "explain")]),
        ({"party_members": "6"}, [("party_members", "register", "explain")]),
        ({"fees": "12", "income": "12"}, [("fees", "unit", "explain"), ("income", "unit", "explain")]),
        ({"has_party": "no"}, [("why_none", "required", "error")]),
        ({"has_party": "no", "why_none": "筹建中"}, []),
        ({"has_party": None}, [("has_party", "required", "error")]),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_at_its_field(changes, expected):
    assert said(look(changes)) == expected


def test_a_condition_of_two_holds_only_when_both_do():
    found = look({"has_party": "no", "party_members": "2"}, register={})
    assert found.is_ready
    assert found.flags == ()


def test_files_are_asked_for():
    assert [one.text for one in look(files=0).problems] == ["上传成立批复"]
    assert [one.text for one in look(files=2).problems] == [
        "成立批复有 2 个文件，超过 1 个。请删除多余的，或合并成一个文件。"
    ]


def test_a_sum_that_does_not_add_up_names_the_difference():
    (problem,) = look({"income": "130000"}).problems
    assert problem.text == (
        "会费收入、其他收入合计 120,000.00 元，与收入合计 130,000.00 元相差 10,000.00 元。请在其他收入中填写差额。"
    )
    assert problem.section == "money"


def test_an_amount_in_ten_thousands_is_recognised_by_the_sum():
    (problem,) = look({"income": "12"}, last={}).problems
    assert problem.text == (
        "收入合计 12.00 元与各项之和对不上，相差 1 万倍，可能把万元当成元填写了。"
        "本表单位是元，请核对是否应为 120,000.00 元。"
    )
    (problem,) = look({"other": "3", "income": "150000"}, last={}).problems
    assert problem.text.startswith("其他收入 3.00 元与收入合计对不上，相差 1 万倍")


def test_a_reason_answers_a_doubt_and_becomes_a_flag():
    found = look({"unit_members": "20", "members": "22"}, reasons={"unit_members": " 合并两家商会 "})
    assert found.is_ready
    assert [(one.field, one.code) for one in found.flags] == [("unit_members", "outlier")]
    state = found.fields["unit_members"]
    assert (state.change, state.reason, state.last) == ("↑10", "合并两家商会", 10)
    assert state.needs_reason.startswith("单位会员上年 10 家，本年 20 家，变动超过 30%。")


def test_growth_from_nothing_is_asked_about():
    found = look({}, last={"unit_members": 0})
    assert [one.text for one in found.problems] == ["单位会员上年为 0，本年 10 家。请核对；确属实情的，写明原因。"]


def test_a_flag_of_the_form_is_for_the_reviewer():
    found = look({"has_party": "no", "why_none": "筹建中"})
    assert [(one.field, one.text, one.level) for one in found.flags] == [
        ("has_party", "正式党员 3 名以上而没有党组织", "note")
    ]
    assert found.is_ready


def test_a_locked_field_follows_the_register_and_a_later_change_is_noted():
    found = look({"name": None}, register=REGISTER)
    assert found.fields["name"].value == "茶叶商会"
    found = look(register={**REGISTER, "association.name": "茶业商会"})
    assert [one.text for one in found.flags] == ["名称报送的是「茶叶商会」，登记库现在是「茶业商会」。"]
    found = look({"name": None}, register={})
    assert found.is_ready
    assert [one.text for one in found.flags] == ["登记库中没有名称，报告里是空的。"]


def test_a_personal_difference_is_told_masked():
    (problem,) = look({"phone": "13800138000"}).problems
    assert problem.text == ("电话填的是「138****8000」，登记库中是「0731-****2000」。请核对；确有变化的，写明原因。")


@pytest.mark.parametrize(
    ("code", "value", "last", "text"),
    [
        ("members", 12, 9, "↑3"),
        ("members", 9, 12, "↓3"),
        ("fees", Decimal(80), Decimal(120), "↓33.3%"),
        ("fees", Decimal(80), Decimal(0), "↑80"),
        ("fees", Decimal(80), Decimal(80), ""),
        ("fees", None, Decimal(80), ""),
        ("name", "甲", "乙", ""),
        ("has_party", True, False, ""),
    ],
)
def test_a_change_is_written_short(code, value, last, text):
    assert change_text(FORM.fields[code], value, last) == text


@pytest.mark.parametrize(
    ("one", "other", "is_apart"),
    [("12", "120000", True), ("12", "60", False), ("0", "5", False), ("-1", "10000", False)],
)
def test_amounts_apart_like_their_units(one, other, is_apart):
    assert is_unit_apart(Decimal(one), Decimal(other)) is is_apart


def test_spelling_is_no_change_and_a_hidden_answer_is_none_either():
    assert changed(FORM, GOOD, {**GOOD, "income": "120,000.00 元", "why_none": "忘了删"}) == ()
    assert changed(FORM, GOOD, {**GOOD, "income": "120001", "closing": "很多"}) == ("income", "closing")
    assert changed(FORM, {**GOOD, "has_party": "no"}, {**GOOD, "has_party": "no", "why_none": "无"}) == ("why_none",)


def test_the_content_code_stands_for_the_content():
    code = content_code(FORM, GOOD, {}, {"approval": ["b", "a"], "signature_page": ["c"]})
    assert len(code) == 64
    assert code == content_code(FORM, {**GOOD, "income": "120000"}, {"fees": " "}, {"approval": ["a", "b"]})
    assert code != content_code(FORM, {**GOOD, "income": "120001"}, {}, {"approval": ["a", "b"]})
    assert code != content_code(FORM, GOOD, {"fees": "涨价"}, {"approval": ["a", "b"]})
    assert code != content_code(FORM, GOOD, {}, {"approval": ["a"]})


ANSWERS = st.fixed_dictionaries(
    {}, optional={code: st.one_of(st.text(max_size=6), st.integers(0, 30).map(str)) for code in GOOD}
)


@settings(max_examples=40, deadline=None)
@given(ANSWERS)
def test_any_answers_are_examined_and_agree_with_themselves(answers):
    given_ = Given(FORM, answers, REGISTER, LAST)
    found = examine(given_)
    assert found.is_ready is (not any(not one.is_complete for one in found.sections.values()))
    assert {one.field for one in found.problems} <= {code for code, one in found.fields.items() if one.is_shown}
    assert changed(FORM, answers, dict(answers)) == ()
    explained = examine(Given(FORM, answers, REGISTER, LAST, dict.fromkeys(FORM.fields, "属实")))
    assert [one for one in explained.problems if one.level == "explain"] == []
    assert len(explained.problems) + len(explained.flags) == len(found.problems) + len(found.flags)
