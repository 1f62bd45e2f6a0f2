"""Ledgers and guidance for tests, and their rows of the scope table."""

from datetime import date
from typing import Any

from django.utils import timezone

from campaigns.ledgers.enums import EntryKind, EntryState, Level
from campaigns.ledgers.models import Entry, SelfRating
from campaigns.plans.enums import ItemKind
from campaigns.plans.models import CampaignItem, Unit
from portal.files.services import store
from tests.campaigns.makers import START, UNIT_REACH, Rows, units
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


assert set(UNIT_REACH) == set(PERSONAS)
TABLES: dict[str, tuple[Any, dict[str, set[str]]]] = {
    "campaigns.Entry": (of_units(entry_row), UNIT_REACH),
    "campaigns.SelfRating": (of_units(rating_row), UNIT_REACH),
}
