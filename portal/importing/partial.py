"""Days of which only the month or the year was told. Pure."""

import datetime as dt

DAY, MONTH, YEAR = "day", "month", "year"
FINENESS = {YEAR: 0, MONTH: 1, DAY: 2}


class PartialDate(dt.date):
    """The first day of a month or year, and the fact that no more is known. It compares and counts as that day; it is
    written as `2005-03` or `2005`.
    """

    precision: str = DAY

    @classmethod
    def of(cls, day: dt.date, precision: str) -> dt.date:
        """`day` as a partial date; a whole one stays plain."""
        if precision == DAY:
            return day
        one = cls(day.year, day.month, day.day)
        one.precision = precision
        return one

    @property
    def text(self) -> str:
        return self.isoformat()[: 4 if self.precision == YEAR else 7]

    def agrees_with(self, day: dt.date) -> bool:
        """Whether a day lies in that month or year."""
        return day.year == self.year and (self.precision == YEAR or day.month == self.month)


def precision_of(day: dt.date) -> str:
    return day.precision if isinstance(day, PartialDate) else DAY


def agrees(told: dt.date, day: dt.date) -> bool:
    """Whether a date, perhaps partial, can be that day."""
    return told.agrees_with(day) if isinstance(told, PartialDate) else told == day
