"""The worked examples of commendations: R-112, R-115, R-115a, R-116, R-117, R-191."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from campaigns.commendations.rules import (
    ChooseFacts,
    DecideFacts,
    NominateFacts,
    OpenFacts,
    PublicityFacts,
    ReturnFacts,
    TakeBackFacts,
    advised_order,
    basis_problem,
    blocks,
    declared_vetoes,
    largest_remainder,
    may_choose,
    may_decide,
    may_drop,
    may_nominate,
    may_open,
    may_publicise,
    may_return,
    may_revoke,
    may_take_back,
    quota_problem,
    tie_rank,
    tie_words,
    years_problem,
)
from portal.gates import Finding, Level

DAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("total", "bases", "expected"),
    [
        (10, {1: 120, 2: 80, 3: 50}, {1: 5, 2: 3, 3: 2}),  # R-115a: 4.8/3.2/2.0
        (1, {1: 5, 2: 5}, {1: 1, 2: 0}),
        (1, {1: 3, 2: 9, 3: 0}, {1: 0, 2: 1, 3: 0}),
        (3, {1: 1, 2: 1, 3: 1}, {1: 1, 2: 1, 3: 1}),
        (7, {1: 0, 2: 0}, {1: 0, 2: 0}),
        (0, {1: 4}, {1: 0}),
    ],
)
def test_places_are_distributed_by_largest_remainder(
    total: int, bases: dict[int, int], expected: dict[int, int]
) -> None:
    assert largest_remainder(total, bases) == expected


def test_places_always_add_up() -> None:
    for total in range(40):
        assert sum(largest_remainder(total, {1: 7, 2: 11, 3: 13, 4: 1}).values()) == total


def test_places_that_do_not_add_up_are_refused() -> None:
    assert quota_problem("先进党组织", 10, 10) == ""
    assert "共 10 个，已分配 9 个" in quota_problem("先进党组织", 10, 9)


BASIS = {"basis_title": "关于表彰的通知", "basis_number": "湘办发〔2026〕8号", "has_basis_file": True}
OPENING = OpenFacts(is_runner=True, is_running=True, kind_count=1, **BASIS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({}, ""),
        ({"is_runner": False}, "其他单位组织"),
        ({"is_running": False}, "没有在开展中"),
        ({"basis_title": " "}, "三个不得"),
        ({"basis_number": "湘办发8号"}, "三个不得"),
        ({"has_basis_file": False}, "没有上传依据文件"),
        ({"kind_count": 0}, "还没有登记表彰类别"),
        ({"problems": ["名额不相等"]}, "名额不相等"),
    ],
)
def test_no_basis_no_round(changed: dict[str, Any], word: str) -> None:
    decision = may_open(replace(OPENING, **changed))
    assert decision.allowed is (word == "")
    assert word in decision.reason


def test_a_basis_is_title_number_and_document() -> None:
    assert basis_problem("通知", "湘办发〔2026〕8号", has_file=True) == ""


@pytest.mark.parametrize(
    ("target", "appraisal", "dues", "discipline", "count"),
    [
        ("organization", "", None, None, 0),
        ("member", "excellent", True, True, 0),
        ("member", "qualified", True, True, 0),
        ("member", "basic", True, True, 1),
        ("member", "", None, None, 3),
        ("worker", "excellent", False, False, 2),
    ],
)
def test_what_the_unit_states_of_a_person(
    target: str, appraisal: str, dues: bool | None, discipline: bool | None, count: int
) -> None:
    assert len(declared_vetoes(target, appraisal, dues_paid=dues, no_discipline=discipline)) == count


def test_a_worker_has_been_in_party_work_for_some_years() -> None:
    assert years_problem(date(2024, 6, 30), DAY, 2) == ""
    assert "不满 2 年" in years_problem(date(2024, 7, 1), DAY, 2)
    assert "没有登记" in years_problem(None, DAY, 2)


@pytest.mark.parametrize(
    ("is_founded", "rating", "rank", "words"),
    [
        (True, "good", 0, "优先（已建党组织，作用发挥好）"),
        (True, "fair", 1, "已建党组织，作用发挥较好"),
        (True, "", 1, "已建党组织，作用发挥未评议"),
        (False, "", 2, "没有党组织"),
    ],
)
def test_equal_otherwise_who_has_an_organisation_that_works_comes_first(
    is_founded: bool, rating: str, rank: int, words: str
) -> None:
    """A-44, R-115: the tie-break."""
    found = tie_rank(is_founded=is_founded, rating=rating)
    assert (found, tie_words(found, rating)) == (rank, words)


def test_scores_come_before_the_tie_break() -> None:
    given = [(Fraction(80), 2), (None, 0), (Fraction(90), 1), (Fraction(80), 0)]
    assert sorted(given, key=lambda one: advised_order(*one)) == [
        (Fraction(90), 1),
        (Fraction(80), 0),
        (Fraction(80), 2),
        (None, 0),
    ]


def test_only_a_block_stops() -> None:
    found = [
        Finding(Level.OK, "R-115", "好"),
        Finding(Level.WARN, "R-115", "注意"),
        Finding(Level.BLOCK, "R-115", "否"),
    ]
    assert blocks(found) == ["否"]


NOMINATING = NominateFacts(
    is_own=True,
    is_open=True,
    due_on=DAY,
    today=DAY,
    unit_left=False,
    is_of_unit=True,
    is_twice=False,
    quota=1,
    used=0,
    recommended_on=date(2026, 6, 20),
    first_day=date(2026, 4, 1),
    participant_count=30,
    support_count=28,
)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({}, ""),
        ({"is_own": False}, "由各单位推荐"),
        ({"is_open": False}, "不在推荐阶段"),
        ({"due_on": date(2026, 6, 29)}, "推荐截止 2026-06-29"),
        ({"unit_left": True}, "已退出活动"),
        ({"is_of_unit": False}, "不属于本单位"),
        ({"is_twice": True}, "已经推荐"),
        ({"used": 1}, "名额 1 个，已用 1 个"),
        ({"recommended_on": None}, "群众参与推荐"),
        ({"participant_count": 0}, "群众参与推荐"),
        ({"recommended_on": date(2026, 3, 31)}, "不在评选开始"),
        ({"recommended_on": date(2026, 7, 1)}, "不在评选开始"),
        ({"support_count": 0}, "两个数不符"),
        ({"support_count": 31}, "两个数不符"),
        ({"vetoes": ["年检不合格"]}, "年检不合格"),
    ],
)
def test_a_unit_recommends_its_own_after_the_masses(changed: dict[str, Any], word: str) -> None:
    decision = may_nominate(replace(NOMINATING, **changed))
    assert decision.allowed is (word == "")
    assert word in decision.reason


CHOOSING = ChooseFacts(is_runner=True, is_open=True, chosen=0, total=1, reason="成绩突出")


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({}, ""),
        ({"reason": None}, ""),
        ({"is_runner": False}, "其他单位组织"),
        ({"is_open": False}, "不在推荐阶段"),
        ({"chosen": 1}, "名单已满"),
        ({"vetoes": ["没有按期换届"]}, "没有按期换届"),
        ({"reason": " "}, "须写明理由"),
    ],
)
def test_the_list_is_drawn_up_by_somebody_with_reasons(changed: dict[str, Any], word: str) -> None:
    decision = may_choose(replace(CHOOSING, **changed))
    assert decision.allowed is (word == "")
    assert word in decision.reason


def test_somebody_is_left_out_with_a_reason() -> None:
    assert may_drop(CHOOSING)
    assert not may_drop(replace(CHOOSING, reason=""))
    assert not may_drop(replace(CHOOSING, is_runner=False))


def test_a_list_goes_before_the_public_whole_and_without_vetoes() -> None:
    facts = PublicityFacts(is_runner=True, chosen=2)
    assert may_publicise(facts)
    assert not may_publicise(replace(facts, is_runner=False))
    assert "名单是空的" in may_publicise(replace(facts, chosen=0)).reason
    assert may_publicise(replace(facts, problems=["有否决"])).reason == "有否决"


DECIDING = DecideFacts(
    is_runner=True,
    today=date(2026, 6, 9),
    is_published=True,
    ends_on=date(2026, 6, 8),
    open_objections=0,
    chosen=2,
    document_number="湘社工〔2026〕30号",
    reason="公示无异议",
)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({}, ""),
        ({"document_number": None, "reason": None}, ""),
        ({"today": date(2026, 6, 8)}, "2026-06-09 起才能作出决定"),  # published 2026-06-01
        ({"is_runner": False}, "其他单位组织"),
        ({"is_published": False}, "还没有公示"),
        ({"ends_on": None}, "还没有公示"),
        ({"open_objections": 1}, "还有 1 件异议"),
        ({"problems": ["「甲」：年检不合格"]}, "年检不合格"),
        ({"chosen": 0}, "名单是空的"),
        ({"document_number": "30号"}, "须有文号"),
        ({"reason": ""}, "须写明理由"),
    ],
)
def test_a_decision_waits_for_publicity_and_objections(changed: dict[str, Any], word: str) -> None:
    decision = may_decide(replace(DECIDING, **changed))
    assert decision.allowed is (word == "")
    assert word in decision.reason


def test_going_back_and_taking_back_say_why() -> None:
    facts = ReturnFacts(is_runner=True, reason="名单有误", document_number="湘社工〔2026〕45号")
    assert may_return(facts)
    assert not may_return(replace(facts, is_runner=False))
    assert not may_return(replace(facts, reason=""))
    assert may_revoke(facts)
    assert may_revoke(ReturnFacts(is_runner=True))
    assert not may_revoke(replace(facts, is_runner=False))
    assert not may_revoke(replace(facts, document_number="45号"))
    assert not may_revoke(replace(facts, reason=" "))
    assert may_take_back(TakeBackFacts(is_own=True))
    assert not may_take_back(TakeBackFacts(is_own=False, reason="重复"))
    assert not may_take_back(TakeBackFacts(is_own=True, reason=""))
