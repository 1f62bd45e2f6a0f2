"""How often a branch meets: the worked examples of R-086 and the edges around them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partybuilding.life.enums import Duty, LifeKind, Standing
from partybuilding.life.rules import (
    BranchFacts,
    Count,
    GroupFacts,
    Held,
    LifeRules,
    Period,
    RecordFacts,
    Span,
    Unit,
    committee_spans,
    compliance,
    due_now,
    has_committee,
    period_from,
    record_problem,
    record_remarks,
    unit_of,
    usual_period,
)

RULES = LifeRules(
    months={
        "congress": 3,
        "committee": 1,
        "group": 1,
        "lecture": 3,
        "party_day": 1,
        "life_meeting": 12,
        "secretary_lecture": 12,
    },
    subject_kinds=frozenset({"branch", "joint_branch", "temporary_branch"}),
    committee_member_count=7,
)
ALWAYS = Span(None, None)
TWELVE = BranchFacts("branch", ALWAYS, 12, elections=((date(2024, 3, 1), "committee"),))
SMALL = BranchFacts("branch", ALWAYS, 5)
Q2 = Period(2026, 2)
END = date(2026, 6, 30)


def test_a_branch_of_twelve_with_one_meeting_and_two_committee_meetings() -> None:
    """R-086: Q2 2026, one meeting, committee in April and June: 100 % and two of three."""
    held = [
        Held(LifeKind.CONGRESS, date(2026, 5, 6)),
        Held(LifeKind.COMMITTEE, date(2026, 4, 10)),
        Held(LifeKind.COMMITTEE, date(2026, 6, 10)),
        Held(LifeKind.COMMITTEE, date(2026, 6, 25)),
    ]
    found = compliance(TWELVE, held, Q2, END, RULES)
    assert found.counts[Duty.CONGRESS] == Count(1, 1)
    assert found.counts[Duty.CONGRESS].rate.display() == "100.0%"
    may = Unit(date(2026, 5, 1), date(2026, 5, 31))
    assert found.counts[Duty.COMMITTEE] == Count(3, 2, (may,))
    assert found.counts[Duty.COMMITTEE].rate.display() == "66.7%"
    assert (found.required, found.done, found.missing) == (8, 3, 5)
    assert found.standing == Standing.BEHIND


@pytest.mark.parametrize(
    ("established", "months"),
    [(date(2026, 4, 1), 3), (date(2026, 4, 2), 2), (date(2026, 5, 1), 2), (date(2026, 6, 2), 0), (date(2026, 7, 1), 0)],
)
def test_a_branch_set_up_within_a_period_owes_full_months_after(established: date, months: int) -> None:
    facts = BranchFacts("branch", Span(established, None), 5)
    found = compliance(facts, [], Q2, END, RULES)
    assert found.counts[Duty.PARTY_DAY].required == months
    assert found.counts[Duty.CONGRESS].required == (established == date(2026, 4, 1))


def test_a_dissolved_branch_owes_nothing_for_the_month_it_ended_in() -> None:
    facts = BranchFacts("branch", Span(None, date(2026, 6, 29)), 5)
    assert compliance(facts, [], Q2, END, RULES).counts[Duty.PARTY_DAY].required == 2


@pytest.mark.parametrize(
    ("day", "months"), [(date(2026, 4, 29), 0), (date(2026, 4, 30), 1), (date(2026, 6, 29), 2), (END, 3)]
)
def test_a_month_is_owed_when_it_is_over(day: date, months: int) -> None:
    found = compliance(SMALL, [], Q2, day, RULES)
    assert found.counts[Duty.PARTY_DAY].required == months
    assert found.standing == (Standing.BEHIND if months else Standing.NOTHING_DUE)


def test_a_record_after_the_day_is_not_seen() -> None:
    later = [Held(LifeKind.PARTY_DAY, date(2026, 4, 30))]
    assert compliance(SMALL, later, Q2, date(2026, 4, 29), RULES).done == 0


def test_only_what_has_a_committee_or_groups_owes_their_meetings() -> None:
    found = compliance(SMALL, [], Q2, END, RULES)
    assert (found.counts[Duty.COMMITTEE].required, found.counts[Duty.GROUP].required) == (0, 0)


def test_each_group_owes_its_own_month() -> None:
    first, second = GroupFacts(1, ALWAYS), GroupFacts(2, Span(date(2026, 5, 1), None))
    facts = BranchFacts("branch", ALWAYS, 5, groups=(first, second))
    held = [Held(LifeKind.GROUP, date(2026, month, 5), group=1) for month in (4, 5, 6)]
    found = compliance(facts, held, Q2, END, RULES).counts[Duty.GROUP]
    assert (found.required, found.done) == (5, 3)


def test_the_years_duties_fall_into_the_quarter_in_which_the_year_ends() -> None:
    year_end = date(2026, 12, 31)
    held = [Held(LifeKind.LECTURE, date(2026, 2, 3), by_secretary=True), Held(LifeKind.LIFE_MEETING, year_end)]
    assert compliance(SMALL, held, Q2, year_end, RULES).counts[Duty.LIFE_MEETING] == Count()
    last = compliance(SMALL, held, Period(2026, 4), year_end, RULES)
    assert last.counts[Duty.LIFE_MEETING] == Count(1, 1)
    assert last.counts[Duty.SECRETARY_LECTURE] == Count(1, 1)
    assert last.counts[Duty.LECTURE].done == 0


def test_other_kinds_of_organisations_have_no_such_duties() -> None:
    facts = BranchFacts("committee", ALWAYS, 200)
    found = compliance(facts, [], Q2, END, RULES)
    assert (found.standing, found.required) == (Standing.NOT_SUBJECT, 0)
    assert due_now(facts, [], END, RULES) == []


@given(
    established=st.none() | st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    life=st.integers(0, 900),
    days=st.lists(st.dates(date(2025, 6, 1), date(2026, 12, 31)), max_size=12),
    as_of=st.dates(date(2025, 6, 1), date(2027, 3, 1)),
    kind=st.sampled_from([LifeKind.PARTY_DAY, LifeKind.CONGRESS, LifeKind.COMMITTEE]),
)
def test_a_year_is_the_sum_of_its_quarters(
    established: date | None, life: int, days: list[date], as_of: date, kind: LifeKind
) -> None:
    last = established + timedelta(days=life) if established else None
    facts = BranchFacts("branch", Span(established, last), 9)
    held = [Held(kind, day) for day in days]
    year = compliance(facts, held, Period(2026), as_of, RULES)
    quarters = [compliance(facts, held, Period(2026, number), as_of, RULES) for number in (1, 2, 3, 4)]
    for duty in Duty:
        parts = [one.counts[duty] for one in quarters]
        assert year.counts[duty].required == sum(one.required for one in parts)
        assert year.counts[duty].done == sum(one.done for one in parts)
        assert 0 <= year.counts[duty].done <= year.counts[duty].required
        assert len(year.counts[duty].missed) == year.counts[duty].required - year.counts[duty].done


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (SMALL, []),
        (BranchFacts("branch", ALWAYS, None), []),
        (BranchFacts("branch", ALWAYS, 7), [ALWAYS]),
        (BranchFacts("general_branch", ALWAYS, None), [ALWAYS]),
        (TWELVE, [Span(None, None)]),
        (BranchFacts("branch", ALWAYS, 5, ((date(2024, 3, 1), "committee"),)), [Span(date(2024, 3, 1), None)]),
        (
            BranchFacts("branch", ALWAYS, 5, ((date(2026, 3, 1), "direct"), (date(2023, 3, 1), "committee"))),
            [Span(date(2023, 3, 1), date(2026, 2, 28))],
        ),
        (BranchFacts("branch", ALWAYS, 9, ((date(2026, 3, 1), "direct"),)), [Span(None, date(2026, 2, 28))]),
    ],
)
def test_when_a_branch_has_a_committee(facts: BranchFacts, expected: list[Span]) -> None:
    """R-071: what was elected; before the first known election, seven full members."""
    assert committee_spans(facts, RULES) == expected
    assert has_committee(facts, date(2025, 1, 1), RULES) == any(span.has(date(2025, 1, 1)) for span in expected)


def test_what_is_still_to_be_held_now() -> None:
    held = [Held(LifeKind.PARTY_DAY, date(2026, 5, 3)), Held(LifeKind.GROUP, date(2026, 5, 3), group=1)]
    groups = (GroupFacts(1, ALWAYS), GroupFacts(2, ALWAYS))
    facts = BranchFacts("branch", ALWAYS, 9, groups=groups)
    found = [(one.duty, one.due_on, one.group) for one in due_now(facts, held, date(2026, 5, 20), RULES)]
    may, june, year = date(2026, 5, 31), END, date(2026, 12, 31)
    assert found == [
        (Duty.COMMITTEE, may, None),
        (Duty.GROUP, may, 2),
        (Duty.CONGRESS, june, None),
        (Duty.LECTURE, june, None),
        (Duty.LIFE_MEETING, year, None),
        (Duty.SECRETARY_LECTURE, year, None),
    ]
    assert due_now(BranchFacts("branch", Span(None, date(2026, 5, 1)), 9), [], date(2026, 5, 20), RULES) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("2026", Period(2026)),
        ("2026Q2", Q2),
        ("2026Q5", None),
        ("2026Q", None),
        ("26", None),
        ("1900", None),
        ("", None),
        ("2026q1", None),
    ],
)
def test_a_period_by_its_code(code: str, expected: Period | None) -> None:
    assert period_from(code) == expected
    if expected is not None:
        assert expected.code == code


def test_labels_and_days_of_periods() -> None:
    assert (Q2.first, Q2.last, Q2.label) == (date(2026, 4, 1), END, "2026 年第 2 季度")
    year = Period(2026)
    assert (year.first, year.last, year.label) == (date(2026, 1, 1), date(2026, 12, 31), "2026 年")
    assert [usual_period(day).code for day in (date(2026, 1, 3), date(2026, 10, 5), date(2026, 11, 22))] == [
        "2025Q4",
        "2026Q3",
        "2026Q4",
    ]
    assert unit_of(date(2026, 5, 20), 3) == Unit(date(2026, 4, 1), END)


def problem(
    kind: str = "congress", day: date = date(2026, 4, 10), facts: BranchFacts = TWELVE, **values: object
) -> str:
    given: dict[str, object] = {"expected_count": 12, "present_count": 10} | values
    found = record_problem(RecordFacts(kind, day, **given), facts, RULES)  # type: ignore[arg-type]
    return found.code if found else ""


GROUP = GroupFacts(1, Span(date(2026, 1, 1), date(2026, 6, 30)))


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("", {}),
        ("life.before", {"facts": BranchFacts("branch", Span(date(2026, 4, 11), None), 12)}),
        ("", {"facts": BranchFacts("branch", Span(date(2026, 4, 10), None), 12)}),
        ("life.after", {"facts": BranchFacts("branch", Span(None, date(2026, 4, 9)), 12)}),
        ("life.present", {"present_count": 13}),
        ("", {"present_count": 12}),
        ("life.nobody", {"present_count": 0}),
        ("", {"kind": "council", "present_count": 0}),
        ("", {"kind": "committee"}),
        ("life.no_committee", {"kind": "committee", "facts": SMALL}),
        ("life.no_group", {"kind": "group"}),
        ("", {"kind": "group", "group": GROUP}),
        ("life.group_day", {"kind": "group", "group": GROUP, "day": date(2026, 7, 1)}),
        ("life.mode", {"kind": "study"}),
        ("", {"kind": "study", "mode": "self"}),
    ],
)
def test_what_cannot_be_recorded(code: str, values: dict[str, object]) -> None:
    assert problem(**values) == code  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "day", "present", "number"),
    [("congress", date(2026, 4, 1), 10, 1), ("congress", date(2026, 4, 1), 6, 2), ("party_day", date(2026, 4, 1), 2, 0),
     ("life_meeting", date(2026, 4, 1), 10, 1), ("life_meeting", date(2026, 10, 1), 10, 0)],
)  # fmt: skip
def test_what_is_only_remarked(kind: str, day: date, present: int, number: int) -> None:
    assert len(record_remarks(RecordFacts(kind, day, 12, present), 9, 1)) == number
    assert len(record_remarks(RecordFacts("congress", day, 12, 12), None, None)) == 0
