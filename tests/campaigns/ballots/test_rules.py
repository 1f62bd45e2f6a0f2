"""R-114 in figures, and what may be published of a secret ballot."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from campaigns.ballots.codes import ALPHABET, code_hash, new_code
from campaigns.ballots.enums import Answer, Cell, RateKind
from campaigns.ballots.rules import (
    BallotRules,
    HandleFacts,
    PaperFacts,
    PrepareFacts,
    at_the_time,
    least_ballots,
    may_cancel,
    may_prepare,
    may_print,
    paper_decision,
    published,
    satisfaction,
)
from portal.access.decisions import ALLOWED, Decision

RULES = BallotRules(minimum=10, minimum_part=3, code_voters=30, smallest=3)
EXAMPLE = PaperFacts(30, 28, 26, 25, 18, 6, 1, "甲", "乙")
NOW = datetime(2026, 6, 1, 9, tzinfo=timezone.get_default_timezone())
HOUR = timedelta(hours=1)


def test_eighteen_and_six_of_25_are_96_per_cent() -> None:
    """The worked example of R-114."""
    assert satisfaction(18, 6, 25).display() == "96.0%"
    assert paper_decision(EXAMPLE, RULES)


@pytest.mark.parametrize(("voters", "least"), [(1, 1), (3, 1), (4, 2), (12, 4), (29, 10), (30, 10), (300, 10)])
def test_ten_ballots_or_a_third(voters: int, least: int) -> None:
    assert least_ballots(voters, RULES) == least


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"issued": 31}, "发出 31 张，多于应参加评议人数 30"),
        ({"returned": 29}, "收回 29 张，多于发出 28"),
        ({"valid": 27, "satisfied": 20}, "有效 27 张，多于收回 26"),
        ({"dissatisfied": 2}, "满意 18＋基本满意 6＋不满意 2＝26 张，与有效 25 张不符"),
        ({"teller_two": " 甲 "}, "两名计票人不能是同一人"),
        ({"valid": 9, "satisfied": 9, "basic": 0, "dissatisfied": 0}, "有效票 9 张，少于最少票数 10 张"),
    ],
)
def test_a_count_adds_up_and_two_people_made_it(change: dict[str, object], words: str) -> None:
    decision = paper_decision(replace(EXAMPLE, **change), RULES)  # type: ignore[arg-type]
    assert (decision.allowed, words in decision.reason) == (False, True)


@pytest.mark.parametrize(
    ("votes", "cells", "kind", "content"),
    [
        ((18, 6, 3), {Cell.SATISFIED: 18, Cell.BASIC: 6, Cell.DISSATISFIED: 3}, RateKind.EXACT, 24),
        ((20, 2, 8), {Cell.SATISFIED_BASIC: 22, Cell.DISSATISFIED: 8}, RateKind.EXACT, 22),
        ((20, 8, 2), {Cell.SATISFIED: 20, Cell.BASIC_DISSATISFIED: 10}, RateKind.AT_LEAST, 28),
        ((20, 8, 0), {Cell.SATISFIED: 20, Cell.BASIC_DISSATISFIED: 8}, RateKind.AT_LEAST, 26),
        ((30, 0, 0), {Cell.ALL: 30}, RateKind.AT_LEAST, 28),
        ((29, 0, 1), {Cell.ALL: 30}, RateKind.AT_LEAST, 28),
        ((0, 30, 0), {Cell.ALL: 30}, RateKind.AT_LEAST, 28),
        ((1, 1, 28), {Cell.ALL: 30}, RateKind.AT_MOST, 2),
        ((0, 0, 30), {Cell.ALL: 30}, RateKind.AT_MOST, 2),
    ],
)
def test_no_cell_under_three_is_published(
    votes: tuple[int, int, int], cells: dict[Cell, int], kind: RateKind, content: int
) -> None:
    found = published(*votes, smallest=3)
    assert (dict(found.cells), found.kind, found.content) == (cells, kind, content)


@pytest.mark.parametrize("whole", [10, 11, 30])
def test_what_is_published_lets_nobody_work_out_a_small_cell(whole: int) -> None:
    """Of every result: the cells add up, none is small, and each small number could as well be another one."""
    alike = defaultdict(list)
    for satisfied in range(whole + 1):
        for basic in range(whole - satisfied + 1):
            votes = (satisfied, basic, whole - satisfied - basic)
            found = published(*votes, smallest=3)
            assert sum(count for _cell, count in found.cells) == whole
            assert all(count >= 3 for _cell, count in found.cells)
            alike[found].append(votes)
    for several in alike.values():
        for place in range(3):
            numbers = {votes[place] for votes in several}
            assert min(numbers) >= 3 or len(numbers) > 1


READY = PrepareFacts(ALLOWED, False, False, 40, 14, NOW + HOUR, NOW + 2 * HOUR, NOW, ("甲", "乙"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"recording": Decision(False, "须先完成「自我讲评」")}, "须先完成「自我讲评」"),
        ({"has_result": True}, "已有群众评议结果"),
        ({"has_open": True}, "已有一场没有计票的投票"),
        ({"voters": 29}, "少于 30 人，用投票码难以保密"),
        ({"least": 9}, "应在 10 到应参加人数 40 之间"),
        ({"least": 41}, "应在 10 到应参加人数 40 之间"),
        ({"opens_at": NOW}, "投票应在以后开始"),
        ({"closes_at": NOW + HOUR}, "投票应在以后开始"),
        ({"tellers": ("甲", "甲")}, "两名监票人不能是同一人"),
    ],
)
def test_a_secret_ballot_needs_people_time_and_two_tellers(change: dict[str, object], words: str) -> None:
    decision = may_prepare(replace(READY, **change), RULES)  # type: ignore[arg-type]
    assert (decision.allowed, words in decision.reason) == (not words, True)


def test_slips_are_printed_before_the_opening_and_a_ballot_is_called_off_before_the_end() -> None:
    facts = HandleFacts(True, NOW, NOW + HOUR, NOW - HOUR)
    assert may_print(facts)
    assert may_cancel(facts)
    assert "已经开始" in may_print(replace(facts, now=NOW)).reason
    assert may_cancel(replace(facts, now=NOW))
    assert "已经结束" in may_cancel(replace(facts, now=NOW + HOUR)).reason
    assert "其他单位" in may_print(replace(facts, is_recorder=False)).reason
    assert "其他单位" in may_cancel(replace(facts, is_recorder=False)).reason


def test_the_opening_moment_counts_and_the_closing_moment_does_not() -> None:
    moments = [at_the_time(NOW, NOW + HOUR, moment) for moment in (NOW - HOUR, NOW, NOW + HOUR)]
    assert moments == [Answer.EARLY, Answer.TAKEN, Answer.LATE]


def test_codes_are_read_from_paper_and_hashed_however_they_are_typed() -> None:
    code = new_code()
    assert set(code) <= {*ALPHABET, "-"}
    assert len(code) == 14
    assert code_hash(code) == code_hash(f" {code.replace('-', '').lower()} ")
    assert code_hash(code) != code_hash(new_code())
