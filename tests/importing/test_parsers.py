"""Cell parsers by example, and by property: no cell makes one fail, and what it prints it reads back."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.importing.parsers import (
    CellContext,
    ChoiceParser,
    DateParser,
    IntegerParser,
    MoneyParser,
    NameParser,
    NamesParser,
    PostHolderParser,
    TextParser,
    UsccParser,
    UsccsParser,
    YesNoParser,
)
from portal.importing.reader import CellError

TODAY = dt.date(2026, 6, 30)
CONTEXT = CellContext(label="列", today=TODAY)
KINDS = ChoiceParser(
    [("social_group", "社会团体"), ("foundation", "基金会")], {"social_group": ["社团"], "foundation": ["基金会法人"]}
)
EVERY_PARSER = [
    TextParser(),
    NameParser(),
    NamesParser(),
    PostHolderParser(),
    UsccParser(),
    UsccsParser(),
    DateParser(),
    IntegerParser(),
    MoneyParser(),
    YesNoParser(),
    KINDS,
]


def read(parser, raw, context=CONTEXT):
    value, problems = parser.parse(raw, context)
    return value, [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        ("51430000MJJ0000129", "51430000MJJ0000129", []),
        (" 51430000mjj0000129 ", "51430000MJJ0000129", []),
        ("５１４３００００ＭＪＪ００００１２９", "51430000MJJ0000129", []),
        ("5143-0000-MJJ0000129", "51430000MJJ0000129", []),
        ("51430000MJJ0000128", None, ["uscc.checksum"]),
        ("51430000MJJ000012", None, ["uscc.checksum"]),
        ("5143000OMJJ0000129", None, ["uscc.checksum"]),
        (5.14300001234567e17, None, ["uscc.lost_digits"]),
        (514300001234567168, None, ["uscc.lost_digits"]),
        ("5.143E+17", None, ["uscc.lost_digits"]),
        ("514300001234567000", None, ["uscc.lost_digits"]),
        (12345, None, ["uscc.checksum"]),
        (True, None, ["uscc.checksum"]),
        ("/", None, []),
        ("", None, []),
        (None, None, []),
        (CellError("#REF!"), None, ["cell.error"]),
    ],
)
def test_credit_codes(raw, value, codes):
    assert read(UsccParser(), raw) == (value, codes)


def test_message_about_a_code_names_column_value_and_remedy():
    _, problems = UsccParser().parse("51430000MJJ0000128", CellContext(label="统一社会信用代码", today=TODAY))
    assert problems[0].message == (
        "统一社会信用代码第 18 位校验不符，现在是「51430000MJJ0000128」。请对照登记证书重新填写 18 位代码。"
    )


def test_several_codes_in_a_cell():
    raw = "51430000MJJ0000129、52430100MJK1234524；51430000MJJ0000129\n"
    assert read(UsccsParser(), raw) == (["51430000MJJ0000129", "52430100MJK1234524"], [])
    assert read(UsccsParser(), "51430000MJJ0000129、1") == (["51430000MJJ0000129"], ["uscc.checksum"])
    assert read(UsccsParser(), None) == (None, [])


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        (dt.date(2024, 3, 5), dt.date(2024, 3, 5), []),
        (dt.datetime(2024, 3, 5, 8, 30), dt.date(2024, 3, 5), []),  # noqa: DTZ001 (spreadsheets know no zones)
        ("2024-03-05", dt.date(2024, 3, 5), []),
        ("2024.3.5", dt.date(2024, 3, 5), []),
        ("2024/3/5", dt.date(2024, 3, 5), []),
        ("2024年3月5日", dt.date(2024, 3, 5), []),
        ("２０２４年３月５日", dt.date(2024, 3, 5), []),
        ("2024 年 3 月 5 日", dt.date(2024, 3, 5), []),
        ("二〇二四年三月五日", dt.date(2024, 3, 5), []),
        ("二〇二四年十二月二十一日", dt.date(2024, 12, 21), []),
        ("2024-03-05 00:00:00", dt.date(2024, 3, 5), []),
        ("20240305", dt.date(2024, 3, 5), []),
        (20240305, dt.date(2024, 3, 5), []),
        (45356, dt.date(2024, 3, 5), []),
        (45356.0, dt.date(2024, 3, 5), []),
        ("2024年3月", dt.date(2024, 3, 1), ["date.precision"]),
        ("2024-03", dt.date(2024, 3, 1), ["date.precision"]),
        ("202403", dt.date(2024, 3, 1), ["date.precision"]),
        ("2024.10", dt.date(2024, 10, 1), ["date.precision"]),
        (2024.3, dt.date(2024, 3, 1), ["date.precision"]),
        (2024.12, dt.date(2024, 12, 1), ["date.precision"]),
        ("2024", dt.date(2024, 1, 1), ["date.precision"]),
        (2024, dt.date(2024, 1, 1), ["date.precision"]),
        ("2024年", dt.date(2024, 1, 1), ["date.precision"]),
        (2024.1, None, ["date.ambiguous"]),
        ("05/06/2024", None, ["date.ambiguous"]),
        ("13/06/2024", dt.date(2024, 6, 13), []),
        ("06/13/2024", dt.date(2024, 6, 13), []),
        ("24.3.5", dt.date(2024, 3, 5), ["date.two_digit_year"]),
        ("98-3-5", dt.date(1998, 3, 5), ["date.two_digit_year"]),
        ("2024-13-01", None, ["date.invalid"]),
        ("2023-02-29", None, ["date.invalid"]),
        ("去年", None, ["date.invalid"]),
        (7, None, ["date.invalid"]),
        (True, None, ["date.invalid"]),
        ("不详", None, []),
        ("—", None, []),
        ("1948-12-31", dt.date(1948, 12, 31), ["date.unusual"]),
        ("2026-07-01", dt.date(2026, 7, 1), ["date.unusual"]),
        ("3024-01-01", None, ["date.invalid"]),
        (CellError("#FORMULA"), None, ["cell.error"]),
    ],
)
def test_dates(raw, value, codes):
    assert read(DateParser(), raw) == (value, codes)


@given(
    st.dates(dt.date(1950, 1, 1), TODAY),
    st.sampled_from(["%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d"]),
)
def test_every_common_shape_gives_the_same_day(day, shape):
    assert read(DateParser(), day.strftime(shape)) == (day, [])


@given(st.dates(dt.date(1955, 1, 1), TODAY))
def test_serial_number_gives_the_day(day):
    assert read(DateParser(), (day - dt.date(1899, 12, 30)).days) == (day, [])


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        (12, 12, []),
        (12.0, 12, []),
        ("12", 12, []),
        ("１２", 12, []),
        ("1,200", 1200, []),
        ("50人", 50, []),
        ("50 家", 50, []),
        (0, 0, []),
        ("0", 0, []),
        ("约50", None, ["number.invalid"]),
        ("12.5", None, ["number.invalid"]),
        (12.5, None, ["number.invalid"]),
        (-1, None, ["number.invalid"]),
        ("(3)", None, ["number.invalid"]),
        ("3万", None, ["number.invalid"]),
        ("/", None, []),
        ("无", None, []),
        (True, None, ["number.invalid"]),
        (float("nan"), None, ["number.invalid"]),
    ],
)
def test_counts(raw, value, codes):
    assert read(IntegerParser(), raw) == (value, codes)


def test_message_about_a_count_suggests_the_number_in_it():
    _, problems = IntegerParser(0, 9999).parse("约50", CellContext(label="党员人数", today=TODAY))
    assert problems[0].message == "党员人数应为 0～9999 的整数，现在填的是「约50」。请只填数字，例如 50。"


@pytest.mark.parametrize(
    ("raw", "unit", "value", "codes"),
    [
        (3, "", Decimal("30000.00"), []),
        ("3", "", Decimal("30000.00"), []),
        (3, "元", Decimal("3.00"), []),
        ("3万元", "元", Decimal("30000.00"), []),
        ("30000元", "", Decimal("30000.00"), []),
        ("1,234.5", "元", Decimal("1234.50"), []),
        ("人民币叁万元", "", None, ["number.invalid"]),
        ("1.2亿元", "", Decimal("120000000.00"), []),
        (200000, "", Decimal("2000000000.00"), ["number.unusual"]),
        (-3, "", None, ["number.invalid"]),
        ("—", "", None, []),
        (0, "", Decimal("0.00"), []),
    ],
)
def test_amounts_come_out_in_yuan(raw, unit, value, codes):
    assert read(MoneyParser(), raw, CellContext(label="注册资金", today=TODAY, unit=unit)) == (value, codes)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        *[(text, True) for text in ("是", "有", "√", "✓", "1", 1, 1.0, "Y", "yes", True, "已写入", "1-是", "○")],
        *[(text, False) for text in ("否", "无", "×", "0", 0, "N", "no", False, "未写入", "0-否")],
        *[(text, None) for text in ("/", "—", "", None)],
    ],
)
def test_yes_and_no(raw, value):
    assert read(YesNoParser(), raw) == (value, [])


def test_neither_yes_nor_no():
    assert read(YesNoParser(), "也许") == (None, ["choice.unknown"])


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        ("社会团体", "social_group", []),
        ("社团", "social_group", []),
        ("social_group", "social_group", []),
        ("01-社会团体", "social_group", []),
        ("1、基金会", "foundation", []),
        (" 社会 团体 ", "social_group", []),
        ("社会团休", None, ["choice.unknown"]),
        ("/", None, []),
    ],
)
def test_choices(raw, value, codes):
    assert read(KINDS, raw) == (value, codes)


def test_unknown_choice_lists_what_is_allowed_and_what_was_meant():
    _, problems = KINDS.parse("社会团休", CellContext(label="类型", today=TODAY))
    assert (
        problems[0].message == "类型「社会团休」不在可选范围。是否应为「社会团体」？请改为以下之一：社会团体、基金会。"
    )


def test_names_keep_their_spelling():
    assert read(NameParser(), "湖南省（长沙） 茶叶\n商会") == ("湖南省（长沙） 茶叶商会", [])
    assert read(NameParser(), "会") == (None, ["name.too_short"])
    assert read(NameParser(), 12345) == (None, ["name.number"])
    assert read(NamesParser(), "甲协会、乙协会；甲协会\n丙协会") == (["甲协会", "乙协会", "丙协会"], [])
    assert read(NamesParser(), 12) == (["12"], [])
    assert read(NamesParser(3), "甲甲协会") == (None, ["text.too_long"])


def test_holders_of_posts():
    assert read(PostHolderParser(), "张　三") == ("张三", [])
    assert read(PostHolderParser(), "阿依古丽•买买提") == ("阿依古丽·买买提", [])


def test_text():
    assert read(TextParser(5), "一二三四五六") == (None, ["text.too_long"])
    assert read(TextParser(), 110.0) == ("110", [])
    assert read(TextParser(), 6222021234567890123) == (None, ["number.lost_digits"])
    assert read(TextParser(), dt.date(2024, 3, 5)) == ("2024-03-05", [])
    assert read(TextParser(), True) == ("是", [])
    assert read(TextParser(), "无") == (None, [])


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=40),
    st.dates(),
    st.builds(CellError, st.sampled_from(["#REF!", "#N/A", "#FORMULA"])),
)


@given(st.sampled_from(EVERY_PARSER), CELLS)
def test_no_cell_makes_a_parser_fail(parser, raw):
    value, problems = parser.parse(raw, CONTEXT)
    assert value is None or not any(problem.severity == "error" for problem in problems) or isinstance(value, list)
    for problem in problems:
        assert problem.message.startswith("列")
        assert problem.message.endswith("。")


@pytest.mark.parametrize("parser", EVERY_PARSER, ids=lambda parser: parser.name)
def test_every_parser_reads_its_own_example(parser):
    value, problems = parser.parse(parser.example, CONTEXT)
    assert value is not None
    assert problems == ()
