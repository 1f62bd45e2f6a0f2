"""Which template applies where and when; how far a step is; the clock in working days (R-005, R-083)."""

from dataclasses import dataclass
from datetime import date

import pytest

from associations.checklists.enums import StepState
from associations.checklists.rules import Answer, StepView, applying, open_steps, step_state
from associations.checklists.services import clock
from portal.regulations.rules import WorkCalendar


@dataclass(frozen=True)
class Held:
    code: str
    region_code: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


DAY = date(2026, 6, 30)
NATION, CITY = Held("three"), Held("three", "340100")
PLACE = ["340000", "340100", "340104"]


@pytest.mark.parametrize(
    ("templates", "path", "found"),
    [
        ([NATION], ["430000"], [NATION]),
        ([NATION, CITY], PLACE, [CITY]),
        ([CITY, NATION], PLACE, [CITY]),
        ([NATION, CITY], ["430000", "430100"], [NATION]),
        ([CITY, Held("six", "340104")], PLACE, [Held("six", "340104"), CITY]),
        ([Held("three", "340000"), CITY], PLACE, [CITY]),
        ([Held("three", "", date(2026, 7, 1))], PLACE, []),
        ([Held("three", "", None, date(2026, 6, 29))], PLACE, []),
        ([Held("three", "", DAY, DAY)], PLACE, [Held("three", "", DAY, DAY)]),
    ],
)
def test_the_nearest_template_of_each_code_applies(templates: list[Held], path: list[str], found: list[Held]) -> None:
    assert applying(templates, path, DAY) == found


@pytest.mark.parametrize(
    ("done_on", "answer", "state"),
    [
        (None, None, StepState.OPEN),
        (None, Answer("已填报。"), StepState.ANSWERED),
        (DAY, None, StepState.DONE),
        (DAY, Answer("已填报。"), StepState.DONE),
    ],
)
def test_step_state(done_on: date | None, answer: Answer | None, state: StepState) -> None:
    assert step_state(done_on, answer) == state


def test_open_steps() -> None:
    steps = [StepView(1, "采集", StepState.ANSWERED), StepView(2, "明确", StepState.OPEN)]
    assert [one.number for one in open_steps(steps)] == [2]


def test_the_clock_counts_five_working_days_after_the_registration() -> None:
    # Registered on Thursday 2026-06-18; Friday 19 is the Dragon Boat holiday.
    calendar = WorkCalendar(exceptions={date(2026, 6, 19): False}, years={2026: False})
    found = clock(date(2026, 6, 18), 5, calendar)
    assert found is not None
    assert (found.on, found.is_provisional) == (date(2026, 6, 26), False)
    assert clock(date(2026, 6, 18), None, calendar) is None
