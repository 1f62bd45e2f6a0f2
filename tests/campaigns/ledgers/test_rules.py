"""What an entry must say, and when it is done."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from campaigns.ledgers.enums import UNDERTAKEN, EntryKind, EntryState
from campaigns.ledgers.rules import (
    EntryFacts,
    entry_problems,
    is_overdue,
    may_finish,
    may_keep,
    may_return,
    signatory_problems,
    state_words,
)

TODAY = date(2026, 6, 30)
MATTER = EntryFacts(
    EntryKind.MATTER,
    starts_on=date(2026, 4, 1),
    today=TODAY,
    began_on=date(2026, 5, 1),
    due_on=date(2026, 8, 31),
    done_on=TODAY,
    result="已办结",
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_own": False}, "台账由该单位自己登记，您只能查看。请联系该单位的书记。"),
        ({"is_running": False}, "活动没有在开展中，不能登记台账。"),
        ({"has_left": True}, "本单位已退出这项活动，不能登记台账。"),
    ],
)
def test_a_unit_keeps_its_own_ledger_while_the_campaign_runs(changes: dict[str, Any], words: str) -> None:
    assert may_keep(MATTER)
    assert may_keep(replace(MATTER, **changes)).reason == words
    assert may_finish(replace(MATTER, **changes)).reason == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"began_on": date(2026, 3, 31)}, "早于活动开始日期 2026-04-01"),
        ({"began_on": date(2026, 7, 1), "due_on": None, "kind": EntryKind.CASE}, "晚于今天"),
        ({"due_on": None}, "「为群众办实事」须有完成期限"),
        ({"due_on": date(2026, 4, 30)}, "完成期限 2026-04-30 早于提出日期 2026-05-01"),
        ({"kind": EntryKind.GROUPS}, "群团组织活动须写明是哪个群众组织"),
    ],
)
def test_an_entry_that_does_not_hold_says_why(changes: dict[str, Any], words: str) -> None:
    problems = entry_problems(replace(MATTER, **changes))
    assert (len(problems), words in problems[0]) == (1, True)


def test_an_entry_that_holds_has_no_problems() -> None:
    assert entry_problems(MATTER) == []
    assert entry_problems(replace(MATTER, kind=EntryKind.GROUPS, group="union", due_on=None)) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"done_on": None}, "完成须有完成日期。请填写。"),
        ({"done_on": date(2026, 7, 1)}, "完成日期 2026-07-01 晚于今天。请填写今天或以前的日期。"),
        ({"done_on": date(2026, 4, 30)}, "完成日期 2026-04-30 早于提出日期 2026-05-01。请核对两个日期。"),
        ({"result": " "}, "「为群众办实事」完成须写明结果。请填写做了什么、解决到什么程度。"),
        ({"kind": EntryKind.MECHANISM}, "长效机制须以制度形式固定。请填写制度名称或文号。"),
    ],
)
def test_done_is_what_has_a_result(changes: dict[str, Any], words: str) -> None:
    assert may_finish(MATTER)
    assert may_finish(replace(MATTER, **changes)).reason == words


def test_a_mechanism_is_done_when_it_stands_in_a_document() -> None:
    assert may_finish(replace(MATTER, kind=EntryKind.MECHANISM, document="《会员走访制度》"))


def test_only_the_body_above_returns() -> None:
    assert may_return(replace(MATTER, is_reviewer=True))
    assert "您只能查看" in may_return(MATTER).reason


@pytest.mark.parametrize(
    ("state", "due_on", "is_late"),
    [
        (EntryState.OPEN, date(2026, 6, 29), True),
        (EntryState.OPEN, TODAY, False),
        (EntryState.OPEN, None, False),
        (EntryState.DONE, date(2026, 6, 29), False),
    ],
)
def test_the_last_day_is_in_time(state: str, due_on: date | None, is_late: bool) -> None:
    assert is_overdue(state, due_on, TODAY) is is_late


def test_a_fact_is_on_record_and_not_finished() -> None:
    assert [state_words(kind, EntryState.DONE) for kind in (EntryKind.CASE, EntryKind.MATTER)] == ["已登记", "已完成"]
    assert state_words(EntryKind.CASE, EntryState.WITHDRAWN) == "已撤销"


@pytest.mark.parametrize(
    ("kind", "names", "words"),
    [
        (EntryKind.INTEGRITY, ["甲公司", "乙公司"], ""),
        (EntryKind.ACTIVITY, [], ""),
        (EntryKind.ACTIVITY, ["甲公司"], "只有诚信承诺"),
        (EntryKind.INTEGRITY, [], "哪些单位签订"),
        (EntryKind.INTEGRITY, ["甲公司", "乙公司", "甲公司"], "「甲公司」填写了两次"),
        (EntryKind.INTEGRITY, ["甲" * 121], "超过 120 个字"),
    ],
)
def test_a_pledge_of_integrity_names_who_signed(kind: str, names: list[str], words: str) -> None:
    """C-34."""
    found = signatory_problems(kind, names)
    assert (found == [], all(words in one for one in found)) == (not words, True)


def test_what_is_undertaken() -> None:
    assert {EntryKind.MATTER, EntryKind.PROBLEM, EntryKind.MECHANISM} == UNDERTAKEN
