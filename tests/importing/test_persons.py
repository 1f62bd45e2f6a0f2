"""R-003, R-004 and the telephones and names of real lists, by example and by property."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from portal.importing import identities
from portal.importing.parsers import CellContext, IdNumberParser, PersonNameParser, PhoneParser
from portal.importing.reader import CellError

TODAY = dt.date(2026, 6, 30)
CONTEXT = CellContext(label="公民身份号码", today=TODAY)


def read(parser, raw):
    value, problems = parser.parse(raw, CONTEXT)
    return value, [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        ("11010519491231002X", "11010519491231002X", []),
        ("11010519491231002x", "11010519491231002X", []),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X", []),
        (" 110105 19491231 002X ", "11010519491231002X", []),
        ("430104195601010014", "430104195601010014", []),
        ("110105194912310021", None, ["id.checksum"]),
        ("110105194902310021", None, ["id.checksum"]),
        ("99010519491231002X", None, ["id.checksum"]),
        ("110105189912310021", None, ["id.checksum"]),
        ("110105491231002", None, ["id.checksum"]),
        (110105491231002, None, ["id.checksum"]),
        ("1101051949123100", None, ["id.checksum"]),
        ("110105194912310000", None, ["id.lost_digits"]),
        (110105194912310021, None, ["id.lost_digits"]),
        (1.10105194912310e17, None, ["id.lost_digits"]),
        ("1.10105E+17", None, ["id.lost_digits"]),
        ("E12345678", "E12345678", []),
        ("ABC123456789012", "ABC123456789012", []),
        ("军字第1234567号", "军字第1234567号", []),
        ("张三", None, ["id.checksum"]),
        ("无", None, []),
        ("/", None, []),
        (None, None, []),
        (True, None, ["id.checksum"]),
        (CellError("#REF!"), None, ["cell.error"]),
    ],
)
def test_identity_numbers(raw, value, codes):
    assert read(IdNumberParser(), raw) == (value, codes)


def test_message_of_a_wrong_number_shows_it_masked():
    (_, problems) = IdNumberParser().parse("110105194912310021", CONTEXT)
    assert problems[0].message == ("公民身份号码「11**************21」第 18 位校验不符。请对照证件重新填写。")


@pytest.mark.parametrize(
    ("number", "document", "born", "sex"),
    [
        ("11010519491231002X", "resident_id", dt.date(1949, 12, 31), "female"),
        ("430104195601010014", "resident_id", dt.date(1956, 1, 1), "male"),
        ("810000199408230021", "hmt_residence", dt.date(1994, 8, 23), "female"),
        ("ABC123456789012", "foreign_permanent", None, ""),
        ("E12345678", "other", None, ""),
    ],
)
def test_what_a_number_says(number, document, born, sex):
    assert (identities.document_of(number), identities.born_on(number), identities.sex(number)) == (
        document,
        born,
        sex,
    )


DAYS = st.dates(dt.date(1910, 1, 1), TODAY)


@given(st.sampled_from(sorted(identities.REGIONS)), DAYS, st.integers(0, 999))
def test_every_number_with_its_check_character_holds_and_no_other(region, day, serial):
    body = f"{region}0101{day:%Y%m%d}{serial:03d}"
    right = ric.calc_check_digit(body + "0")
    assert identities.check_character(body) == right
    for character in identities.CHECKS:
        assert identities.is_valid(body + character, TODAY) is (character == right)


@given(st.text(max_size=30) | st.integers() | st.floats())
def test_no_cell_makes_a_parser_fail(raw):
    for parser in (IdNumberParser(), PersonNameParser(), PhoneParser()):
        value, problems = parser.parse(raw, CONTEXT)
        assert value is None or isinstance(value, str)
        assert all(problem.message.endswith("。") for problem in problems)
        if value is not None and not problems:
            assert parser.parse(value, CONTEXT) == (value, ())


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        (13800001234, "13800001234", []),
        (13800001234.0, "13800001234", []),
        ("13800001234.0", "13800001234", []),
        ("138 0000 1234", "13800001234", []),
        ("138-0000-1234", "13800001234", []),
        ("+86 13800001234", "13800001234", []),
        ("０７３１－８４５６７８９０", "0731-84567890", []),
        ("(0731)84567890", "0731-84567890", []),
        ("073184567890", "0731-84567890", []),
        ("0731-84567890转801", "0731-84567890转801", []),
        ("0731—84567890/13800001234、13900001234", "0731-84567890；13800001234；13900001234", []),
        ("13800001234 13900001234", "13800001234；13900001234", []),
        ("84567890", "84567890", []),
        ("400-800-1234", "400-800-1234", []),
        ("12345", "12345", []),
        (73184567890, "73184567890", ["phone.unusual"]),
        ("张三13800001234", "张三13800001234", ["phone.unusual"]),
        ("1380000", "1380000", ["phone.unusual"]),
        ("1.38E+10", None, ["number.lost_digits"]),
        ("1" * 120, None, ["text.too_long"]),
        ("无", None, []),
        (dt.date(2024, 3, 5), None, ["phone.invalid"]),
        (CellError("#N/A"), None, ["cell.error"]),
    ],
)
def test_telephones(raw, value, codes):
    assert read(PhoneParser(), raw) == (value, codes)


def test_lost_zero_of_the_area_is_named():
    (_, problems) = PhoneParser().parse(73184567890, CONTEXT)
    assert problems[0].message == (
        "公民身份号码「731****7890」不像电话号码，可能丢了区号前面的 0，按原样记录。请核对。"
    )


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        ("张　三", "张三", []),
        (" 李 四 ", "李四", []),
        ("阿依古丽•买买提", "阿依古丽·买买提", []),
        ("John  Smith", "John Smith", []),
        ("王五（女）", "王五（女）", ["name.note"]),
        ("张三、李四", None, ["name.several"]),
        ("张三13800001234", None, ["name.number"]),
        (123, None, ["name.number"]),
        ("张", None, ["name.too_short"]),
        ("张" * 61, None, ["text.too_long"]),
        ("无", None, []),
        (CellError("#N/A"), None, ["cell.error"]),
    ],
)
def test_names_of_persons(raw, value, codes):
    assert read(PersonNameParser(), raw) == (value, codes)
