"""Two editions of a report, cell by cell."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.reporting.comparing import (
    CellDifference,
    ListDifference,
    Named,
    RowDifference,
    compare,
    list_difference,
    roster_differences,
)
from portal.reporting.data import Align, Card, Column, ReportData, RosterRow, Row, Table, count, rate, text

COLUMNS = (Column("label", "单位", Align.LEFT), Column("n", "家数"), Column("r", "比率"))


def table(*rows: tuple[str, int], key: str = "units") -> Table:
    return Table(
        key,
        "分单位",
        COLUMNS,
        tuple(Row((text(name), count(n, f"n:{name}"), rate(n, 10, f"r:{name}"))) for name, n in rows),
    )


def report(*tables: Table, covered: int = 921) -> ReportData:
    return ReportData(
        "月报", date(2026, 11, 30), "全省", cards=(Card("组织覆盖率", rate(covered, 1000, "covered")),), tables=tables
    )


def test_equal_editions_have_no_difference() -> None:
    one = report(table(("甲", 1), ("乙", 2)))
    found = compare(one, one)
    assert (found.cells, found.same_count, found.drills) == ([], 5, [])


def test_differing_cells_are_named_by_row_and_column_with_their_lists() -> None:
    found = compare(report(table(("甲", 1), ("乙", 2))), report(table(("甲", 1), ("乙", 3)), covered=922))
    assert [(one.key, one.title) for one in found.tables] == [("", "主要数字"), ("units", "分单位")]
    assert found.cells == [
        CellDifference("组织覆盖率", "数字", "92.1%（921/1,000）", "92.2%（922/1,000）", "covered"),
        CellDifference("乙", "家数", "2", "3", "n:乙"),
        CellDifference("乙", "比率", "20.0%（2/10）", "30.0%（3/10）", "r:乙"),
    ]
    assert found.drills == ["covered", "n:乙", "r:乙"]
    assert found.same_count == 2


def test_rows_and_tables_of_one_edition_only_are_differences() -> None:
    found = compare(report(table(("甲", 1))), report(table(("乙", 1)), table(("丙", 1), key="more")))
    assert [(one.row, one.before, one.after) for one in found.cells if one.column == "家数"] == [
        ("乙", "", "1"),
        ("甲", "1", ""),
        ("丙", "", "1"),
    ]


def test_rows_of_one_name_are_told_apart_by_their_order() -> None:
    found = compare(report(table(("甲", 1), ("甲", 2))), report(table(("甲", 1), ("甲", 5))))
    assert [(one.row, one.before, one.after) for one in found.cells if one.column == "家数"] == [("甲", "2", "5")]


def test_names_that_entered_and_left_a_list() -> None:
    tea, salt, silk = Named(1, "茶"), Named(2, "盐"), Named(3, "丝")
    assert list_difference([tea, salt], [salt, silk]) == ListDifference((silk,), (tea,))
    assert list_difference([tea, tea], [tea]) == ListDifference((), (tea,))


LABELS = ("名称", "组织覆盖", "党员")


def roster(*rows: tuple[int, Any, Any]) -> list[RosterRow]:
    return [RosterRow(pk, (f"协会{pk}", cover, members)) for pk, cover, members in rows]


def test_rows_of_a_list_differ_by_subject() -> None:
    old = roster((1, "单独", 3), (2, "无", None), (3, "无", 1))
    new = roster((3, "无", 1), (2, "联合", 0), (4, "无", 2))
    assert roster_differences(LABELS, old, new) == [
        RowDifference(2, "协会2", cells=(("组织覆盖", "无", "联合"), ("党员", "未填报", "0"))),
        RowDifference(4, "协会4", is_added=True),
        RowDifference(1, "协会1", is_removed=True),
    ]


def test_equal_rows_of_one_subject_are_set_aside_first() -> None:
    old, new = roster((1, "甲", 1), (1, "乙", 2)), roster((1, "乙", 2), (1, "丙", 1), (1, "丁", 1))
    found = roster_differences(LABELS, old, new)
    assert [(one.is_added, one.cells) for one in found] == [(False, (("组织覆盖", "甲", "丙"),)), (True, ())]


ROWS = st.lists(st.tuples(st.integers(1, 4), st.sampled_from("甲乙"), st.integers(0, 2)), max_size=6)


@given(ROWS, ROWS)
def test_comparing_backwards_swaps_what_was_added_and_removed(old: Any, new: Any) -> None:
    forwards = roster_differences(LABELS, roster(*old), roster(*new))
    backwards = roster_differences(LABELS, roster(*new), roster(*old))
    swapped = [replace(one, is_added=one.is_removed, is_removed=one.is_added) for one in backwards]
    marks = [sorted((one.pk, one.is_added, one.is_removed) for one in found) for found in (forwards, swapped)]
    assert marks[0] == marks[1]
    assert roster_differences(LABELS, roster(*old), roster(*old)) == []
