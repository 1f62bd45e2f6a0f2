"""Rows of the desks of committees for the scope table, and who reaches them. Named like the bodies they belong to."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import Model

from portal.access.roles import DEPARTMENT
from tests.partybuilding.commissions import makers
from tests.personas import PERSONAS, Personas

COMMITTEES = ("committee", "branch_committee", "other_committee")
Make = Callable[[Personas], dict[str, Model]]
_all = {key for key, (role, _) in PERSONAS.items() if role in DEPARTMENT}
# A committee reads its own desk and those below it; the cities' offices have no committee here.
DESKS: Mapping[str, set[str]] = {key: set(COMMITTEES) if key in _all else set() for key in PERSONAS} | {
    "party_committee": {"committee", "branch_committee"},
    "other_committee": {"other_committee"},
}
# `exchange` is the other committee's with the unit, `tasked` laid a task on the first one, `city` is Changsha's.
MEETINGS: Mapping[str, set[str]] = dict(DESKS) | {
    **{key: {*COMMITTEES, "unit", "exchange", "tasked", "city"} for key in _all},
    "party_committee": {"committee", "branch_committee", "tasked"},
    "other_committee": {"other_committee", "exchange", "tasked"},
    "supervising_unit": {"unit", "exchange"},
    "regional_office": {"city"},
}


def _desks(make: Callable[[Any], Model]) -> Make:
    return lambda personas: {name: make(getattr(personas.province, name)) for name in COMMITTEES}


def _meetings(personas: Personas) -> dict[str, Model]:
    """Made once, because their items are asked for as well."""
    known = personas.__dict__.setdefault("scope_meetings", {})
    if not known:
        known |= {name: makers.make_meeting(getattr(personas.province, name)) for name in COMMITTEES}
        province = personas.province
        known["unit"] = makers.make_meeting(province.unit, kind="leadership", is_studied=True)
        known["city"] = makers.make_meeting(province.city_unit, kind="leadership", is_studied=True)
        known["exchange"] = makers.make_meeting(province.other_committee, kind="exchange", counterpart=province.unit)
        known["tasked"] = makers.make_meeting(province.other_committee)
        charged = {"responsible": province.committee, "due_on": date(2026, 12, 31)}
        makers.make_item(province.other_committee, meeting=known["tasked"], number=9, **charged)
    return dict(known)


def _items(personas: Personas) -> dict[str, Model]:
    return {name: makers.make_item(row.department, meeting=row) for name, row in _meetings(personas).items()}  # type: ignore[attr-defined]


def tables() -> dict[str, tuple[Make, Mapping[str, set[str]]]]:
    return {
        "partybuilding.CommissionProfile": (_desks(makers.make_profile), DESKS),
        "partybuilding.CommissionMember": (_desks(makers.make_seat), DESKS),
        "partybuilding.CommissionRule": (_desks(makers.make_commission_rule), DESKS),
        "partybuilding.Meeting": (_meetings, MEETINGS),
        "partybuilding.AgendaItem": (_items, MEETINGS),
    }
