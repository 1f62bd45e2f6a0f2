"""Rows of the monthly close for the scope table, and who reaches them."""

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

from django.db.models import Model
from django.utils import timezone

from associations.registry.models import Association
from partybuilding.closing.models import (
    Close,
    CloseChange,
    CloseEdition,
    CloseRow,
    CloseUnit,
    Correction,
    CorrectionItem,
    UnitCall,
)
from partybuilding.closing.transitions import CLOSERS
from portal.access.roles import DEPARTMENT
from portal.files.services import store
from tests.factories import make_committee
from tests.personas import PERSONAS, Personas

_serial = count(1)
Make = Callable[[Personas], dict[str, Model]]


def make_close(**given: Any) -> Close:
    number = next(_serial)
    fields = {
        "month": f"{1000 + number}-05",
        "as_of": date(2026, 5, 31),
        "opens_on": date(2026, 5, 25),
        "due_on": date(2026, 5, 29),
        "opened_at": timezone.now(),
    }
    return Close.objects.create(**fields | given)


def make_edition() -> CloseEdition:
    return CloseEdition.objects.create(close=make_close(), number=1, made_at=timezone.now())


def make_call() -> UnitCall:
    close = make_close()
    unit = CloseUnit.objects.create(
        close=close, key="call", label="单位", department=make_committee(f"第{next(_serial)}行业党委")
    )
    return UnitCall.objects.create(unit=unit, result="informed", called_at=timezone.now())


def make_row(association: Association) -> CloseRow:
    return CloseRow.objects.create(
        edition=make_edition(),
        association=association,
        name=association.name,
        uscc=association.uscc,
        kind=association.kind,
        region_path=association.region.path,
        unit_key="d1",
        cover="none",
        has_instructor=False,
    )


def make_change(association: Association) -> CloseChange:
    return CloseChange.objects.create(
        edition=make_edition(),
        association=association,
        name=association.name,
        unit_key="d1",
        measure="covered",
        delta=1,
        reason="founded",
    )


def make_correction(association: Association, user: Any) -> Correction:
    file = store(b"%PDF-1.4", name="更正.pdf", kind="correction", actor=None, now=timezone.now())
    made = Correction.objects.create(
        close=make_close(),
        number="湘社工〔2026〕1号",
        text="更正",
        file=file,
        recorded_by=user,
        recorded_label="省委社会工作部",
        recorded_at=timezone.now(),
    )
    CorrectionItem.objects.create(correction=made, association=association, name=association.name)
    return made


def make_units(personas: Personas) -> dict[str, Model]:
    """A committee below the persona's, another committee, one of a city, and two cities."""
    province = personas.province
    close = make_close()
    bodies: dict[str, dict[str, Any]] = {
        "tea": {"department": province.branch_committee},
        "trade": {"department": province.other_committee},
        "city_committee": {"department": make_committee(f"长沙市第{next(_serial)}综合党委", region=province.changsha)},
        "changsha": {"region": province.changsha},
        "zhuzhou": {"region": province.zhuzhou},
    }
    return {name: CloseUnit.objects.create(close=close, key=name, label=name, **body) for name, body in bodies.items()}


def of_closers(names: dict[str, set[str]]) -> dict[str, set[str]]:
    """Only committees, cities and the department take part in a close."""
    return {key: names[key] if role in CLOSERS else set() for key, (role, _node) in PERSONAS.items()}


UNIT_REACH = of_closers(
    {key: {"tea", "trade", "city_committee", "changsha", "zhuzhou"} for key in PERSONAS}
    | {
        "regional_office": {"changsha", "city_committee"},
        "other_regional_office": {"zhuzhou"},
        "county_office": set(),
        "party_committee": {"tea"},
        "other_committee": {"trade"},
    }
)


def _each(names: tuple[str, ...], make: Callable[[Association], Model]) -> Make:
    return lambda personas: {name: make(getattr(personas.province, name)) for name in names}


def _corrections(names: tuple[str, ...]) -> Callable[[Personas], dict[str, Any]]:
    def rows(personas: Personas) -> dict[str, Any]:
        user = personas.department_admin.user
        return {name: make_correction(getattr(personas.province, name), user) for name in names}

    return rows


def tables(register: tuple[str, ...], reach: dict[str, set[str]]) -> dict[str, tuple[Make, dict[str, set[str]]]]:
    """Of each model of the close: how its rows are made, and who reaches which of them."""
    corrections = _corrections(register)
    department = {key: {"one"} if role in DEPARTMENT else set() for key, (role, _node) in PERSONAS.items()}
    return {
        "partybuilding.Close": (lambda personas: {"one": make_close()}, of_closers({key: {"one"} for key in PERSONAS})),
        "partybuilding.CloseUnit": (make_units, UNIT_REACH),
        "partybuilding.CloseEdition": (lambda personas: {"one": make_edition()}, department),
        "partybuilding.UnitCall": (lambda personas: {"one": make_call()}, department),
        "partybuilding.CloseRow": (_each(register, make_row), of_closers(reach)),
        "partybuilding.CloseChange": (_each(register, make_change), of_closers(reach)),
        "partybuilding.Correction": (corrections, of_closers(reach)),
        "partybuilding.CorrectionItem": (
            lambda personas: {name: row.items.get() for name, row in corrections(personas).items()},
            of_closers(reach),
        ),
    }
