"""R-082: four directions, who may begin, and which results the registers bear out."""

from datetime import date

import pytest

from partybuilding.cultivation.enums import RESULTS, Direction, Result
from partybuilding.cultivation.rules import Evidence, beginning_problem, result_problem

START, DAY = date(2026, 1, 10), date(2026, 6, 1)
MEMBER = Evidence(is_party_member=True)


@pytest.mark.parametrize(
    ("direction", "evidence", "told"),
    [
        ("to_member", MEMBER, "已是党员"),
        ("to_member", Evidence(), ""),
        ("to_management", Evidence(), "培养对象须是党员"),
        ("to_management", MEMBER, ""),
        ("to_secretary", Evidence(is_party_member=True, secretary_since=START), "已任书记、副书记"),
        ("to_secretary", MEMBER, ""),
        ("into_board", MEMBER, "没有登记任职"),
        ("into_board", Evidence(is_party_member=True, secretary_since=START), ""),
    ],
)
def test_who_may_begin(direction: str, evidence: Evidence, told: str) -> None:
    problem = beginning_problem(direction, evidence, START)
    assert (told in problem, bool(problem)) == (True, bool(told))


@pytest.mark.parametrize(
    ("direction", "result", "evidence", "told"),
    [
        # (a) asks for a probationary member at least.
        ("to_member", "member", Evidence(), "没有此人支部大会接收为预备党员的记录"),
        ("to_member", "member", Evidence(probationary_since=date(2026, 1, 9)), "不是这次培养的结果"),
        ("to_member", "member", Evidence(probationary_since=date(2026, 6, 2)), "早于登记的日期2026-06-02"),
        ("to_member", "member", Evidence(probationary_since=date(2026, 5, 20)), ""),
        ("to_member", "secretary", MEMBER, "结果应为：成为党员、未达到、已终止"),
        ("to_management", "manager", MEMBER, ""),
        ("to_management", "pacesetter", MEMBER, ""),
        ("to_secretary", "secretary", MEMBER, "没有此人任书记、副书记的记录"),
        ("to_secretary", "secretary", Evidence(secretary_since=date(2026, 3, 1)), ""),
        ("into_board", "board", MEMBER, "没有此人任负责人的记录"),
        ("into_board", "board", Evidence(officer_since=date(2026, 3, 1)), ""),
        ("into_board", "ended", Evidence(), ""),
    ],
)
def test_which_results_stand(direction: str, result: str, evidence: Evidence, told: str) -> None:
    problem = result_problem(direction, result, START, DAY, evidence)
    assert (told in problem, bool(problem)) == (True, bool(told))


def test_nothing_comes_of_it_before_it_began() -> None:
    assert "早于培养开始日期2026-01-10" in result_problem("to_member", "ended", START, date(2026, 1, 9), Evidence())


def test_every_direction_may_end_without_a_result() -> None:
    assert all(Result.ENDED in RESULTS[direction] for direction in Direction)
