"""Ledgers and guidance for tests, and their rows of the scope table."""

from datetime import date
from typing import Any

from django.utils import timezone

from campaigns.guidance.enums import InspectionKind, NoticeState
from campaigns.guidance.models import (
    CampaignInspection,
    ContactPoint,
    InspectedUnit,
    RectificationNotice,
    ReportPart,
    Visit,
)
from campaigns.ledgers.enums import EntryKind, EntryState, Level
from campaigns.ledgers.models import Entry, GradeApplication, SelfRating, Signatory
from campaigns.plans.enums import ItemKind, SteeringRole
from campaigns.plans.models import CampaignItem, SteeringMember, Unit
from portal.files.services import store
from tests.campaigns.makers import START, UNIT_REACH, Rows, of_campaigns, units
from tests.personas import PERSONAS, Personas

DUE = date(2026, 9, 30)


def make_entry(unit: Unit, personas: Personas, **fields: Any) -> Entry:
    """A practical matter that is open."""
    values: dict[str, Any] = {
        "kind": EntryKind.MATTER,
        "title": "为会员企业办实事",
        "began_on": START,
        "due_on": DUE,
        "recorded_by": personas.department_admin.user,
    }
    return Entry.objects.create(unit=unit, **values | fields)


def of_units(make: Any) -> Any:
    """Rows by the name of their unit, made once."""

    def rows(personas: Personas) -> Rows:
        known: dict[str, Rows] = personas.__dict__.setdefault("scope_of_units", {})
        if make.__name__ not in known:
            known[make.__name__] = {name: make(unit, personas) for name, unit in units(personas).items()}
        return dict(known[make.__name__])

    return rows


def entry_row(unit: Any, personas: Personas) -> Entry:
    """Done and with a file, so that every page of it has something."""
    file = store(b"%PDF-1.4", name="佐证.pdf", kind="campaign_entry", actor=None, now=timezone.now())
    done: dict[str, Any] = {"state": EntryState.DONE, "done_on": DUE, "result": "已办结"}
    return make_entry(unit, personas, file=file, **done)


def rating_row(unit: Any, personas: Personas) -> SelfRating:
    outcome, _is_new = CampaignItem.objects.get_or_create(
        campaign=unit.campaign, kind=ItemKind.OUTCOME, number=1, defaults={"text": "每个单位都见实效"}
    )
    return SelfRating.objects.create(
        unit=unit, outcome=outcome, rated_on=START, level=Level.GOOD, recorded_by=personas.department_admin.user
    )


def signatory_row(unit: Any, personas: Personas) -> Signatory:
    pledge = make_entry(unit, personas, kind=EntryKind.INTEGRITY, state=EntryState.DONE, due_on=None)
    return Signatory.objects.create(entry=pledge, number=1, name="某会员企业")


assert set(UNIT_REACH) == set(PERSONAS)
TABLES: dict[str, tuple[Any, dict[str, set[str]]]] = {
    "campaigns.Entry": (of_units(entry_row), UNIT_REACH),
    "campaigns.SelfRating": (of_units(rating_row), UNIT_REACH),
    "campaigns.Signatory": (of_units(signatory_row), UNIT_REACH),
}


# Guidance ----------------------------------------------------------------------------------------------------------


def make_point(unit: Any, personas: Personas, **fields: Any) -> ContactPoint:
    """A contact point of one of the leading group."""
    if "leader" not in fields and "body" not in fields:
        fields["leader"], _is_new = SteeringMember.objects.get_or_create(
            campaign=unit.campaign, role=SteeringRole.LEADER, defaults={"name": "分管副部长"}
        )
    return ContactPoint.objects.create(unit=unit, **{"starts_on": START} | fields)


def point_row(unit: Any, personas: Personas) -> ContactPoint:
    return make_point(unit, personas)


def visit_row(unit: Any, personas: Personas) -> Visit:
    point = make_point(unit, personas, ends_on=DUE, reason="更换联系领导")
    return Visit.objects.create(
        point=point, visited_on=START, visitor="副部长", text="了解进展", recorded_by=personas.department_admin.user
    )


def make_inspection(unit: Any, personas: Personas, **fields: Any) -> CampaignInspection:
    values: dict[str, Any] = {
        "campaign": unit.campaign,
        "kind": InspectionKind.SYMPOSIUM,
        "number": f"2026-{CampaignInspection.objects.count():03d}",
        "title": "进展情况",
        "starts_on": START,
        "recorded_by": personas.department_admin.user,
    }
    return CampaignInspection.objects.create(**values | fields)


def inspected_row(unit: Any, personas: Personas) -> InspectedUnit:
    return InspectedUnit.objects.create(inspection=make_inspection(unit, personas), unit=unit)


def inspected_rows(personas: Personas) -> Rows:
    """Besides the units chosen, one that was not drawn: its inspectors' business alone."""
    rows = of_units(inspected_row)(personas)
    undrawn = personas.__dict__.setdefault("scope_undrawn", [])
    if not undrawn:
        unit: Any = units(personas)["tea"]
        undrawn.append(
            InspectedUnit.objects.create(inspection=make_inspection(unit, personas), unit=unit, is_chosen=False)
        )
    return rows | {"undrawn": undrawn[0]}


def inspection_row(unit: Any, personas: Personas) -> CampaignInspection:
    return inspected_row(unit, personas).inspection


def make_notice(unit: Any, personas: Personas, **fields: Any) -> RectificationNotice:
    values: dict[str, Any] = {
        "issued_on": date(2026, 6, 1),
        "due_on": date(2026, 7, 15),
        "problem": "没有按期公开承诺",
        "requirement": "两周内补齐",
        "issued_by": personas.department_admin.user,
        "issued_label": "湖南省委社会工作部",
    }
    return RectificationNotice.objects.create(unit=unit, **values | fields)


def notice_row(unit: Any, personas: Personas) -> RectificationNotice:
    """Reported, with a file, so that every page of it has something."""
    file = store(b"%PDF-1.4", name="佐证.pdf", kind="campaign_rectification", actor=None, now=timezone.now())
    done: dict[str, Any] = {"state": NoticeState.ANSWERED, "answer": "已补齐", "answered_at": timezone.now()}
    return make_notice(unit, personas, file=file, **done)


def part_row(campaign: Any, personas: Personas) -> ReportPart:
    return ReportPart.objects.create(campaign=campaign, number=1, heading="高度重视，统一部署")


def application_row(campaign: Any, personas: Personas) -> GradeApplication:
    return GradeApplication.objects.create(
        campaign=campaign,
        association=personas.province.tea,
        applied_on=START,
        wanted="4A",
        recorded_by=personas.department_admin.user,
    )


RUN_REACH: dict[str, set[str]] = {
    key: {
        "department_admin": {"province", "draft", "own", "other"},
        "department_staff": {"province", "draft", "own", "other"},
        "party_committee": {"own"},
        "other_committee": {"other"},
    }.get(key, set())
    for key in PERSONAS
}
APPLIED_REACH = RUN_REACH | {
    "party_committee": {"province", "own"},
    "branch_secretary": {"province"},
    "other_committee": set(),
}
INSPECTED_REACH = UNIT_REACH | {key: UNIT_REACH[key] | {"undrawn"} for key in ("department_admin", "department_staff")}
TABLES |= {
    "campaigns.ContactPoint": (of_units(point_row), UNIT_REACH),
    "campaigns.Visit": (of_units(visit_row), UNIT_REACH),
    "campaigns.CampaignInspection": (of_units(inspection_row), UNIT_REACH),
    "campaigns.InspectedUnit": (inspected_rows, INSPECTED_REACH),
    "campaigns.RectificationNotice": (of_units(notice_row), UNIT_REACH),
    "campaigns.ReportPart": (of_campaigns(part_row), RUN_REACH),
    "campaigns.GradeApplication": (of_campaigns(application_row), APPLIED_REACH),
}
