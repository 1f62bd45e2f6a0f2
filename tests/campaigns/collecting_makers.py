"""Progress reports for tests, and their rows of the scope table."""

from datetime import date
from typing import Any

from django.utils import timezone

from campaigns.collecting.enums import Asked, ReportState
from campaigns.collecting.models import Collection, UnitReport
from campaigns.plans.models import Campaign, Unit
from portal.files.services import store
from tests.campaigns.guidance_makers import of_units
from tests.campaigns.makers import REACH, START, UNIT_REACH, of_campaigns
from tests.personas import Personas


def make_collection(campaign: Campaign, personas: Personas, **fields: Any) -> Collection:
    values: dict[str, Any] = {
        "number": Collection.objects.filter(campaign=campaign).count() + 1,
        "title": "上半年活动开展情况",
        "asked": Asked.ALL,
        "due_on": date(2026, 7, 10),
        "opened_by": personas.department_admin.user,
        "opened_at": timezone.now(),
    }
    return Collection.objects.create(campaign=campaign, **values | fields)


def report_row(unit: Unit, personas: Personas) -> UnitReport:
    """Handed in with a file, so that every page of it has something."""
    file = store(b"%PDF-1.4", name="报告.pdf", kind="unit_report", actor=None, now=timezone.now())
    collection = make_collection(unit.campaign, personas)
    return UnitReport.objects.create(
        collection=collection,
        unit=unit,
        state=ReportState.SUBMITTED,
        progress="各项活动有序开展",
        handed_in_on=START,
        file=file,
    )


TABLES: dict[str, tuple[Any, dict[str, set[str]]]] = {
    "campaigns.Collection": (of_campaigns(make_collection), REACH),
    "campaigns.UnitReport": (of_units(report_row), UNIT_REACH),
}
