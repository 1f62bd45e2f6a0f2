"""Finding the header: peers.md part (e), rows 1, 2, 3 and 22."""

import pytest

from portal.importing import header
from portal.importing.mapping import Match, UnknownHeading, missing, propose, vocabulary
from tests.factories import uscc


class Field:
    def __init__(self, code, label, *synonyms):
        self.code, self.label, self.synonyms = code, label, synonyms


FIELDS = [
    Field("uscc", "统一社会信用代码", "信用代码"),
    Field("name", "名称", "协会名称"),
    Field("regulator", "行业管理部门", "主管部门"),
    Field("office", "责任处室"),
    Field("unit_count", "单位会员数", "会员数/单位"),
    Field("person_count", "个人会员数", "会员数/个人"),
    Field("president", "会长", "会长/姓名"),
    Field("phone", "联系电话", "会长/电话"),
]
WORDS = vocabulary(FIELDS)


def rows(*lines):
    return [(number, list(line)) for number, line in enumerate(lines, start=1)]


def test_header_below_titles():
    found = header.find(
        rows(["名录"], ["填报单位：长沙市  填报日期：2026年6月"], ["名称", "信用代码"], ["甲", "x"]), [], WORDS
    )
    assert (found.rows, found.first_data_row) == ((3,), 4)
    assert found.metadata == {"填报单位": "长沙市", "填报日期": "2026年6月"}


def test_two_rows_with_merges_give_paths():
    lines = rows(
        ["标题", None, None, None],
        ["序号", "名称", "会员数", None],
        [None, None, "单位", "个人"],
        [1, "甲", 3, 4],
    )
    merges = [(1, 1, 1, 4), (2, 1, 3, 1), (2, 2, 3, 2), (2, 3, 2, 4)]
    found = header.find(lines, merges, WORDS)
    assert found.rows == (2, 3)
    assert [column.path for column in found.columns] == [("序号",), ("名称",), ("会员数", "单位"), ("会员数", "个人")]


def test_two_rows_of_a_text_file_without_merges():
    lines = rows(["序号", "名称", "会员数", None], [None, None, "单位", "个人"], ["1", "甲", "3", "4"])
    found = header.find(lines, [], WORDS)
    assert found.rows == (1, 2)
    assert [column.path for column in found.columns] == [("序号",), ("名称",), ("会员数", "单位"), ("会员数", "个人")]


def test_merge_that_stops_early_takes_the_neighbours_group():
    lines = rows(["名称", "会长", None, None], [None, "姓名", "职务", "电话"], ["甲", "a", "b", "c"])
    found = header.find(lines, [(1, 1, 2, 1), (1, 2, 1, 3)], WORDS)
    assert [column.path for column in found.columns][-1] == ("会长", "电话")


def test_code_row_under_the_header_is_skipped():
    lines = rows(["名称", "信用代码", "主管部门"], ["A", "B", "C1"], ["甲", "x", "y"])
    found = header.find(lines, [], WORDS)
    assert (found.code_rows, found.first_data_row) == ((2,), 3)


@pytest.mark.parametrize(
    ("cells", "is_code"),
    [
        (["A", "B", "C"], True),
        (["甲", "乙", "丙"], True),
        ([1, 2, 3], True),
        (["1", "2", "3"], True),
        (["A", "B", 1, 2], True),
        ([1, 5, 9], False),
        (["A", "B"], False),
        (["甲", "协会", "丙"], False),
    ],
)
def test_code_rows(cells, is_code):
    assert header.is_code_row(cells) is is_code


def test_notes_and_stars_are_left_out_and_units_kept():
    found = header.find(rows(["*名称(全称)", "信用代码*", "注册资金（万元）"], ["甲", "x", 3]), [], WORDS)
    assert found.matched == 2
    assert found.columns[2].unit == "万元"


def test_person_moves_the_header():
    lines = rows(["名称", "信用代码"], ["甲名称", "乙代码"], ["x", "y"])
    assert header.find(lines, [], WORDS, chosen=(2,)).rows == (2,)
    assert header.find(lines, [], WORDS, chosen=(9,)) is None


def test_no_known_heading_no_header():
    assert header.find(rows(["甲", "乙"], ["丙", "丁"]), [], WORDS) is None
    assert header.find([], [], WORDS) is None


def mapped(lines, given=None, merges=()):
    found = header.find(lines, merges, WORDS)
    samples = [cells for number, cells in lines if number >= found.first_data_row]
    return propose(found, FIELDS, samples, given)


def test_columns_are_found_by_heading_wherever_they_stand():
    matches = mapped(rows(["主管部门", "名称", "信用代码"], ["a", "b", "c"]))
    assert [(match.letter, match.code, match.basis) for match in matches] == [
        ("A", "regulator", "synonym"),
        ("B", "name", "label"),
        ("C", "uscc", "synonym"),
    ]


def test_second_column_for_one_field_stays_open():
    matches = mapped(rows(["协会名称", "名称", "信用代码"], ["a", "b", "c"]))
    assert [(match.code, match.basis) for match in matches] == [
        (None, "duplicate"),
        ("name", "label"),
        ("uscc", "synonym"),
    ]
    assert matches[0].is_open


def test_repeated_leaf_needs_its_path():
    lines = rows(
        ["名称", "会长", None, "秘书长", None], [None, "姓名", "电话", "姓名", "电话"], ["甲", "a", "b", "c", "d"]
    )
    matches = mapped(lines, merges=[(1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 5)])
    assert [match.code for match in matches] == ["name", "president", "phone", None, None]


def test_unknown_numbering_and_headless_columns():
    matches = mapped(rows(["序号", "名称", "信用代码", "来宾", None], [1, "b", "c", "d", "e"]))
    assert [(match.path, match.code, match.basis) for match in matches] == [
        ("序号", None, "serial"),
        ("名称", "name", "label"),
        ("信用代码", "uscc", "synonym"),
        ("来宾", None, ""),
        ("(无列名)〔E列〕", None, ""),
    ]


def test_code_column_without_a_heading_is_known_by_its_content():
    lines = rows(["名称", "主管部门", "号码"], *[["甲", "乙", uscc()] for _ in range(4)])
    assert mapped(lines)[2] == Match(3, "C", "号码", "uscc", "samples")


def test_what_a_person_decides_wins():
    lines = rows(["名称", "信用代码", "主管部门", "来宾"], ["a", "b", "c", "d"])
    matches = mapped(lines, {"来宾": "office", "主管部门": "", "B": "uscc"})
    assert [(match.code, match.basis) for match in matches] == [
        ("name", "label"),
        ("uscc", "manual"),
        (None, "ignored"),
        ("office", "manual"),
    ]


@pytest.mark.parametrize(
    "given",
    [{"没有的列": "name"}, {"名称": "nothing"}, {"名称": "name", "信用代码": "name"}],
    ids=["column", "field", "twice"],
)
def test_decisions_that_make_no_sense_are_refused(given):
    with pytest.raises(UnknownHeading):
        mapped(rows(["名称", "信用代码"], ["a", "b"]), given)


def test_same_heading_twice_must_be_named_by_letter():
    lines = rows(["名称", "信用代码", "备注", "备注"], ["a", "b", "c", "d"])
    with pytest.raises(UnknownHeading):
        mapped(lines, {"备注": "office"})
    matches = mapped(lines, {"D": "office"})
    assert [match.path for match in matches[2:]] == ["备注〔C列〕", "备注〔D列〕"]
    assert matches[3].code == "office"


def test_required_fields_that_no_column_carries():
    assert missing(mapped(rows(["名称", "主管部门"], ["a", "b"])), ["uscc", "name"]) == ["uscc"]
