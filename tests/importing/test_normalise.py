"""Names and headings as they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.importing.normalise import clean, display_name, header_key, header_note, is_blank, name_key


@pytest.mark.parametrize(
    "spelling",
    [
        "湖南省(长沙)商会",
        "湖南省（长沙）商会",
        "湖南省〔长沙〕 商会",
        "湖南省（长沙）\n商会",
        "湖南省\u200b（长沙）商会",
    ],
)
def test_spellings_of_one_name_have_one_key(spelling):
    assert name_key(spelling) == "湖南省(长沙)商会"


@given(st.text("湖南省长沙茶叶商会（）()·•-— \n\u3000ＡaＢ1１"))
def test_key_of_a_key_is_itself(text):
    assert name_key(name_key(text)) == name_key(text)


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("*党员人数 (人)", "党员人数"),
        ("序\n\n号", "序号"),
        ("注册资金（万元）", "注册资金"),
        ("姓名*", "姓名"),
        ("（一）名称", "名称"),
        ("1、名称", "名称"),
        ("(备注)", "(备注)"),
        ("USCC", "uscc"),
    ],
)
def test_heading_keys(heading, key):
    assert header_key(heading) == key


def test_notes_of_headings():
    assert header_note("注册资金（万元）") == "万元"
    assert header_note("是否入章(是/否)【必填】") == "是/否、必填"


def test_blanks():
    assert [text for text in ("", "/", "—", "无", "N/A", "－") if not is_blank(text)] == []
    assert not is_blank("无锡商会")


def test_display_forms():
    assert clean(" a\u200b  b ") == "a b"
    assert display_name("张 三 Li Si") == "张三 Li Si"
