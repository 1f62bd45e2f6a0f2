"""Pure arithmetic of dates and rates (R-005…R-008). No database, no clock."""

import calendar as month_lengths
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

NO_RATE = "—"
PROVISIONAL_SUFFIX = "（暂定）"
SATURDAY = 5


class ConfigurationError(Exception):
    """A parameter or calendar year that a rule needs is not entered. Never answered with a default (R-000, R-005)."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause + remedy)
        self.cause = cause
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Deadline:
    """A computed date; provisional when it rests on a calendar year that has not been published yet."""

    on: date
    is_provisional: bool = False

    def display(self) -> str:
        """2026-06-08, or 2027-02-11（暂定）."""
        return self.on.isoformat() + (PROVISIONAL_SUFFIX if self.is_provisional else "")


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The days that differ from the plain week, and the years that are known (R-005).

    `exceptions` maps a date to whether it is worked; `years` maps a known year to whether it is provisional.
    """

    exceptions: Mapping[date, bool]
    years: Mapping[int, bool]

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is worked: a weekday that is no day off, or a weekend day moved to work.

        Raises ConfigurationError when the year is not entered: an unknown year is not "all weekdays".
        """
        self.is_provisional(day)
        exception = self.exceptions.get(day)
        return day.weekday() < SATURDAY if exception is None else exception

    def is_provisional(self, day: date) -> bool:
        """Whether the year of `day` still waits for the State Council's notice; ConfigurationError if unknown."""
        try:
            return self.years[day.year]
        except KeyError:
            raise ConfigurationError(
                f"工作日历中没有{day.year}年，无法计算{day.isoformat()}是否为工作日。",
                "请由系统管理员录入该年节假日安排后再试。",
            ) from None

    def add_working_days(self, start: date, count: int) -> Deadline:
        """The last of `count` working days; counting starts on the day after `start` (民法典第201条, R-005)."""
        if count < 1:
            raise ValueError("a period has at least one working day")
        day, left, provisional = start, count, False
        while left:
            day += timedelta(days=1)
            left -= self.is_working_day(day)
            provisional = provisional or self.is_provisional(day)
        return Deadline(day, provisional)

    def first_working_day_from(self, day: date) -> Deadline:
        """`day` itself if worked, else the next working day (民法典第203条)."""
        provisional = self.is_provisional(day)
        while not self.is_working_day(day):
            day += timedelta(days=1)
            provisional = provisional or self.is_provisional(day)
        return Deadline(day, provisional)


def add_months(day: date, months: int) -> date:
    """The corresponding day `months` later; the month's last day when there is none (民法典第202条)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    return date(year, month, min(day.day, month_lengths.monthrange(year, month)[1]))


def age(born_on: date, on: date) -> int:
    """Full years of age by birthday on `on`; a birthday of 02-29 is counted on 03-01 in common years (R-006)."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def period_end_legal(
    start: date, *, calendar: WorkCalendar, days: int = 0, months: int = 0, years: int = 0
) -> Deadline:
    """End of a legal time limit "within N of `start`" (民法典第201–203条, R-007 a).

    The start day is excluded; months and years end on the corresponding day, or on the month's last; an end that is not
    worked moves to the next working day. Exactly one of days, months, years is given.
    """
    if sum(unit > 0 for unit in (days, months, years)) != 1 or min(days, months, years) < 0:
        raise ValueError("exactly one of days, months, years")
    last = start + timedelta(days=days) if days else add_months(start, months + 12 * years)
    return calendar.first_working_day_from(last)


def term_end(start: date, years: int) -> date:
    """Last day of a term of office or validity of `years` years: the day before the anniversary (R-007 b).

    A term that starts on 02-29 ends on 02-28. Holidays do not move it.
    """
    if years < 1:
        raise ValueError("a term has at least one year")
    if (start.month, start.day) == (2, 29):
        return date(start.year + years, 2, 28)
    return start.replace(year=start.year + years) - timedelta(days=1)


def rounded_half_up(value: Fraction, places: int) -> Decimal:
    """`value` with `places` decimals, halves away from zero (四舍五入), without passing through a float."""
    scaled = abs(value) * 10**places
    digits = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(digits if value >= 0 else -digits).scaleb(-places)


@dataclass(frozen=True, slots=True)
class PointChange:
    """The difference of two rates in percentage points; `points` is exact, None when a rate is missing."""

    points: Fraction | None

    def display(self, places: int = 1) -> str:
        """+6.7个百分点, -0.3个百分点, 持平, or — ."""
        if self.points is None:
            return NO_RATE
        if not self.points:
            return "持平"
        amount = rounded_half_up(abs(self.points), places)
        return f"{'+' if self.points > 0 else '-'}{amount}个百分点"

    def words(self, places: int = 1) -> str:
        """上升6.7个百分点, 下降0.3个百分点, 持平, or — : for the running text of a report."""
        if not self.points:
            return self.display(places)
        amount = rounded_half_up(abs(self.points), places) or f"不足{Decimal(1).scaleb(-places)}"
        return f"{'上升' if self.points > 0 else '下降'}{amount}个百分点"


@dataclass(frozen=True, slots=True)
class Rate:
    """A share as an exact fraction of two counts (R-008). Compared exactly, rounded only when shown."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if self.numerator < 0 or self.denominator < 0:
            raise ValueError("counts are not negative")

    @property
    def value(self) -> Fraction | None:
        """The exact share; None when there is nothing to share."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    def display(self, places: int = 1) -> str:
        """Per cent, halves up: 91.9%. No denominator is —, never 0% or 100%."""
        value = self.value
        return NO_RATE if value is None else f"{rounded_half_up(value * 100, places)}%"

    def reaches(self, target: Fraction | Decimal | int) -> bool | None:
        """Whether the exact share is at least `target` (a share, 0.9 for 90 %); None without a denominator."""
        value = self.value
        return None if value is None else value >= _share(target)

    def missing(self, target: Fraction | Decimal | int) -> int:
        """How many more the numerator needs to reach `target` (R-024: ceil(target × denominator) − numerator)."""
        return max(0, ceil(_share(target) * self.denominator) - self.numerator)

    def change_from(self, earlier: "Rate") -> PointChange:
        """This rate minus `earlier`, in percentage points."""
        now, then = self.value, earlier.value
        return PointChange(None if now is None or then is None else (now - then) * 100)


def _share(target: Fraction | Decimal | int) -> Fraction:
    if isinstance(target, float):
        raise TypeError("a target is an exact number: Fraction or Decimal")
    return Fraction(target)
