"""Filings that were handed in, on the desk of a stage."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from portal.access.scoping import everything
from portal.regulations.models import CalendarYear
from supervision.inspections.enums import STAGE_STATES, Stage
from supervision.inspections.models import Inspection
from supervision.rounds.models import RoundTrack
from tests.personas import Personas
from tests.supervision.filled import handed_in, small_track

NOW = datetime(2026, 3, 20, 10, tzinfo=timezone.get_default_timezone())
Made = Callable[..., Inspection]


@pytest.fixture
def calendar(reference: None) -> None:
    CalendarYear.objects.create(
        year=2026, is_provisional=False, published_on=date(2025, 11, 4), source="国办发明电〔2025〕7号"
    )


@pytest.fixture
def track(db: None) -> RoundTrack:
    return small_track()


@pytest.fixture
def at(personas: Personas, calendar: None, frozen: Any) -> Made:
    """Make a filing of the tea association on a stage's desk; the clock stands at 20 March 2026."""
    frozen(NOW)
    province = personas.province
    province.fill()

    def make(stage: str = Stage.SUPERVISOR, **fields: Any) -> Inspection:
        inspection = handed_in(province.tea, personas.association_filer)
        with everything("test data"):
            Inspection.objects.filter(pk=inspection.pk).update(
                **{"state": STAGE_STATES[Stage(stage)], "flag_count": 0, "step_due_on": date(2026, 3, 25)} | fields
            )
        inspection.refresh_from_db()
        return inspection

    return make
