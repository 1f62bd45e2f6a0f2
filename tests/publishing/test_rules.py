"""What may be published, how long a notice lasts, what becomes of objections (R-116, R-117)."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from portal.gates import Level
from portal.publishing.rules import (
    IssueFacts,
    ObjectionFacts,
    PieceFacts,
    WithdrawFacts,
    first_decision_day,
    gathering_problem,
    has_document_number,
    line_problem,
    may_conclude,
    may_investigate,
    may_issue,
    may_object,
    may_withdraw,
    publicity_end,
    text_findings,
    text_problem,
)
from portal.regulations.rules import WorkCalendar

CALENDAR = WorkCalendar(exceptions={date(2026, 6, 19): False}, years={2026: False, 2027: True})


@pytest.mark.parametrize(
    ("published", "last", "first", "provisional"),
    [
        (date(2026, 6, 1), date(2026, 6, 8), date(2026, 6, 9), False),
        (date(2026, 6, 15), date(2026, 6, 23), date(2026, 6, 24), False),  # the 19th is a day off
        (date(2026, 6, 6), date(2026, 6, 12), date(2026, 6, 13), False),  # published on a Saturday
        (date(2026, 12, 29), date(2027, 1, 5), date(2027, 1, 6), True),  # 暂定
    ],
)
def test_a_notice_lasts_five_working_days(published: date, last: date, first: date, provisional: bool) -> None:
    found = publicity_end(CALENDAR, published, 5)
    assert (found.on, found.is_provisional) == (last, provisional)
    assert first_decision_day(found.on) == first


@pytest.mark.parametrize("text", ["湘办发〔2026〕8号", "湘办发[2026]第 8 号", "（2010）12号"])
def test_a_basis_is_known_by_its_number(text: str) -> None:
    assert has_document_number(text)


@pytest.mark.parametrize(
    ("text", "is_fine"),
    [
        ("长期从事党务工作 20 年，服务企业 300 余家", True),
        ("电话 0731-84220000", False),
        ("１３８０００００００１", False),
        ("生于 1980-01-01", False),
        ("430102198001011234", False),
    ],
)
def test_lines_of_a_notice_carry_no_numbers(text: str, is_fine: bool) -> None:
    assert (line_problem(["张明", text]) == "") is is_fine


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("截至2026-06-30，参加单位 1200 个，电话 0731-84220000", ""),
        ("联系人手机 138 0000 0001", "手机号码"),
        ("身份证 43010219800101123X", "身份证号"),
    ],
)
def test_texts_carry_no_personal_numbers(text: str, word: str) -> None:
    assert word in text_problem(text) if word else text_problem(text) == ""


@pytest.mark.parametrize(
    ("title", "basis", "level"),
    [
        ("活动开展情况", "", Level.OK),
        ("十佳商会评选", "", Level.BLOCK),
        ("十佳商会评选", "某协会通知", Level.BLOCK),
        ("先进党组织表彰", "湘办发〔2026〕8号", Level.OK),
    ],
)
def test_no_publicity_for_an_award_without_approval(title: str, basis: str, level: Level) -> None:
    """R-116: 站台、背书、宣传 of an award without approval."""
    [found] = text_findings(SimpleNamespace(title=title, body="正文", basis=basis), date(2026, 6, 1))
    assert (found.level, found.rule) == (level, "R-116")


ISSUING = IssueFacts(is_holder=True, is_editor=False, kind="notice", line_count=1)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({}, ""),
        ({"is_holder": False}, "由编写单位签发"),
        ({"is_editor": True}, "须是两个人"),
        ({"line_count": 0}, "没有公示对象"),
        ({"line_count": 0, "kind": "article"}, ""),
        ({"problems": ["含有手机号码"]}, "手机号码"),
    ],
)
def test_two_persons_publish(changed: dict[str, Any], word: str) -> None:
    decision = may_issue(replace(ISSUING, **changed))
    assert decision.allowed is (word == "")
    assert word in decision.reason


def test_taking_down_says_why() -> None:
    assert may_withdraw(WithdrawFacts(is_holder=True, reason=None))
    assert not may_withdraw(WithdrawFacts(is_holder=True, reason=" "))
    assert not may_withdraw(WithdrawFacts(is_holder=False, reason="有误"))


@pytest.mark.parametrize(
    ("kind", "state", "ends_on", "today", "allowed"),
    [
        ("notice", "published", date(2026, 6, 8), date(2026, 6, 8), True),
        ("notice", "published", date(2026, 6, 8), date(2026, 6, 9), False),
        ("notice", "draft", None, date(2026, 6, 8), False),
        ("notice", "published", None, date(2026, 6, 8), False),
        ("article", "published", date(2026, 6, 8), date(2026, 6, 8), False),
    ],
)
def test_one_objects_until_the_last_day(
    kind: str, state: str, ends_on: date | None, today: date, allowed: bool
) -> None:
    assert may_object(kind, state, ends_on, today).allowed is allowed


def test_an_objection_is_looked_into_by_another_and_ends_with_words() -> None:
    facts = ObjectionFacts(is_holder=True, is_editor=False, finding="走访", result="不属实")
    assert may_investigate(facts)
    assert not may_investigate(replace(facts, is_holder=False))
    assert not may_investigate(replace(facts, is_editor=True))
    assert may_conclude(facts)
    assert may_conclude(replace(facts, finding=None, result=None))
    assert not may_conclude(replace(facts, is_editor=True))
    assert not may_conclude(replace(facts, finding=" "))
    assert not may_conclude(replace(facts, result=""))


@pytest.mark.parametrize(
    ("kind", "pieces", "word"),
    [
        ("article", [], ""),
        ("bulletin", [PieceFacts("甲", True, True)], "只有专刊"),
        ("special", [PieceFacts("甲", True, True), PieceFacts("乙", True, False)], "《乙》不属于所选专题"),
        ("special", [PieceFacts("甲", True, True), PieceFacts("乙", True, True)], ""),
    ],
)
def test_what_an_issue_gathers(kind: str, pieces: list[PieceFacts], word: str) -> None:
    found = gathering_problem(kind, pieces)
    assert (found == "", word in found) == (not word, True)
