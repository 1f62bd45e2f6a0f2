"""Reading dated parameters (R-000)."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import DateField, Q, QuerySet

from portal.access.statements import Statement
from portal.regions.models import Region
from portal.regulations.models import Parameter
from portal.regulations.rules import ConfigurationError

Value = str | int | Decimal | bool
_read_at_once: ContextVar[tuple[date, list[Parameter]] | None] = ContextVar("portal_parameters", default=None)


@contextmanager
def read_at_once(on: date) -> Iterator[None]:
    """Inside the block every value of the day comes from one query, whoever asks: for a page that asks many rooms."""
    token = _read_at_once.set((on, _ALL_IN_FORCE(on=on)))
    try:
        yield
    finally:
        _read_at_once.reset(token)


_ALL_IN_FORCE = Statement(
    lambda on: _in_force(on).only("code", "kind", "text", "region__code", "region__path"), on=DateField()
)


def _in_force(on: date) -> QuerySet[Parameter]:
    return (
        Parameter.objects.filter(Q(starts_on__isnull=True) | Q(starts_on__lte=on))
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
        .select_related("region")
    )


def _known(on: date) -> list[Parameter] | None:
    held = _read_at_once.get()
    return held[1] if held is not None and held[0] == on else None


def value(code: str, *, on: date, region: Region | None = None) -> Value:
    """The value of `code` in force on `on` in `region`: county before city before province before the nation (R-000).

    Raises ConfigurationError when there is no value, or two of equal standing: a rule never falls back silently.
    """
    return values([code], on=on, region=region)[code]


def values(codes: Iterable[str], *, on: date, region: Region | None = None) -> dict[str, Value]:
    """Several codes at once, with one query; the same rule and the same errors as `value`."""
    wanted = list(codes)
    places = [] if region is None else region.path_codes
    rows: Iterable[Parameter] | None = _known(on)
    if rows is None:
        rows = _in_force(on).filter(code__in=wanted).filter(Q(region__isnull=True) | Q(region__code__in=places))
    else:
        rows = [row for row in rows if row.code in wanted and (row.region is None or row.region.code in places)]
    candidates: dict[str, list[Parameter]] = {code: [] for code in wanted}
    for row in rows:
        candidates[row.code].append(row)
    return {code: _most_specific(code, candidates[code], on=on, region=region).value for code in wanted}


def values_on(codes: Iterable[str], days: Sequence[date]) -> list[dict[str, Any]]:
    """The codes' values on each of several days, for the nation, with one query; the same errors as `value`."""
    wanted = list(codes)
    if len(days) == 1:
        return [values(wanted, on=days[0])]
    rows = Parameter.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=max(days)), Q(ends_on=None) | Q(ends_on__gte=min(days))
    )
    known = list(rows.filter(code__in=wanted, region=None).select_related("region"))
    return [
        {
            code: _most_specific(
                code, [row for row in known if row.code == code and _holds(row, day)], on=day, region=None
            ).value
            for code in wanted
        }
        for day in days
    ]


def _holds(row: Parameter, day: date) -> bool:
    return (row.starts_on is None or row.starts_on <= day) and (row.ends_on is None or day <= row.ends_on)


def values_under(prefix: str, *, on: date, region: Region | None = None) -> dict[str, Value]:
    """Every value in force on `on` whose code is `prefix` or begins with it and a dot: the nation's, or a place's."""
    places = [] if region is None else region.path_codes
    rows: Iterable[Parameter] | None = _known(on)
    if rows is None:
        here = Q(region__isnull=True) | Q(region__code__in=places)
        rows = _in_force(on).filter(Q(code=prefix) | Q(code__startswith=f"{prefix}."), here)
    else:
        begins = (row for row in rows if row.code == prefix or row.code.startswith(f"{prefix}."))
        rows = [row for row in begins if row.region is None or row.region.code in places]
    found: dict[str, list[Parameter]] = {}
    for row in rows:
        found.setdefault(row.code, []).append(row)
    return {code: _most_specific(code, several, on=on, region=region).value for code, several in found.items()}


def _most_specific(code: str, rows: list[Parameter], *, on: date, region: Region | None) -> Parameter:
    place = "全国" if region is None else region.name
    if not rows:
        raise ConfigurationError(
            f"规则参数 {code} 在{on.isoformat()}、{place}没有取值，无法计算。",
            "请由系统管理员录入该参数及其依据后再试。",
        )
    depth = max(_depth(row) for row in rows)
    deepest = [row for row in rows if _depth(row) == depth]
    if len(deepest) > 1:
        raise ConfigurationError(
            f"规则参数 {code} 在{on.isoformat()}、{place}有{len(deepest)}个取值，无法确定。",
            "请由系统管理员修正其起止日期后再试。",
        )
    return deepest[0]


def _depth(row: Parameter) -> int:
    return 0 if row.region is None else len(row.region.path_codes)
