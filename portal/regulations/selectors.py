"""Reading dated parameters (R-000)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Q

from portal.regions.models import Region
from portal.regulations.models import Parameter
from portal.regulations.rules import ConfigurationError

Value = str | int | Decimal | bool


def value(code: str, *, on: date, region: Region | None = None) -> Value:
    """The value of `code` in force on `on` in `region`: county before city before province before the nation (R-000).

    Raises ConfigurationError when there is no value, or two of equal standing: a rule never falls back silently.
    """
    return values([code], on=on, region=region)[code]


def values(codes: Iterable[str], *, on: date, region: Region | None = None) -> dict[str, Value]:
    """Several codes at once, with one query; the same rule and the same errors as `value`."""
    wanted = list(codes)
    places = [] if region is None else region.path_codes
    rows = (
        Parameter.objects.filter(code__in=wanted)
        .filter(Q(region__isnull=True) | Q(region__code__in=places))
        .filter(Q(starts_on__isnull=True) | Q(starts_on__lte=on))
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
        .select_related("region")
    )
    candidates: dict[str, list[Parameter]] = {code: [] for code in wanted}
    for row in rows:
        candidates[row.code].append(row)
    return {code: _most_specific(code, candidates[code], on=on, region=region).value for code in wanted}


def values_under(prefix: str, *, on: date) -> dict[str, Value]:
    """Every nationwide value in force on `on` whose code is `prefix` or begins with it and a dot."""
    rows = (
        Parameter.objects.filter(Q(code=prefix) | Q(code__startswith=f"{prefix}."), region__isnull=True)
        .filter(Q(starts_on__isnull=True) | Q(starts_on__lte=on))
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    )
    found: dict[str, list[Parameter]] = {}
    for row in rows:
        found.setdefault(row.code, []).append(row)
    return {code: _most_specific(code, rows, on=on, region=None).value for code, rows in found.items()}


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
