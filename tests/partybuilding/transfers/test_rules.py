"""Transfers: who may leave, who may take in, in which order of days."""

from datetime import date
from typing import Any

import pytest

from partybuilding.transfers.rules import Leaving, Receiving, may_arrive, may_leave, may_receive, one_target

DAY = date(2026, 6, 20)
MEMBER: dict[str, Any] = {
    "name": "王明",
    "has_relation": True,
    "starts_on": date(2024, 1, 5),
    "ends_on": None,
    "is_underway": False,
}
BRANCH: dict[str, Any] = {"name": "某支部", "kind": "branch", "established_on": date(2020, 1, 1), "dissolved_on": None}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"ends_on": date(2025, 1, 1)}, "已于2025-01-01离开名册"),
        ({"has_relation": False}, "组织关系不在本组织"),
        ({"is_underway": True}, "已有一笔转接待接收"),
        ({"starts_on": DAY}, "不晚于「王明」编入名册的日期2026-06-20"),
        ({"starts_on": date(2026, 7, 1)}, "不晚于「王明」编入名册的日期2026-07-01"),
        ({"starts_on": date(2026, 6, 19)}, ""),
        ({"starts_on": None}, ""),
        ({}, ""),
    ],
)
def test_who_may_leave(changed: dict[str, Any], told: str) -> None:
    decision = may_leave(Leaving(**MEMBER | changed), DAY)
    assert bool(decision) is (told == "")
    assert told in decision.reason


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"kind": "functional_branch"}, "功能型党支部，不转入组织关系"),
        ({"established_on": date(2026, 6, 21)}, "早于「某支部」的成立日期2026-06-21"),
        ({"dissolved_on": DAY}, "已于2026-06-20撤销"),
        ({"dissolved_on": date(2026, 6, 21)}, ""),
        ({"established_on": None}, ""),
        ({}, ""),
    ],
)
def test_who_may_take_in(changed: dict[str, Any], told: str) -> None:
    decision = may_arrive(Receiving(**BRANCH | changed), DAY)
    assert bool(decision) is (told == "")
    assert told in decision.reason


@pytest.mark.parametrize(
    ("given", "told"), [((), "没有填写"), (("一", "", None), ""), (("一", "二", None), "填了 2 项")]
)
def test_exactly_one_target(given: tuple[Any, ...], told: str) -> None:
    decision = one_target(*given)
    assert bool(decision) is (told == "")
    assert told in decision.reason


def test_nothing_is_received_before_it_was_sent() -> None:
    assert may_receive(DAY, DAY)
    assert may_receive(DAY, date(2026, 6, 19)).reason.startswith("接收日期2026-06-19早于转出日期2026-06-20")
