"""The window of a filing: every date is inclusive (R-031)."""

from dataclasses import replace
from datetime import date

import pytest

from supervision.inspections import rules
from supervision.inspections.enums import InspectionState, Stage
from supervision.inspections.transitions import may_file_elsewhere, may_submit
from supervision.rounds.enums import RoundState

FACTS = rules.WindowFacts(
    state=InspectionState.DRAFTING,
    round_state=RoundState.OPEN,
    title="2025年度检查",
    opens_on=date(2026, 1, 1),
    filing_due_on=date(2026, 3, 31),
    closes_on=date(2026, 6, 30),
    help_text="省民政厅 0731-84502000",
)
RETURNED = replace(FACTS, state=InspectionState.RETURNED, step_due_on=date(2026, 7, 3))
EXTENDED = replace(FACTS, extended_until=date(2026, 7, 5))


@pytest.mark.parametrize(
    ("facts", "today", "is_open", "is_late", "due_on", "last_on"),
    [
        (FACTS, date(2025, 12, 31), False, False, date(2026, 3, 31), date(2026, 6, 30)),
        (FACTS, date(2026, 1, 1), True, False, date(2026, 3, 31), date(2026, 6, 30)),
        (FACTS, date(2026, 3, 31), True, False, date(2026, 3, 31), date(2026, 6, 30)),
        (FACTS, date(2026, 4, 1), True, True, date(2026, 3, 31), date(2026, 6, 30)),
        (FACTS, date(2026, 6, 30), True, True, date(2026, 3, 31), date(2026, 6, 30)),
        (FACTS, date(2026, 7, 1), False, True, date(2026, 3, 31), date(2026, 6, 30)),
        (replace(FACTS, closes_on=None), date(2030, 1, 1), True, True, date(2026, 3, 31), None),
        (EXTENDED, date(2026, 7, 5), True, False, date(2026, 7, 5), date(2026, 7, 5)),
        (EXTENDED, date(2026, 7, 6), False, True, date(2026, 7, 5), date(2026, 7, 5)),
        (RETURNED, date(2026, 7, 3), True, False, date(2026, 7, 3), date(2026, 7, 3)),
        (RETURNED, date(2026, 7, 4), False, True, date(2026, 7, 3), date(2026, 7, 3)),
        (replace(RETURNED, step_due_on=None), date(2026, 4, 1), True, True, date(2026, 3, 31), date(2026, 6, 30)),
        (
            replace(FACTS, round_state=RoundState.CLOSED, closed_on=date(2026, 5, 1)),
            date(2026, 5, 2),
            False,
            True,
            date(2026, 3, 31),
            date(2026, 5, 1),
        ),
    ],
)
def test_window(
    facts: rules.WindowFacts, today: date, is_open: bool, is_late: bool, due_on: date, last_on: date | None
) -> None:
    found = rules.window(facts, today)
    assert (found.is_open, found.is_late, found.due_on, found.last_on) == (is_open, is_late, due_on, last_on)
    assert bool(found.closed_text) is not is_open


def test_closed_window_names_date_office_and_telephone() -> None:
    text = rules.window(FACTS, date(2026, 7, 1)).closed_text
    assert text == "2025年度检查已于 2026-06-30 截止。如需补报，请联系省民政厅 0731-84502000；已填内容仍可查看和导出。"


@pytest.mark.parametrize(
    ("returned_from", "stages", "expected"),
    [
        ("", (Stage.SUPERVISOR, Stage.REGISTRAR), Stage.SUPERVISOR),
        (Stage.REGISTRAR, (Stage.SUPERVISOR, Stage.REGISTRAR), Stage.REGISTRAR),
        (Stage.COMMITTEE, (Stage.REGISTRAR,), Stage.REGISTRAR),
    ],
)
def test_hand_in_goes_to_whoever_returned_it(returned_from: str, stages: tuple[Stage, ...], expected: Stage) -> None:
    assert rules.receiving_stage(returned_from, stages) == expected


def test_codes_are_printed_in_two_groups() -> None:
    assert (rules.short_code("7f3a91c2ffff"), rules.short_code("")) == ("7F3A-91C2", "")


def test_only_a_draft_or_a_return_can_be_written() -> None:
    assert {state for state in InspectionState if rules.is_editable(state)} == {
        InspectionState.DRAFTING,
        InspectionState.RETURNED,
    }


def test_facts_of_handing_in_carry_the_windows_text() -> None:
    closed = rules.window(FACTS, date(2026, 7, 1))
    facts = rules.submit_facts(closed, ["缺"])
    assert (facts.is_open, facts.closed_text, facts.blockers) == (False, closed.closed_text, ("缺",))


@pytest.mark.parametrize("is_elsewhere", [True, False])
def test_each_round_is_handed_in_at_its_own_place_only(is_elsewhere: bool) -> None:
    facts = rules.submit_facts(rules.window(FACTS, date(2026, 3, 31)), is_elsewhere=is_elsewhere)
    assert (bool(may_submit(facts)), bool(may_file_elsewhere(facts))) == (not is_elsewhere, is_elsewhere)
    late = rules.submit_facts(rules.window(FACTS, date(2026, 7, 1)), is_elsewhere=is_elsewhere)
    assert not may_submit(late)
    assert not may_file_elsewhere(late)
