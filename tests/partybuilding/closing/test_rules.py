"""The ledger: every reason as a worked example, and what must hold for any two months (X-21, R-171)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partybuilding.closing.enums import Reason
from partybuilding.closing.rules import (
    MEASURES,
    Balance,
    Change,
    ConfirmFacts,
    Evidence,
    Fact,
    IssueFacts,
    Kept,
    Sums,
    Window,
    balances,
    blockers,
    changed,
    changes,
    fingerprint,
    line_of,
    may_confirm,
    month_before,
    month_end,
    month_of,
    moved,
    settle,
    some,
    sums,
    working_day_before_end,
)
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.rules import EMPLOYED, AssociationFacts, CoverageRules
from partybuilding.organizations.enums import Cover
from portal.regulations.rules import WorkCalendar

RULES = CoverageRules(False, 0, EMPLOYED, 3)
OPENING, CLOSING = date(2026, 10, 31), date(2026, 11, 30)
WINDOW = Window(OPENING, CLOSING, RULES, RULES)
IN_MONTH, EARLIER = date(2026, 11, 12), date(2026, 8, 1)
SCOPE, COVERED, WORK, OWN = MEASURES
NOTHING = Evidence()


def kept(cover: str = Cover.NONE, *, instructor: bool = False, group: bool = False, unit: str = "d1") -> Kept:
    return Kept(AssociationFacts(True, cover, instructor, 3, 0, group), unit)


def fact(on: date | None = IN_MONTH) -> tuple[Fact, ...]:
    return (Fact(on, "依据"),)


def ledger(
    before: Kept | None, now: Kept | None, evidence: Evidence = NOTHING, window: Window = WINDOW
) -> list[tuple[str, int, str | None, str]]:
    """(measure, delta, reason, unit) of one association."""
    opening, closing = {1: before} if before else {}, {1: now} if now else {}
    found = changes(opening, closing, {1: evidence}, window)  # type: ignore[arg-type]
    return [(one.measure.value, one.delta, one.reason and one.reason.value, one.unit) for one in found]


def all_of(delta: int, reason: Reason, *measures: Measure, unit: str = "d1") -> list[tuple[str, int, str, str]]:
    return [(measure.value, delta, reason.value, unit) for measure in measures]


@pytest.mark.parametrize(
    ("before", "now", "evidence", "expected"),
    [
        pytest.param(None, kept(), Evidence(registered=fact()), all_of(1, Reason.REGISTERED, SCOPE), id="新登记"),
        pytest.param(
            None,
            kept(Cover.OWN),
            Evidence(registered=fact(), own=fact()),
            all_of(1, Reason.REGISTERED, *MEASURES),
            id="新登记时已有党组织",
        ),
        pytest.param(None, kept(), Evidence(resumed=fact()), all_of(1, Reason.RESUMED, SCOPE), id="恢复活动"),
        pytest.param(
            kept(Cover.SHARED),
            None,
            Evidence(deregistered=fact()),
            all_of(-1, Reason.DEREGISTERED, SCOPE, COVERED, WORK),
            id="注销",
        ),
        pytest.param(kept(), None, Evidence(stopped=fact()), all_of(-1, Reason.STOPPED, SCOPE), id="停止活动"),
        pytest.param(
            kept(), kept(Cover.OWN), Evidence(own=fact()), all_of(1, Reason.FOUNDED, COVERED, WORK, OWN), id="新建"
        ),
        pytest.param(
            kept(), kept(Cover.SHARED), Evidence(cover=fact()), all_of(1, Reason.FOUNDED, COVERED, WORK), id="新建联合"
        ),
        pytest.param(
            kept(Cover.SHARED), kept(Cover.OWN), Evidence(own=fact()), all_of(1, Reason.CONVERTED, OWN), id="联合转单独"
        ),
        pytest.param(
            kept(Cover.OWN),
            kept(),
            Evidence(own_ended=fact()),
            all_of(-1, Reason.DISSOLVED, COVERED, WORK, OWN),
            id="撤销",
        ),
        pytest.param(
            kept(Cover.OWN),
            kept(Cover.SHARED),
            Evidence(own_ended=fact(), cover=fact()),
            all_of(-1, Reason.DISSOLVED, OWN),
            id="单独撤销后加入联合",
        ),
        pytest.param(
            kept(Cover.OWN, instructor=True),
            kept(instructor=True),
            Evidence(own_ended=fact()),
            all_of(-1, Reason.DISSOLVED, COVERED, OWN),
            id="撤销后仍有指导员",
        ),
        pytest.param(
            kept(),
            kept(instructor=True),
            Evidence(instructor=fact()),
            all_of(1, Reason.INSTRUCTOR_ASSIGNED, WORK),
            id="指导员到位",
        ),
        pytest.param(
            kept(instructor=True),
            kept(),
            Evidence(instructor_ended=fact()),
            all_of(-1, Reason.INSTRUCTOR_ENDED, WORK),
            id="指导员期满",
        ),
        pytest.param(
            kept(), kept(group=True), Evidence(group=fact()), all_of(1, Reason.GROUP_FOUNDED, WORK), id="群团成立"
        ),
        pytest.param(
            kept(group=True), kept(), Evidence(group_ended=fact()), all_of(-1, Reason.GROUP_ENDED, WORK), id="群团撤销"
        ),
        pytest.param(
            kept(Cover.OWN),
            kept(Cover.OWN, unit="d2"),
            NOTHING,
            [
                (measure.value, delta, "transferred", unit)
                for measure in MEASURES
                for delta, unit in ((-1, "d1"), (1, "d2"))
            ],
            id="划转",
        ),
        pytest.param(
            kept(Cover.FUNCTIONAL),
            kept(Cover.OWN),
            Evidence(own=fact()),
            all_of(1, Reason.FOUNDED, COVERED, WORK, OWN),
            id="功能型不计入时转单独",
        ),
        pytest.param(
            kept(),
            kept(Cover.OWN),
            Evidence(own=fact(EARLIER)),
            all_of(1, Reason.CORRECTED, COVERED, WORK, OWN),
            id="更正",
        ),
        pytest.param(
            kept(),
            kept(instructor=True),
            Evidence(instructor=fact(None)),
            all_of(1, Reason.CORRECTED, WORK),
            id="没有日期",
        ),
        pytest.param(kept(), kept(), NOTHING, [], id="无变化"),
    ],
)
def test_ledger_gives_the_reason(before: Any, now: Any, evidence: Evidence, expected: Any) -> None:
    assert ledger(before, now, evidence) == expected


def test_fact_of_the_month_explains_before_one_that_became_known_late() -> None:
    found = ledger(kept(), kept(instructor=True), Evidence(instructor=fact(EARLIER) + fact(IN_MONTH)))
    assert found == all_of(1, Reason.INSTRUCTOR_ASSIGNED, WORK)


@pytest.mark.parametrize("day", [OPENING, date(2026, 12, 1)])
def test_fact_outside_the_month_is_no_founding(day: date) -> None:
    """The day of last month's figures belongs to last month; what lies ahead explains nothing."""
    reasons = {reason for _measure, _delta, reason, _unit in ledger(kept(), kept(Cover.OWN), Evidence(own=fact(day)))}
    assert reasons == ({"corrected"} if day == OPENING else {None})


def test_change_without_a_fact_has_no_reason_until_a_document_corrects_it() -> None:
    assert ledger(kept(Cover.OWN), kept()) == [(one.value, -1, None, "d1") for one in (COVERED, WORK, OWN)]
    found = changes({1: kept(Cover.OWN)}, {1: kept()}, {1: Evidence(document="湘社工〔2026〕1号")}, WINDOW)
    assert {one.reason for one in found} == {Reason.CORRECTED}
    assert not any(one.needs_document for one in found)


def test_late_fact_needs_a_document() -> None:
    evidence = Evidence(own=fact(EARLIER))
    late = changes({1: kept()}, {1: kept(Cover.OWN)}, {1: evidence}, WINDOW)
    assert all(one.needs_document for one in late)
    assert late[0].text == "依据（发生在上月以前）"
    known = changes({1: kept()}, {1: kept(Cover.OWN)}, {1: replace(evidence, document="1号")}, WINDOW)
    assert not any(one.needs_document for one in known)


def test_parameter_that_changes_is_a_reason_of_its_own() -> None:
    window = replace(WINDOW, closing_rules=replace(RULES, count_functional=True))
    assert ledger(kept(Cover.FUNCTIONAL), kept(Cover.FUNCTIONAL), window=window) == all_of(
        1, Reason.RULES, COVERED, WORK
    )


def test_transfer_with_a_founding_moves_first_and_counts_then() -> None:
    found = ledger(kept(), kept(Cover.OWN, unit="d2"), Evidence(own=fact()))
    assert found == [
        ("in_scope", -1, "transferred", "d1"),
        ("in_scope", 1, "transferred", "d2"),
        *all_of(1, Reason.FOUNDED, COVERED, WORK, OWN, unit="d2"),
    ]


# What a close counts


def test_unit_that_has_not_answered_keeps_last_month() -> None:
    opening = {1: kept(unit="d1"), 2: kept(unit="d2"), 3: kept(unit="d2")}
    live = {1: kept(Cover.OWN, unit="d1"), 2: kept(Cover.OWN, unit="d2"), 4: kept(unit="d2"), 5: kept(unit="d1")}
    found = settle(opening, live, frozenset({"d1"}))
    assert found == {
        1: live[1],
        2: replace(opening[2], is_carried=True),
        3: replace(opening[3], is_carried=True),
        5: live[5],
    }


def test_association_moves_when_both_units_have_answered() -> None:
    opening, live = {1: kept(unit="d1")}, {1: kept(unit="d2")}
    carried = {1: replace(opening[1], is_carried=True)}
    assert settle(opening, live, frozenset({"d1"})) == carried
    assert settle(opening, live, frozenset({"d2"})) == carried
    assert settle(opening, live, frozenset({"d1", "d2"})) == live


def test_association_that_left_the_register_leaves_with_its_units_answer() -> None:
    assert settle({1: kept()}, {}, frozenset()) == {1: replace(kept(), is_carried=True)}
    assert settle({1: kept()}, {}, frozenset({"d1"})) == {}


ROWS = st.builds(
    kept,
    st.sampled_from(list(Cover)),
    instructor=st.booleans(),
    group=st.booleans(),
    unit=st.sampled_from(["d1", "d2", "r430100"]),
)
ENDS = st.dictionaries(st.integers(1, 8), ROWS, max_size=8)
RULE_BOOKS = st.builds(CoverageRules, st.booleans(), st.just(0), st.just(EMPLOYED), st.just(3))


@given(ENDS, ENDS, st.frozensets(st.sampled_from(["d1", "d2", "r430100"])), RULE_BOOKS, RULE_BOOKS)
@settings(max_examples=200)
def test_opening_and_reasons_give_closing_for_any_two_months(
    opening: dict[int, Kept],
    live: dict[int, Kept],
    answered: frozenset[str],
    before: CoverageRules,
    after: CoverageRules,
) -> None:
    window = Window(OPENING, CLOSING, before, after)
    closing = settle(opening, live, answered)
    found = changes(opening, closing, {}, window)
    lines = balances(sums(opening, before), moved(found), sums(closing, after))
    assert all(line.is_even for line in lines)
    total = next(line for line in lines if not line.unit)
    units = [line for line in lines if line.unit]
    assert sum((line.opening for line in units), Sums()) == total.opening
    assert sum((line.closing for line in units), Sums()) == total.closing
    transfers = moved(one for one in found if one.reason == Reason.TRANSFERRED)
    assert transfers[""] == Sums()


@given(ENDS, ENDS, st.frozensets(st.sampled_from(["d1", "d2", "r430100"])))
def test_carried_unit_contributes_no_change(
    opening: dict[int, Kept], live: dict[int, Kept], answered: frozenset[str]
) -> None:
    found = changes(opening, settle(opening, live, answered), {}, WINDOW)
    assert {one.unit for one in found} <= answered


@given(ENDS, ENDS)
def test_evidence_is_read_for_every_change_but_a_transfer(opening: dict[int, Kept], closing: dict[int, Kept]) -> None:
    found = changes(opening, closing, {}, WINDOW)
    assert {one.association for one in found if one.reason != Reason.TRANSFERRED} == changed(opening, closing, WINDOW)


@given(ENDS, ENDS)
def test_work_coverage_is_never_below_organisation_coverage(opening: dict[int, Kept], live: dict[int, Kept]) -> None:
    for ends in (opening, live):
        assert all(one.own <= one.covered <= one.work_covered <= one.in_scope for one in sums(ends, RULES).values())


def test_missing_change_makes_the_equation_uneven() -> None:
    opening, closing = {1: kept()}, {1: kept(Cover.OWN)}
    found = changes(opening, closing, {}, WINDOW)[1:]
    assert [line.is_even for line in balances(sums(opening, RULES), moved(found), sums(closing, RULES))] == [
        False,
        False,
    ]
    assert balances({}, {}, {}) == [Balance("", Sums(), Sums(), Sums())]


# Lists


def test_list_of_a_unit_changes_its_number_with_every_fact() -> None:
    rows = [kept(), kept(Cover.OWN), kept(instructor=True), kept(group=True), kept(unit="d2"), None]
    lines = [line_of(1, row, "d1") for row in rows]
    assert len({fingerprint([line]) for line in lines}) == len(rows)
    assert fingerprint([lines[0], lines[1]]) == fingerprint([lines[1], lines[0]])


FACTS = ConfirmFacts(answers=True, unit_label="长沙市", is_issued=False)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (FACTS, ""),
        (replace(FACTS, says_unchanged=True), ""),
        (replace(FACTS, change_count=2), ""),
        (replace(FACTS, answers=False), "这份名单由「长沙市」确认，您可以查看和催办，不能代为确认。"),
        (
            replace(FACTS, is_issued=True),
            "本月月报已经签发，名单不能再确认。以后发现的差错在下月以「更正」列明。",
        ),
        (
            replace(FACTS, says_unchanged=True, change_count=2),
            "名单与上月相比有 2 家变化，不能按「本月无变化」确认。请核对变化后选择「核对后确认」。",
        ),
    ],
)
def test_list_is_confirmed_by_its_body(facts: ConfirmFacts, reason: str) -> None:
    decision = may_confirm(facts)
    assert (decision.allowed, decision.reason) == (not reason, reason)


# Issuing


GOOD = IssueFacts(unit_count=3, answered_count=1)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (GOOD, []),
        (replace(GOOD, answered_count=0), ["3 个单位都没有确认名单"]),
        (replace(GOOD, uneven=("合计",)), ["上月数加各项变动不等于本月数：合计"]),
        (replace(GOOD, unexplained=("甲", "乙")), ["2 家的变动没有原因：甲、乙"]),
        (replace(GOOD, undocumented=("甲",)), ["1 家属于更正而没有文件：甲"]),
        (replace(GOOD, corrected_since=1), ["本版生成后又登记了 1 件更正"]),
        (replace(GOOD, is_newest=False), ["名单已由更新的一版重新留存"]),
    ],
)
def test_close_is_issued_unless_something_blocks(facts: IssueFacts, expected: list[str]) -> None:
    found = blockers(facts)
    assert len(found) == len(expected)
    assert all(one.text.startswith(start) for one, start in zip(found, expected, strict=True))


def test_many_names_are_shortened() -> None:
    assert some(["甲", "乙"]) == "甲、乙"
    assert some(["甲"] * 6) == "甲、甲、甲、甲、甲等 6 家"


# Months


def test_months_begin_and_end() -> None:
    assert month_of(date(2026, 2, 5)) == "2026-02"
    assert month_end("2026-02") == date(2026, 2, 28)
    assert month_before(date(2026, 3, 31)) == date(2026, 2, 28)


@pytest.mark.parametrize("text", ["2026", "2026-13", "26-01", "2026-1", "abcd-ef", "0000-01", ""])
def test_text_that_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no month"):
        month_end(text)


@pytest.mark.parametrize(
    ("count", "expected"), [(1, date(2026, 11, 30)), (2, date(2026, 11, 27)), (5, date(2026, 11, 24))]
)
def test_days_are_counted_back_in_working_days(count: int, expected: date) -> None:
    assert working_day_before_end(WorkCalendar({}, {2026: False}), CLOSING, count) == expected


def test_change_says_whether_it_needs_a_document() -> None:
    one = Change(1, "d1", COVERED, 1, Reason.CORRECTED)
    assert one.needs_document
    assert not replace(one, document="1号").needs_document
