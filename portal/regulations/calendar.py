"""The work calendar as entered, and the date arithmetic that rests on it (R-005, R-007 a)."""

from datetime import date

from portal.access.statements import Statement
from portal.regulations import rules
from portal.regulations.models import CalendarDay, CalendarYear
from portal.regulations.rules import Deadline, WorkCalendar

_DAYS = Statement(lambda: CalendarDay.objects.values_list("day", "is_working"))
_YEARS = Statement(lambda: CalendarYear.objects.values_list("year", "is_provisional"))


def work_calendar() -> WorkCalendar:
    """All entered years, with two queries. Load it once where many dates are computed."""
    return WorkCalendar(exceptions=dict(_DAYS()), years=dict(_YEARS()))


def provisional_years() -> frozenset[int]:
    """Years that still wait for the State Council's notice: what was computed into them says 暂定. One query."""
    return frozenset(CalendarYear.objects.filter(is_provisional=True).values_list("year", flat=True))


def is_working_day(day: date) -> bool:
    """Whether `day` is worked. Raises ConfigurationError when its year is not entered."""
    return work_calendar().is_working_day(day)


def add_working_days(start: date, count: int) -> Deadline:
    """The last of `count` working days after `start`, marked provisional when its year is (R-005)."""
    return work_calendar().add_working_days(start, count)


def period_end_legal(start: date, *, days: int = 0, months: int = 0, years: int = 0) -> Deadline:
    """End of a legal time limit that runs from `start` (R-007 a); see rules.period_end_legal."""
    return rules.period_end_legal(start, calendar=work_calendar(), days=days, months=months, years=years)
