"""What a filing counts as, and when a reminder is due."""

from datetime import date

import pytest

from portal.notices import reminding
from supervision.discipline import rules
from supervision.discipline.enums import Figure
from supervision.discipline.rules import Standing

TODAY = date(2026, 4, 1)
DUE, PAST = date(2026, 4, 1), date(2026, 3, 31)


@pytest.mark.parametrize(
    ("one", "figures"),
    [
        (Standing("not_started", DUE), {"expected", "not_started"}),
        (Standing("not_started", PAST), {"expected", "not_started", "overdue"}),
        (Standing("drafting", PAST, is_started=True), {"expected", "started", "overdue"}),
        (
            Standing("with_supervisor", PAST, is_started=True, is_submitted=True),
            {"expected", "started", "submitted", "on_time", "under_review"},
        ),
        (
            Standing("returned", PAST, DUE, is_started=True, is_submitted=True, is_late=True, return_count=1),
            {"expected", "started", "submitted", "late", "returned", "correcting"},
        ),
        (
            Standing("returned", DUE, PAST, is_submitted=True, return_count=1),
            {"expected", "started", "submitted", "on_time", "returned", "correcting", "overdue"},
        ),
        (Standing("returned", PAST, None), {"expected", "correcting"}),
        (
            Standing("concluded", PAST, is_submitted=True),
            {"expected", "started", "submitted", "on_time", "concluded", "first_pass"},
        ),
        (Standing("concluded", PAST), {"expected", "concluded"}),
        (Standing("exempted", PAST, is_started=True), {"exempted"}),
    ],
)
def test_what_a_filing_counts_as(one, figures):
    assert {str(figure) for figure in Figure if rules.counts(figure, one, TODAY)} == figures


@pytest.mark.parametrize(
    ("one", "due"),
    [
        (Standing("drafting", DUE), DUE),
        (Standing("returned", DUE, PAST), PAST),
        (Standing("with_registrar", DUE), None),
    ],
)
def test_the_day_by_which_somebody_has_to_act(one, due):
    assert rules.due_on(one) == due


def test_reminders_fall_on_days_around_the_due_date():
    days = reminding.days_from("-30,7, 0,-7,0")
    assert days == (-30, -7, 0, 7)
    assert reminding.reminding_dates(TODAY, days) == {
        date(2026, 5, 1): -30,
        date(2026, 4, 8): -7,
        TODAY: 0,
        date(2026, 3, 25): 7,
    }
    with pytest.raises(ValueError, match="invalid literal"):
        reminding.days_from("七天")


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (-7, "还有 7 天（2026-04-01 截止）"),
        (0, "今天（2026-04-01）截止"),
        (30, "已逾期 30 天（2026-04-01 截止）"),
    ],
)
def test_a_distance_in_words(distance, text):
    assert reminding.distance_text(distance, DUE) == text
