"""Runs of reports, and what hangs on them, for the scope table."""

from datetime import date
from itertools import count
from typing import Any

from django.db.models import Model
from django.utils import timezone

from portal.reporting.codec import encode
from portal.reporting.enums import FileFormat, RunState
from portal.reporting.models import ReportDrill, ReportFile, ReportRow, ReportRun, Schedule
from tests.personas import Persona
from tests.reporting.samples import coverage_sample

_serial = count(1)


def asked(persona: Persona) -> dict[str, Any]:
    actor = persona.actor
    return {
        "user": persona.user,
        "membership_id": actor.membership_id,
        "membership_label": actor.label,
        "role": actor.role,
        "scope_kind": actor.scope.kind,
        "scope_pk": actor.scope.pk,
        "scope_label": actor.scope.label,
    }


DRILL = "scope:"


def make_run(persona: Persona, **given: Any) -> ReportRun:
    """A finished draft that the persona asked for."""
    number = next(_serial)
    now = timezone.now()
    run = ReportRun.objects.create(
        **asked(persona),
        **{
            "key": "two_coverages",
            "number": f"BG-{number}",
            "month": "2026-11",
            "series": number,
            "as_of": date(2026, 11, 22),
            "title": "两个覆盖情况",
            "state": RunState.DRAFT,
            "data": encode(coverage_sample(cities={})),
            "requested_at": now,
            "built_at": now,
        }
        | given,
    )
    ReportDrill.objects.create(run=run, key=DRILL, label="全部", roster="associations", positions=[], row_count=0)
    return run


def make_schedule(persona: Persona) -> Model:
    return Schedule.objects.create(
        **asked(persona), report_key="two_coverages", day_of_month=1, hour=8, created_at=timezone.now()
    )


def make_run_row(persona: Persona) -> Model:
    return ReportRow.objects.create(run=make_run(persona), roster="all", position=1, subject_pk=1, cells=["甲"])


def make_run_drill(persona: Persona) -> Model:
    return ReportDrill.objects.create(run=make_run(persona), key="all", positions=[1], row_count=1)


def make_run_file(persona: Persona) -> Model:
    return ReportFile.objects.create(
        run=make_run(persona), format=FileFormat.XLSX, is_final=False, requested_at=timezone.now()
    )
