"""What typed answers mean: tolerant of paste, never guessing."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.filing.definition import Choice, Field, FieldType
from portal.filing.reading import canonical, display, parse

PEOPLE = Field("people", "党员人数", FieldType.INTEGER, unit="人", maximum=Decimal(9999))
COUNT = Field("count", "会议次数", FieldType.INTEGER)
MONEY = Field("money", "会费收入", FieldType.MONEY, unit="元")
NET = Field("net", "净资产", FieldType.MONEY, unit="元", minimum=Decimal(-10_000_000_000))
SHARE = Field("share", "比例", FieldType.DECIMAL, unit="%", maximum=Decimal(100))
DAY = Field("day", "换届日期", FieldType.DATE)
YES = Field("yes", "是否建立党组织", FieldType.YES_NO)
NAME = Field("name", "书记姓名", FieldType.TEXT, max_length=10, min_length=2, is_personal=True)
LONG = Field("long", "年度总结", FieldType.LONG_TEXT, max_length=12, min_length=3)
PHONE = Field("phone", "联系电话", FieldType.PHONE, is_personal=True)
MODE = Field("mode", "组建方式", FieldType.CHOICE, choices=(Choice("single", "单独组建"), Choice("joint", "联合组建")))
MANY = Field("many", "学习方式", FieldType.CHOICES, choices=(Choice("read", "集中学习"), Choice("talk", "专题党课")))
ROWS = Field(
    "rows", "活动", FieldType.ROWS, columns=(NAME, Field("n", "人数", FieldType.INTEGER, is_required=False)), max_rows=2
)
FILE = Field("file", "审计报告", FieldType.FILE)

READ = [
    (PEOPLE, "12", 12),
    (PEOPLE, " １２ 人 ", 12),
    (PEOPLE, "1,024人", 1024),
    (PEOPLE, "12.0", 12),
    (PEOPLE, "", None),
    (PEOPLE, None, None),
    (COUNT, "3次", 3),
    (COUNT, "0", 0),
    (MONEY, "1,200,000.00", Decimal("1200000.00")),
    (MONEY, "１，２００，０００．５元", Decimal("1200000.50")),
    (MONEY, "120万元", Decimal("1200000.00")),
    (MONEY, "120.5 万", Decimal("1205000.00")),
    (MONEY, "1.2亿元", Decimal("120000000.00")),
    (MONEY, "￥1200", Decimal("1200.00")),
    (MONEY, "12,0000元", Decimal("120000.00")),
    (MONEY, "1200元整", Decimal("1200.00")),
    (NET, "-3.5", Decimal("-3.50")),
    (NET, "(1,200.00)", Decimal("-1200.00")),
    (SHARE, "12.50%", Decimal("12.50")),
    (DAY, "2024-03-01", date(2024, 3, 1)),
    (DAY, "2024年3月1日", date(2024, 3, 1)),
    (DAY, "２０２４．３．１", date(2024, 3, 1)),
    (DAY, "2024/03/01", date(2024, 3, 1)),
    (DAY, "20240301", date(2024, 3, 1)),
    (YES, "yes", True),
    (YES, "否", False),
    (NAME, "  王小明 ", "王小明"),
    (LONG, "第一行 \n\n 第二行", "第一行\n\n第二行"),
    (PHONE, "138 0013 8000", "13800138000"),
    (PHONE, "+86 13800138000", "13800138000"),
    (PHONE, "（0731）84502000", "0731-84502000"),
    (MODE, "single", "single"),
    (MODE, "联合组建", "joint"),
    (MANY, ["talk", "read", "talk"], ("read", "talk")),
    (MANY, "read", ("read",)),
    (MANY, [], None),
    (ROWS, [{"name": "讲座", "n": "5"}, {"name": " ", "n": ""}], ({"name": "讲座", "n": 5},)),
    (ROWS, [], None),
    (FILE, "anything", None),
    (LONG, " \n ", None),
]


@pytest.mark.parametrize(("field", "raw", "value"), READ, ids=[f"{one[0].code}-{i}" for i, one in enumerate(READ)])
def test_an_answer_is_read(field, raw, value):
    assert parse(field, raw) == (value, "")


UNREAD = [
    (PEOPLE, "约12", "党员人数应为 0～9,999 的整数，现在填的是「约12」。请只填数字，例如 12，单位为人。"),
    (PEOPLE, "-3", "党员人数不能是负数，现在填的是「-3」。请核对后填写 0～9,999 的整数。"),
    (PEOPLE, "10000", "党员人数应为 0～9,999 的整数，现在填的是「10000」。请核对后重新填写。"),
    (PEOPLE, "3.5", "党员人数应为整数，现在填的是「3.5」，带有小数。请填写整数，例如 12。"),
    (COUNT, "十二", "会议次数应为不小于 0 的整数，现在填的是「十二」。请只填数字，例如 12。"),
    (COUNT, "99999999999", "会议次数填的是「99999999999」，位数过多。请核对数字和单位（无）。"),
    (MONEY, "1,20", "会费收入应为不小于 0 的金额，现在填的是「1,20」。请只填数字，例如 1200000.00，单位为元。"),
    (MONEY, "1.234", "会费收入最多保留两位小数，现在填的是「1.234」。请四舍五入到分，单位为元。"),
    (MONEY, "1.2.3", "会费收入应为不小于 0 的金额，现在填的是「1.2.3」。请只填数字，例如 1200000.00，单位为元。"),
    (MONEY, "(5", "会费收入应为不小于 0 的金额，现在填的是「(5」。请只填数字，例如 1200000.00，单位为元。"),
    (NET, "1e5", "净资产应为金额，现在填的是「1e5」。请只填数字，例如 1200000.00，单位为元。"),
    (DAY, "2024-13-01", "换届日期「2024-13-01」不存在。请按 年-月-日 填写，例如 2024-03-01。"),
    (DAY, "2025-02-29", "换届日期「2025-02-29」不存在。请按 年-月-日 填写，例如 2024-03-01。"),
    (DAY, "去年", "换届日期应为日期，现在填的是「去年」。请按 年-月-日 填写，例如 2024-03-01。"),
    (YES, "也许", "是否建立党组织「也许」不在可选范围。请选择以下之一：是、否。"),
    (MODE, "合并", "组建方式「合并」不在可选范围。请选择以下之一：单独组建、联合组建。"),
    (MANY, ["read", "x"], "学习方式「x」不在可选范围。请选择以下之一：集中学习、专题党课。"),
    (NAME, "王", "书记姓名有 1 个字，少于 2 个字。请补充到 2 个字以上。"),
    (NAME, "一" * 11, "书记姓名有 11 个字，超过 10 个字。请精简到 10 个字以内。"),
    (PHONE, "12", "联系电话应为手机号或带区号的固定电话，现在填的读不出来。请重新填写，例如 0731-84502000。"),
    (ROWS, [{"name": "讲座", "n": "许多"}], None),
    (ROWS, [{"n": "5"}], "活动第 1 行：填写书记姓名。"),
    (ROWS, [{"name": "讲座"}] * 3, "活动有 3 行，超过 2 行。请只填主要的 2 行。"),
]


@pytest.mark.parametrize(("field", "raw", "text"), UNREAD, ids=[f"{one[0].code}-{i}" for i, one in enumerate(UNREAD)])
def test_an_answer_that_cannot_be_read_says_why_and_what_to_do(field, raw, text):
    value, problem = parse(field, raw)
    assert value is None
    assert problem == text if text else problem.startswith("活动第 1 行：人数应为")


SHOWN = [
    (PEOPLE, 1024, "1,024", "1024"),
    (MONEY, Decimal("1200000"), "1,200,000.00", "1200000"),
    (SHARE, Decimal("12.50"), "12.5", "12.5"),
    (MONEY, Decimal("0.00"), "0.00", "0"),
    (DAY, date(2025, 6, 18), "2025-06-18", "2025-06-18"),
    (YES, True, "是", "yes"),
    (YES, False, "否", "no"),
    (MODE, "joint", "联合组建", "joint"),
    (MANY, ("read", "talk"), "集中学习、专题党课", "read\x1ftalk"),
    (ROWS, ({"name": "讲座", "n": 5},), "讲座，5", "讲座\x1f5"),
    (NAME, None, "", ""),
]


@pytest.mark.parametrize(("field", "value", "text", "stable"), SHOWN, ids=[str(i) for i in range(len(SHOWN))])
def test_a_value_is_written(field, value, text, stable):
    assert (display(field, value), canonical(field, value)) == (text, stable)


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        (NAME, "王小明", "王*明"),
        (NAME, "王明", "王*"),
        (PHONE, "13800138000", "138****8000"),
        (PEOPLE, 3, "3"),
        (Field("r", "名单", FieldType.ROWS, columns=(NAME,), is_personal=True), ({"name": "王明"},), "已脱敏"),
        (Field("l", "说明", FieldType.LONG_TEXT, is_personal=True), "一段话", "已脱敏"),
    ],
)
def test_a_personal_value_is_masked(field, value, text):
    assert display(field, value, mask=True) == text


@settings(max_examples=40, deadline=None)
@given(st.decimals(min_value=-10_000_000, max_value=10_000_000, places=2))
def test_a_displayed_amount_reads_back(amount):
    value, problem = parse(NET, display(NET, amount))
    assert (value, problem) == (amount, "")
    assert canonical(NET, value) == canonical(NET, amount)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.sampled_from([PEOPLE, MONEY, NET, SHARE, DAY, YES, NAME, LONG, PHONE, MODE, MANY]))
def test_whatever_is_typed_gets_a_value_or_a_sentence(raw, field):
    value, problem = parse(field, raw)
    assert not (value is not None and problem)
    if problem:
        assert problem.endswith("。")
