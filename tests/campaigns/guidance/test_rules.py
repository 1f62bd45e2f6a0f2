"""Half-years of contact points (R-118), notices (C-28), the schedule (T-15). Pure."""

from dataclasses import replace
from datetime import date

import pytest

from campaigns.guidance.enums import NoticeState, VisitState
from campaigns.guidance.rules import (
    HalfYear,
    NoticeFacts,
    half_year,
    is_notice_late,
    may_answer,
    may_judge,
    missed_half_years,
    notice_problems,
    visit_problem,
    visit_state,
)
from campaigns.guidance.schedule import SpanState, buckets, last_shown, span_state

START = date(2026, 1, 1)


def test_half_years_follow_one_another() -> None:
    first = half_year(date(2026, 6, 30))
    assert (first, first.first, first.last) == (HalfYear(2026, 1), date(2026, 1, 1), date(2026, 6, 30))
    second = half_year(date(2026, 7, 1))
    assert (first.following, second.first, second.last) == (second, date(2026, 7, 1), date(2026, 12, 31))
    assert second.following == HalfYear(2027, 1)
    assert [str(first), str(second)] == ["2026 年上半年", "2026 年下半年"]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "visits", "day", "missed"),
    [
        # The half-year is over on 1 July, not before.
        (START, None, [], date(2026, 6, 30), []),
        (START, None, [], date(2026, 7, 1), [HalfYear(2026, 1)]),
        (START, None, [date(2026, 6, 30)], date(2026, 7, 1), []),
        # Set up during a half-year: owed from the next one.
        (date(2026, 1, 2), None, [], date(2026, 7, 1), []),
        (date(2026, 1, 2), None, [], date(2027, 1, 1), [HalfYear(2026, 2)]),
        # Ended on its last day it was owed, a day earlier it was not.
        (START, date(2026, 6, 30), [], date(2027, 1, 1), [HalfYear(2026, 1)]),
        (START, date(2026, 6, 29), [], date(2027, 1, 1), []),
    ],
)
def test_one_visit_a_half_year(
    starts_on: date, ends_on: date | None, visits: list[date], day: date, missed: list[HalfYear]
) -> None:
    """R-118: at least one visit in every half-year that the point stood through."""
    assert missed_half_years(starts_on, ends_on, visits, day, least=1) == missed


@pytest.mark.parametrize(
    ("visits", "day", "ends_on", "state"),
    [
        ([], date(2026, 3, 1), None, VisitState.DUE),
        ([date(2026, 2, 1)], date(2026, 3, 1), None, VisitState.KEPT),
        ([], date(2026, 7, 1), None, VisitState.BEHIND),
        ([date(2026, 2, 1)], date(2026, 7, 1), None, VisitState.DUE),
        ([], date(2026, 7, 1), date(2026, 3, 1), VisitState.ENDED),
    ],
)
def test_how_a_point_stands(visits: list[date], day: date, ends_on: date | None, state: VisitState) -> None:
    assert visit_state(START, ends_on, visits, day, least=1) == state


def test_a_visit_lies_within_the_time_of_the_point() -> None:
    today = date(2026, 6, 30)
    assert visit_problem(START, None, today, today) == ""
    assert "晚于今天" in visit_problem(START, None, date(2026, 7, 1), today)
    assert "2026-01-01 至 今天" in visit_problem(START, None, date(2025, 12, 31), today)
    assert "至 2026-02-01" in visit_problem(START, date(2026, 2, 1), date(2026, 2, 2), today)


def test_who_moves_a_notice() -> None:
    own = NoticeFacts(is_own=True, answer="已补齐")
    assert may_answer(own)
    assert "您只能查看" in may_answer(replace(own, is_own=False)).reason
    assert "须写明做了什么" in may_answer(replace(own, answer=" ")).reason
    assert may_judge(NoticeFacts(is_reviewer=True))
    assert "您只能查看" in may_judge(own).reason


def test_a_notice_says_what_and_by_when() -> None:
    day, due = date(2026, 6, 1), date(2026, 6, 15)
    assert notice_problems("问题", "要求", day, due, day) == []
    assert "须写明问题和要求" in notice_problems("问题", "", day, due, day)[0]
    assert "晚于今天" in notice_problems("问题", "要求", date(2026, 6, 2), due, day)[0]
    assert "应晚于提出日期" in notice_problems("问题", "要求", day, day, day)[0]
    assert [is_notice_late(NoticeState.ISSUED, due, one) for one in (due, date(2026, 6, 16))] == [False, True]
    assert not is_notice_late(NoticeState.ANSWERED, due, date(2026, 6, 16))


def test_where_a_span_lies() -> None:
    ends_on = date(2026, 6, 30)
    assert span_state(START, ends_on, date(2025, 12, 31)) == SpanState.AHEAD
    assert span_state(START, ends_on, ends_on) == SpanState.RUNNING
    assert span_state(START, ends_on, date(2026, 7, 1)) == SpanState.OVER
    assert span_state(START, None, date(2030, 1, 1)) == SpanState.RUNNING


def test_columns_are_months_or_quarters() -> None:
    months = buckets(date(2026, 4, 10), date(2026, 6, 1))
    assert [one.label for one in months] == ["2026年4月", "2026年5月", "2026年6月"]
    assert (months[0].first, months[-1].last) == (date(2026, 4, 1), date(2026, 6, 30))
    quarters = buckets(date(2010, 4, 1), date(2012, 12, 31))
    assert (len(quarters), quarters[0].label, quarters[-1].label) == (11, "2010年2季度", "2012年4季度")
    assert quarters[-1].last == date(2012, 12, 31)
    assert [one.touches(date(2011, 7, 1), None) for one in quarters[4:6]] == [False, True]
    assert [one.touches(date(2010, 6, 1), date(2011, 6, 30)) for one in quarters[3:6]] == [True, True, False]


def test_an_open_campaign_is_shown_to_the_end_of_a_year() -> None:
    assert last_shown(START, date(2026, 3, 1), [], date(2027, 1, 1)) == date(2026, 3, 1)
    assert last_shown(START, None, [date(2027, 6, 30), None], date(2026, 2, 1)) == date(2027, 12, 31)
