"""Reminders on their days, one collected message a person; and the telephone calls of those who urge."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from associations.registry.services import checked
from portal.access.actor import Actor, Scope
from portal.access.roles import ASSOCIATION, Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.jobs.daily import request_daily
from portal.jobs.runner import JobContext
from portal.notices import reminding
from portal.notices.calls import call_fields
from portal.notices.selectors import people_at
from portal.notices.services import NewTask, open_many, tell_each
from portal.regulations.selectors import value
from supervision.discipline import rules
from supervision.discipline.models import UrgeCall
from supervision.discipline.rules import WAITING
from supervision.discipline.selectors import standing_of
from supervision.inspections.enums import URGE_TASK, InspectionState
from supervision.inspections.models import Inspection
from supervision.rounds.enums import RoundState
from supervision.rounds.models import Round

WHY = "reminders go to everybody who is due"
NAMED = 3


def request_reminders(now: datetime) -> int:
    """The tick: from eight in the morning one job a round and day, where somebody is due. Returns how many."""
    with everything(WHY):
        rounds = list(Round.objects.filter(state=RoundState.OPEN))
    jobs = [
        request_daily(
            "supervision.remind",
            kind="round",
            label=f"{a_round}提醒",
            subject=a_round,
            parameters={"round": a_round.pk},
            now=now,
        )
        for a_round in rounds
    ]
    return sum(job is not None for job in jobs)


def remind(context: JobContext) -> dict[str, Any]:
    """The job: tasks and messages together with its own end, so that a second run sends nothing twice."""
    today = date.fromisoformat(context.job.parameters["on"])
    with transaction.atomic():
        with everything(WHY):
            a_round = Round.objects.get(pk=context.job.parameters["round"])
        result = send_reminders(a_round, today, now=context.now())
        context.complete(result)
    return result


def send_reminders(a_round: Round, today: date, *, now: datetime) -> dict[str, Any]:
    """Remind everybody whose day it is: a task on the association's desk, one message to each of its people."""
    days = reminding.days_from(str(value("inspection.remind_days", on=today)))
    distances = reminding.reminding_dates(today, days)
    due = Q(state__in=WAITING, filing_due_on__in=distances) | Q(
        state=InspectionState.RETURNED, step_due_on__in=distances
    )
    with everything(WHY):
        rows = list(Inspection.objects.filter(due, round=a_round).select_related("round", "association").order_by("pk"))
    opened = open_many(
        (_task(row) for row in rows if row.state in WAITING),
        kind=URGE_TASK,
        for_role=Role.ASSOCIATION_FILER,
        actor=None,
        now=now,
    )
    told = _tell(a_round, rows, distances, today, now)
    if rows:
        after = {"filings": len(rows), "tasks": opened, "people": told}
        record("supervision.remind", actor=None, subject=a_round, after=after, now=now)
    return {"filings": len(rows), "tasks": opened, "people": told}


def _task(row: Inspection) -> NewTask:
    return NewTask(
        subject=row,
        title=f"填报：{row.association.name} {row.round}",
        url=reverse("supervision:filing", args=[row.pk]),
        body=Scope("association", row.association_id, row.association.name),
        due_on=row.filing_due_on,
    )


def _tell(a_round: Round, rows: list[Inspection], distances: dict[date, int], today: date, now: datetime) -> int:
    """One message a person, however many associations they file for."""
    by_association = {row.association_id: row for row in rows}
    people = people_at("association", by_association.keys(), roles=ASSOCIATION, on=today)

    def words(keys: list[int]) -> tuple[str, str]:
        own = [by_association[key] for key in keys]
        return message(a_round, own, distances), _page(own)

    return tell_each(people, words, now)


def _page(rows: list[Inspection]) -> str:
    if len(rows) == 1:
        return reverse("supervision:filing", args=[rows[0].pk])
    return reverse("supervision:filings")


def message(a_round: Round, rows: list[Inspection], distances: dict[date, int]) -> str:
    """What one person reads: the first associations by name with their days, and how many more."""
    parts = []
    for row in rows[:NAMED]:
        due = rules.due_on(standing_of(row)) or row.filing_due_on
        what = "补正" if row.state == InspectionState.RETURNED else "填报"
        parts.append(f"{row.association.name}{what}{reminding.distance_text(distances[due], due)}")
    more = f"，另有 {len(rows) - NAMED} 家" if len(rows) > NAMED else ""
    return f"{a_round}提醒：{'；'.join(parts)}{more}。咨询：{a_round.help_office} {a_round.help_phone}"


def log_call(
    inspection: Inspection, *, result: str, promised_on: date | None, note: str, actor: Actor, now: datetime
) -> UrgeCall:
    """Write down a call. Raises `Refused` for a promise without its day, or one in the past."""
    fields = call_fields(result=result, promised_on=promised_on, note=note, actor=actor, now=now)
    with transaction.atomic():
        with everything("a call about a filing that the caller has already reached"):
            made = checked(UrgeCall(inspection=inspection, **fields))
            made.save()
        record(
            "supervision.log_call",
            actor=actor,
            subject=inspection,
            after={"result": made.get_result_display(), "promised_on": promised_on},
            now=now,
        )
    return made  # type: ignore[no-any-return]
