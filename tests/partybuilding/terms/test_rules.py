"""Worked examples of R-071, R-074 and R-075."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from partybuilding.terms.enums import TermState
from partybuilding.terms.rules import (
    ElectionFacts,
    ElectionRules,
    Term,
    TermRules,
    election_findings,
    election_problem,
    extension_problem,
    is_early,
    is_reminder_day,
    least_candidates,
    term_of,
    term_state,
)

RULES = TermRules({"branch": 3, "general_branch": 3, "committee": 5}, 12, 180, 30)
ELECTION = ElectionRules(Decimal("0.8"), Decimal("0.2"), 7, 3, 5, 7, 500)
END = date(2026, 6, 30)
TERM = Term(END, END)
VALID = ElectionFacts("branch", "committee", 25, 20, 5, 6, 5, 11)


@pytest.mark.parametrize(
    ("kind", "started", "extended", "end", "due"),
    [
        ("branch", date(2023, 7, 1), None, END, END),  # the rule book's own
        ("committee", date(2021, 5, 20), None, date(2026, 5, 19), date(2026, 5, 19)),
        ("branch", date(2024, 2, 29), None, date(2027, 2, 28), date(2027, 2, 28)),
        ("branch", date(2023, 7, 1), date(2027, 1, 31), END, date(2027, 1, 31)),
        ("branch", date(2023, 7, 1), date(2020, 1, 1), END, END),
    ],
)
def test_a_term_ends_the_day_before_its_anniversary(
    kind: str, started: date, extended: date | None, end: date, due: date
) -> None:
    term = term_of(kind, started, extended, RULES)
    assert term == Term(end, due)
    assert term.is_extended == (due > end)


def test_no_term_without_a_first_day_or_for_a_temporary_branch() -> None:
    assert term_of("branch", None, None, RULES) is None
    assert term_of("temporary_branch", date(2026, 1, 1), None, RULES) is None


@pytest.mark.parametrize(
    ("kind", "term", "on", "state"),
    [
        ("temporary_branch", None, END, TermState.NONE),
        ("branch", None, END, TermState.UNREPORTED),
        ("branch", TERM, END - timedelta(days=181), TermState.RUNNING),
        ("branch", TERM, END - timedelta(days=180), TermState.DUE),
        ("branch", TERM, END, TermState.DUE),
        ("branch", TERM, END + timedelta(days=1), TermState.OVERDUE),
        ("branch", Term(END, date(2027, 6, 30)), END + timedelta(days=1), TermState.RUNNING),
    ],
)
def test_state_of_a_term(kind: str, term: Term | None, on: date, state: TermState) -> None:
    assert term_state(kind, term, on, RULES) == state


@pytest.mark.parametrize(
    ("distance", "reminded"),
    [
        (-181, False),
        (-180, True),
        (-90, True),
        (-30, True),
        (-1, False),
        (0, True),
        (29, False),
        (30, True),
        (60, True),
    ],
)
def test_days_of_reminding(distance: int, reminded: bool) -> None:
    assert is_reminder_day(END, END + timedelta(days=distance), (-180, -90, -30, 0), 30) == reminded


def test_an_extension_is_one_year_in_all() -> None:
    assert not extension_problem(date(2027, 6, 30), TERM, RULES)
    assert "最晚到2027-06-30" in extension_problem(date(2027, 7, 1), TERM, RULES)
    extended = Term(END, date(2027, 3, 31))
    assert not extension_problem(date(2027, 6, 30), extended, RULES)
    assert "最晚到2027-06-30" in extension_problem(date(2027, 12, 31), extended, RULES)
    assert "不晚于" in extension_problem(date(2027, 3, 31), extended, RULES)


def test_an_early_election_is_one_long_before_the_end() -> None:
    assert is_early(END - timedelta(days=31), TERM, RULES)
    assert not is_early(END - timedelta(days=30), TERM, RULES)
    assert not is_early(END, None, RULES)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, ""),
        ({"present_count": 19}, "election.quorum"),  # 25 eligible need 20
        ({"eligible_count": 0}, "election.counts"),
        ({"present_count": 26}, "election.counts"),
        ({"elected_count": 6}, "election.counts"),
        ({"elected_count": 0}, "election.counts"),
        ({"least_votes": 21}, "election.counts"),
        ({"candidate_count": 4}, "election.counts"),
        ({"candidate_count": 5}, "election.surplus"),  # a committee of 5 needs 6 candidates
        ({"least_votes": 10}, "election.majority"),  # exactly half is not more than half
        ({"seat_count": 2, "elected_count": 2}, "election.size"),
        ({"seat_count": 7, "candidate_count": 9}, ""),
        ({"seat_count": 7, "candidate_count": 8}, "election.surplus"),
        ({"seat_count": 8, "candidate_count": 10}, "election.size"),
        ({"kind": "committee", "seat_count": 9, "candidate_count": 11}, ""),
        ({"method": "direct", "seat_count": 1, "elected_count": 1, "candidate_count": 1}, ""),
        ({"method": "direct", "seat_count": 3, "elected_count": 1}, "election.size"),
    ],
)
def test_what_makes_an_election_invalid(changes: dict[str, object], code: str) -> None:
    problem = election_problem(replace(VALID, **changes), ELECTION)
    assert (problem.code if problem else "") == code


def test_the_refusal_names_the_rule_and_how_many_are_missing() -> None:
    problem = election_problem(replace(VALID, present_count=19), ELECTION)
    assert problem is not None
    assert "实到会19人（76.0%），不足应到会人数的80%，至少要到会20人，不能进行选举" in problem.text


@pytest.mark.parametrize(("seats", "candidates"), [(1, 2), (3, 4), (5, 6), (7, 9), (10, 12)])
def test_candidates_at_least(seats: int, candidates: int) -> None:
    assert least_candidates(seats, ELECTION) == candidates


@pytest.mark.parametrize(
    ("changes", "members", "rules"),
    [
        ({}, 25, []),
        ({}, None, []),
        ({}, 24, ["R-075"]),
        ({}, 6, ["R-075", "R-071"]),
        ({"method": "direct"}, 30, ["R-071"]),
        ({"method": "direct", "eligible_count": 6}, 6, []),
        ({"seat_count": 6}, 25, ["R-071"]),
        ({"kind": "committee", "seat_count": 9, "eligible_count": 500}, 600, ["R-075"]),
    ],
)
def test_what_is_remarked_on_an_election(changes: dict[str, object], members: int | None, rules: list[str]) -> None:
    assert [one.rule for one in election_findings(replace(VALID, **changes), members, ELECTION)] == rules
