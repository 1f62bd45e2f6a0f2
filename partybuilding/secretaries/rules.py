"""The office of a secretary on a day (R-097). No database, no clock."""

from datetime import date

from partybuilding.secretaries.enums import OfficeState


def vacant_days(left_on: date, on: date) -> int:
    """How many days the office has been vacant: the day after the last one counts as the first."""
    return (on - left_on).days


def office_state(is_held: bool, left_on: date | None, on: date, limit_days: int) -> OfficeState:
    """Vacant for more days than the limit is late; without any record nobody can say since when."""
    if is_held:
        return OfficeState.HELD
    if left_on is None:
        return OfficeState.UNREPORTED
    return OfficeState.LATE if vacant_days(left_on, on) > limit_days else OfficeState.VACANT
