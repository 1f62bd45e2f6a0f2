"""The fifteen lines, what contradicts, and what may be published."""

from datetime import date
from typing import Any

import pytest

from partybuilding.returns.rules import FORM, Lines, lines_of, published, return_problem

TODAY = date(2026, 2, 1)
YEAR: dict[str, int] = {
    "opening": 20,
    "admitted": 2,
    "restored": 1,
    "moved_in": 5,
    "moved_in_whole": 3,
    "expelled": 1,
    "suspended": 1,
    "died": 1,
    "moved_out": 4,
    "moved_out_whole": 2,
    "actual": 21,
}


def test_the_fifteen_lines() -> None:
    lines = Lines(**YEAR)
    told = {label: getattr(lines, name) for label, name in FORM}
    assert len(FORM) == 15
    assert (told["增加合计"], told["减少合计"], told["应有数"], told["实有数与应有数之差"]) == (8, 7, 21, 0)
    both = lines + Lines(opening=1, actual=1)
    assert (both.opening, both.expected, both.difference) == (21, 22, 0)


def test_history_makes_lines_and_what_is_no_line_is_the_difference() -> None:
    events = {
        ("admitted", False): 1,
        ("moved_in", True): 3,
        ("moved_in", False): 1,
        ("moved_out", True): 2,
        ("died", False): 1,
        ("converted", False): 4,
        ("left", False): 1,
    }
    lines = lines_of(10, 11, events)
    assert (lines.moved_in, lines.moved_in_whole, lines.moved_out, lines.joined, lines.left) == (4, 3, 2, 5, 3)
    # Somebody left the roster and nobody said how: the equation says so.
    assert (lines.expected, lines.difference) == (12, -1)


@pytest.mark.parametrize(
    ("year", "changed", "before", "remark", "told"),
    [
        (2026, {}, None, "", "2026年尚未结束"),
        (2025, {"moved_in_whole": 6}, None, "", "其中整建制转入6名，多于转入5名"),
        (2025, {"moved_out_whole": 5}, None, "", "其中整建制转出5名，多于转出4名"),
        (2025, {}, 19, "", "2024年填报的年底实有数是19"),
        (2025, {"opening": 0, "moved_out": 9, "moved_out_whole": 0}, None, "", "减少合计12名，多于上年底与增加之和8名"),
        (2025, {"actual": 22}, 20, " ", "应有数21，实有数22，相差1"),
        (2025, {"actual": 22}, 20, "补登1名原有党员", ""),
        (2025, {}, 20, "", ""),
        (2025, {}, None, "", ""),
    ],
)
def test_what_contradicts_is_refused(
    year: int, changed: dict[str, Any], before: int | None, remark: str, told: str
) -> None:
    problem = return_problem(year, TODAY, Lines(**YEAR | changed), before, remark)
    assert (told in problem, bool(problem)) == (True, bool(told))


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({"男": 12, "女": 2}, {"男": None, "女": None}),
        ({"本科": 9, "大专": 2, "高中": 1}, {"本科": 9, "大专": None, "高中": None}),
        ({"本科": 9, "大专": 5, "高中": 1}, {"本科": 9, "大专": None, "高中": None}),
        ({"本科": 9, "大专": 0}, {"本科": 9, "大专": 0}),
        ({"本科": 2}, {"本科": None}),
        ({}, {}),
    ],
)
def test_small_cells_are_not_published(cells: dict[str, int], shown: dict[str, int | None]) -> None:
    assert published(cells) == shown
