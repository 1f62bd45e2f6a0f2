"""Reminding the units of a census that have not confirmed: one job a day, one message a person."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from partybuilding.census.enums import CensusState
from partybuilding.census.models import Census, CensusUnit
from partybuilding.closing.services import tell
from partybuilding.closing.urging import OPEN_ANSWERS
from partybuilding.closing.whole import whole
from portal.audit.services import record
from portal.jobs.daily import request_daily
from portal.jobs.runner import JobContext
from portal.notices import reminding
from portal.regulations.selectors import value


def request_reminder(now: datetime) -> None:
    """The tick: each morning the units of the open census are looked at once."""
    census = whole(Census).filter(state=CensusState.OPEN, prepared_at__isnull=False).first()
    if census is not None:
        request_daily(
            "partybuilding.remind_census",
            kind="census",
            label=f"{census}提醒",
            subject=census,
            parameters={"census": census.pk},
            now=now,
        )


def remind_census(context: JobContext) -> dict[str, Any]:
    """The job: the messages of a day, together with the job's own end."""
    census = whole(Census).get(pk=context.job.parameters["census"])
    with transaction.atomic():
        told = remind(census, date.fromisoformat(context.job.parameters["on"]), now=context.now())
        context.complete({"people": told})
    return {"people": told}


def remind(census: Census, today: date, *, now: datetime) -> int:
    """Remind the people of every unit that has not confirmed, when it is the day for it; returns how many people."""
    days = reminding.days_from(str(value("census.remind_days", on=today)))
    distances = reminding.reminding_dates(today, days)
    if census.is_closed or census.due_on not in distances:
        return 0
    rows = whole(CensusUnit).filter(census=census, state__in=OPEN_ANSWERS)
    units = list(rows.select_related("census", "department__region", "region"))
    when = reminding.distance_text(distances[census.due_on], census.due_on)
    told = tell(units, f"{census}提醒：名单还没有确认报送，{when}。", now=now)
    if units:
        after = {"units": len(units), "people": told}
        record("partybuilding.remind_census", actor=None, subject=census, after=after, now=now)
    return told
