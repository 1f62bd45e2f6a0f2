"""Who is expected, by which arrangement, by when; and when a round may open or a day be extended."""

from dataclasses import dataclass
from datetime import date

import pytest

from supervision.rounds import rules
from supervision.rounds.rules import Candidate, OpenFacts


@dataclass(frozen=True)
class Track:
    kind: str = "social_group"
    mode: str = ""
    registered_by: date = date(2025, 6, 30)
    to_supervisor_by: date | None = date(2026, 3, 31)
    to_registrar_by: date = date(2026, 5, 31)
    has_first_review: bool = True


DUAL, ANY, FOUNDATION = Track(mode="dual"), Track(), Track(kind="foundation", mode="")


@pytest.mark.parametrize(
    ("kind", "mode", "found"),
    [
        ("social_group", "dual", DUAL),
        ("social_group", "direct", ANY),
        ("social_group", "", ANY),
        ("foundation", "dual", FOUNDATION),
        ("other", "dual", None),
    ],
)
def test_the_arrangement_that_names_the_mode_goes_first(kind, mode, found):
    candidate = Candidate(kind, mode, None, is_active=True)
    assert rules.arrangement_for(candidate, [ANY, DUAL, FOUNDATION]) == found
    assert rules.arrangement_for(candidate, [FOUNDATION, DUAL, ANY]) == found


@pytest.mark.parametrize(
    ("established_on", "is_active", "track", "is_expected"),
    [
        (date(2025, 6, 30), True, ANY, True),
        (date(2025, 7, 1), True, ANY, False),
        (None, True, ANY, True),
        (date(2020, 1, 1), False, ANY, False),
        (None, True, None, False),
    ],
)
def test_who_is_expected(established_on, is_active, track, is_expected):
    candidate = Candidate("social_group", "", established_on, is_active)
    assert rules.is_expected(candidate, track, "inspection") is is_expected


@pytest.mark.parametrize(
    ("kind", "is_charity", "label"),
    [
        ("social_group", False, "inspection"),
        ("service_institution", None, "inspection"),
        ("foundation", False, "inspection"),
        ("social_group", True, "report"),
        ("service_institution", True, "report"),
        ("foundation", True, "report"),
    ],
)
def test_charities_report_and_the_others_are_inspected(kind, is_charity, label):
    candidate = Candidate(kind, "", None, is_active=True, is_charity=is_charity)
    found = [one for one in ("inspection", "report") if rules.is_expected(candidate, Track(kind=kind), one)]
    assert found == [label]


@pytest.mark.parametrize(
    ("track", "has_supervisor", "due_on"),
    [
        (ANY, True, date(2026, 3, 31)),
        (ANY, False, date(2026, 5, 31)),
        (Track(has_first_review=False), True, date(2026, 5, 31)),
        (Track(to_supervisor_by=None), True, date(2026, 5, 31)),
    ],
)
def test_the_day_follows_who_receives_first(track, has_supervisor, due_on):
    assert rules.filing_due_on(track, has_supervisor=has_supervisor) == due_on


def test_the_rule_book_proposes_an_arrangement_for_each_kind():
    found = rules.proposals(
        2025,
        {
            "inspection.cutoff": "06-30",
            "inspection.to_supervisor_by": "03-31",
            "inspection.to_registrar_by": "05-31",
            "inspection.foundation_by": "03-31",
        },
    )
    said = [(one.kind, one.mode, one.to_supervisor_by, one.to_registrar_by) for one in found]
    assert said[:2] == [
        ("social_group", "dual", date(2026, 3, 31), date(2026, 5, 31)),
        ("social_group", "", None, date(2026, 5, 31)),
    ]
    assert ("foundation", "", None, date(2026, 3, 31)) in said
    assert {one.registered_by for one in found} == {date(2025, 6, 30)}


@pytest.mark.parametrize("text", ["0331", "13-01", "三月", ""])
def test_a_day_that_is_no_month_and_day_is_an_error(text):
    with pytest.raises(ValueError, match=r"month|literal"):
        rules.month_day(text, 2025)


@pytest.mark.parametrize(("count", "is_allowed"), [(None, True), (0, False), (3, True)])
def test_a_round_that_expects_nobody_is_not_opened(count, is_allowed):
    assert bool(rules.may_open(OpenFacts(count))) is is_allowed


@pytest.mark.parametrize(
    ("until", "reason", "start"),
    [
        (date(2026, 4, 30), "换届", ""),
        (date(2026, 3, 31), "换届", "延至 2026-03-31 不晚于现在的截止日期 2026-03-31。"),
        (date(2026, 4, 1), "换届", "延至 2026-04-01 已经过去。"),
        (date(2026, 4, 30), " ", "没有填写延期理由。"),
    ],
)
def test_an_extension_is_later_and_has_its_reason(until, reason, start):
    found = rules.may_extend(until=until, due_on=date(2026, 3, 31), today=date(2026, 4, 2), reason=reason)
    assert bool(found) is (not start)
    assert found.reason.startswith(start)
