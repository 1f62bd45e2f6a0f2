"""An earlier day's figures are what was so then: page, list and report, whatever happened since."""

from datetime import date
from typing import Any

import pytest

from portal.access.actor import acting_as
from portal.access.scoping import everything
from portal.workflow.models import WorkflowEvent
from supervision.discipline.enums import Figure
from supervision.discipline.past import as_of
from supervision.discipline.reports import build_progress
from supervision.discipline.selectors import figure_q, progress
from supervision.inspections.enums import InspectionState, Stage
from supervision.inspections.models import Inspection
from supervision.reviews.models import Return
from tests.personas import Personas
from tests.supervision.filled import day
from tests.supervision.makers import make_inspection, make_round, make_submission, make_track

State = InspectionState
MOVES = [
    ("2026-03-10", "start", State.DRAFTING),
    ("2026-04-02", "submit_to_supervisor", State.WITH_SUPERVISOR),
    ("2026-04-10", "return_from_supervisor", State.RETURNED),
    ("2026-04-20", "submit_to_supervisor", State.WITH_SUPERVISOR),
    ("2026-05-06", "agree_to_registrar", State.WITH_REGISTRAR),
    ("2026-06-01", "conclude", State.CONCLUDED),
]
# Due on 31 March, the correction on 17 April.
EXPECTED = {
    "2026-03-01": {Figure.NOT_STARTED},
    "2026-03-09": {Figure.NOT_STARTED},
    "2026-03-10": {Figure.STARTED},
    "2026-04-01": {Figure.STARTED, Figure.OVERDUE},
    "2026-04-02": {Figure.STARTED, Figure.SUBMITTED, Figure.LATE, Figure.UNDER_REVIEW},
    "2026-04-17": {Figure.STARTED, Figure.SUBMITTED, Figure.LATE, Figure.RETURNED, Figure.CORRECTING},
    "2026-04-18": {
        *(Figure.STARTED, Figure.SUBMITTED, Figure.LATE, Figure.RETURNED, Figure.CORRECTING, Figure.OVERDUE),
    },
    "2026-05-31": {Figure.STARTED, Figure.SUBMITTED, Figure.LATE, Figure.RETURNED, Figure.UNDER_REVIEW},
    "2026-06-01": {Figure.STARTED, Figure.SUBMITTED, Figure.LATE, Figure.RETURNED, Figure.CONCLUDED},
}


@pytest.fixture
def inspection(personas: Personas, frozen: Any) -> Inspection:
    """A filing with a whole year behind it, looked back at in July."""
    frozen(date(2026, 7, 1))
    stamps = {
        "started_at": day("2026-03-10"),
        "first_submitted_at": day("2026-04-02"),
        "submitted_at": day("2026-04-20"),
        "returned_at": day("2026-04-10"),
        "concluded_at": day("2026-06-01"),
        "return_count": 1,
        "is_late": True,
    }
    one = make_inspection(personas.province.tea, make_track(make_round()), State.CONCLUDED, **stamps)
    with everything("test data"):
        first = make_submission(one, submitted_at=day("2026-04-02"), is_late=True)
        make_submission(one, sequence=2, submitted_at=day("2026-04-20"))
        Return.objects.create(
            inspection=one,
            submission=first,
            stage=Stage.SUPERVISOR,
            due_on=date(2026, 4, 17),
            returner_label="湖南省农业农村厅",
            returned_at=day("2026-04-10"),
        )
        before = str(State.NOT_STARTED)
        for version, (on, name, target) in enumerate(MOVES, start=2):
            WorkflowEvent.objects.create(
                subject_model="supervision.Inspection",
                subject_pk=str(one.pk),
                transition=name,
                source=before,
                target=target,
                version=version,
                at=day(on, "23:59:59"),
            )
            before = target
    return one


def test_figures_of_an_earlier_day_are_that_days(personas: Personas, inspection: Inspection) -> None:
    actor = personas.department_admin.actor
    for text, expected in EXPECTED.items():
        on = date.fromisoformat(text)
        with acting_as(actor):
            found = progress(actor, inspection.round, on, place=personas.province.hunan)
            rows = as_of(Inspection.objects.unscoped("test"), on)
            listed = {figure for figure in Figure if rows.filter(figure_q(figure, on)).exists()}
            report = build_progress(actor, {}, on)
        assert report.problems() == []
        counted = {figure for figure in Figure if found.total[figure]}
        assert counted == listed == expected | {Figure.EXPECTED}, text
