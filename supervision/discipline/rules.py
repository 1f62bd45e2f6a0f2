"""What a filing counts as. Pure; the database counts the same (a test compares)."""

from dataclasses import dataclass
from datetime import date

from supervision.discipline.enums import Figure
from supervision.inspections.enums import UNDER_REVIEW, InspectionState

WAITING = frozenset({InspectionState.NOT_STARTED, InspectionState.DRAFTING})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a filing stands."""

    state: str
    filing_due_on: date
    step_due_on: date | None = None
    is_started: bool = False
    is_submitted: bool = False
    is_late: bool = False
    return_count: int = 0


def counts(figure: str, one: Standing, today: date) -> bool:
    """Whether a filing belongs to a figure; one that need not file belongs only to 不需填报."""
    if one.state == InspectionState.EXEMPTED:
        return figure == Figure.EXEMPTED
    begun = one.is_started or one.is_submitted
    return {
        Figure.EXPECTED: True,
        Figure.NOT_STARTED: one.state == InspectionState.NOT_STARTED,
        Figure.STARTED: begun,
        Figure.SUBMITTED: one.is_submitted,
        Figure.ON_TIME: one.is_submitted and not one.is_late,
        Figure.LATE: one.is_submitted and one.is_late,
        Figure.UNDER_REVIEW: one.state in UNDER_REVIEW,
        Figure.RETURNED: one.return_count > 0,
        Figure.CORRECTING: one.state == InspectionState.RETURNED,
        Figure.CONCLUDED: one.state == InspectionState.CONCLUDED,
        Figure.FIRST_PASS: one.state == InspectionState.CONCLUDED and one.is_submitted and not one.return_count,
        Figure.OVERDUE: is_overdue(one, today),
        Figure.EXEMPTED: False,
    }[Figure(figure)]


def is_overdue(one: Standing, today: date) -> bool:
    """R-031: not handed in by the end of its day, or a correction not handed in again by the end of its own."""
    if one.state == InspectionState.RETURNED:
        return one.step_due_on is not None and one.step_due_on < today
    return one.state in WAITING and one.filing_due_on < today


def due_on(one: Standing) -> date | None:
    """The day by which the association has to act; None when it has nothing to do."""
    if one.state == InspectionState.RETURNED:
        return one.step_due_on
    return one.filing_due_on if one.state in WAITING else None
