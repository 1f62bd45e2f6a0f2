"""Rows of a census for the scope table, and who reaches them."""

from itertools import count
from typing import Any

from django.db.models import Model
from django.utils import timezone

from partybuilding.census.models import (
    Census,
    CensusCall,
    CensusDifference,
    CensusProblem,
    CensusRow,
    CensusUnit,
    ProblemKind,
)
from portal.access.roles import DEPARTMENT
from tests.factories import make_committee
from tests.partybuilding.closing.scopes import UNIT_REACH, Make, of_closers
from tests.personas import PERSONAS, Personas

_serial = count(1)


def make_census(personas: Personas, **given: Any) -> Census:
    """Ended, so that there can be several."""
    number = next(_serial)
    now = timezone.now()
    today = timezone.localdate(now)
    fields = {
        "title": f"第{number}次摸底调查",
        "number": f"湘社工〔2026〕{number}号",
        "as_of": today.replace(year=1000 + number),
        "opens_on": today,
        "due_on": today,
        "opened_by": personas.department_admin.user,
        "state": "closed",
        "closed_at": now,
        "prepared_at": now,
    }
    return Census.objects.create(**fields | given)


def make_units(personas: Personas) -> dict[str, Model]:
    """A committee below the persona's, another committee, one of a city, and two cities."""
    province = personas.province
    census = make_census(personas)
    bodies: dict[str, dict[str, Any]] = {
        "tea": {"department": province.branch_committee},
        "trade": {"department": province.other_committee},
        "city_committee": {"department": make_committee(f"长沙市摸底{next(_serial)}党委", region=province.changsha)},
        "changsha": {"region": province.changsha},
        "zhuzhou": {"region": province.zhuzhou},
    }
    return {
        name: CensusUnit.objects.create(census=census, key=name, label=name, **body) for name, body in bodies.items()
    }


def make_row(unit: Any, association: Any) -> CensusRow:
    return CensusRow.objects.create(
        unit=unit,
        association=association,
        name=association.name,
        uscc=association.uscc,
        kind=association.kind,
        region_path=association.region.path,
        cover="none",
        has_instructor=False,
    )


def make_kind(code: str = "members_unclear") -> ProblemKind:
    fields = {"number": 1, "label": "党员底数不清", "hint": "判断", "remedy": "对策", "source": "本系统约定"}
    return ProblemKind.objects.get_or_create(code=code, defaults=fields | {"confidence": "decided"})[0]


def make_rows(personas: Personas) -> dict[str, Any]:
    """One association for each of the units."""
    tea = personas.province.tea
    return {name: make_row(unit, tea) for name, unit in make_units(personas).items()}


def _differences(personas: Personas) -> dict[str, Model]:
    return {
        name: CensusDifference.objects.create(row=row, aspect="cover", registered="none", found="own")
        for name, row in make_rows(personas).items()
    }


def _problems(personas: Personas) -> dict[str, Model]:
    kind = make_kind()
    return {name: CensusProblem.objects.create(row=row, kind=kind) for name, row in make_rows(personas).items()}


def _call(personas: Personas) -> dict[str, Model]:
    unit: Any = make_units(personas)["tea"]
    return {"one": CensusCall.objects.create(unit=unit, result="informed", called_at=timezone.now())}


def tables() -> dict[str, tuple[Make, dict[str, set[str]]]]:
    """Of each model of a census: how its rows are made, and who reaches which of them."""
    department = {key: {"one"} if role in DEPARTMENT else set() for key, (role, _node) in PERSONAS.items()}
    everybody = of_closers({key: {"one"} for key in PERSONAS})
    return {
        "partybuilding.Census": (lambda personas: {"one": make_census(personas)}, everybody),
        "partybuilding.CensusUnit": (make_units, UNIT_REACH),
        "partybuilding.CensusCall": (_call, department),
        "partybuilding.CensusRow": (make_rows, UNIT_REACH),
        "partybuilding.CensusDifference": (_differences, UNIT_REACH),
        "partybuilding.CensusProblem": (_problems, UNIT_REACH),
    }
