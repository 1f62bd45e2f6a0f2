"""Rows that are no data, and the checksum of 合计 rows: peers.md part (e), rows 3, 4 and 6."""

import pytest

from portal.importing.header import Header, HeaderColumn
from portal.importing.rowkinds import RowKind, Totals, classify

HEADER = Header(
    rows=(1,),
    columns=tuple(HeaderColumn(number, (text,)) for number, text in enumerate(("序号", "名称", "信用代码", "人数"), 1)),
    first_data_row=2,
    matched=3,
)


def kind(*cells):
    return classify(cells, HEADER, serial_columns=frozenset({1}), key_columns=frozenset({2, 3}))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ((1, "甲协会", "x", 3), RowKind.DATA),
        ((None, "甲协会", None, None), RowKind.DATA),
        (("合计", None, None, 30), RowKind.TOTAL),
        ((None, "合 计", None, 30), RowKind.TOTAL),
        ((None, "长沙市小计：", None, 30), RowKind.TOTAL),
        ((3, "总计", None, 30), RowKind.TOTAL),
        ((3, "湖南省合计协会", "51430000MJJ0000129", 3), RowKind.DATA),
        ((7, None, None, None), RowKind.BLANK),
        ((7.0,), RowKind.BLANK),
        ((None, "/", "—", None), RowKind.BLANK),
        (("填表人：张三 审核人：李四",), RowKind.FOOTER),
        ((None, "注：以上数据截至6月底"), RowKind.FOOTER),
        (("序号", "名称", "信用代码", "人数"), RowKind.REPEATED_HEADER),
        ((None, "一、省级协会"), RowKind.SECTION),
        (("（二）市级", None, None, None), RowKind.SECTION),
        ((1, "一、甲协会", "x", 3), RowKind.DATA),
    ],
)
def test_kinds_of_rows(cells, expected):
    assert kind(*cells) == expected


def test_totals_are_compared_with_their_group_or_with_everything():
    totals = Totals()
    totals.add({"count": 3})
    totals.add({"count": 4})
    assert totals.compare({"count": 7}) == {}
    totals.add({"count": 5})
    assert totals.compare({"count": 5}) == {}
    assert totals.compare({"count": 12}) == {}
    totals.add({"count": 1})
    assert totals.compare({"count": 9}) == {"count": (9, 1)}


def test_column_with_an_unreadable_number_is_not_compared():
    totals = Totals()
    totals.add({}, ["count"])
    totals.add({"count": 4})
    assert totals.compare({"count": 99}) == {}
