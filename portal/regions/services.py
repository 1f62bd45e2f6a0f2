"""Writing the region tree."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from portal.regions.models import Region

FIELDS = ["name", "short_name", "level", "parent", "path", "source", "starts_on", "ends_on"]


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One line of the reference data; `parent` is a code, empty for a province."""

    code: str
    name: str
    short_name: str
    level: str
    parent: str
    source: str
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class LoadResult:
    """How many rows a load added, changed and found as they were."""

    new_count: int
    changed_count: int
    same_count: int


@transaction.atomic
def load_regions(rows: list[RegionRow]) -> LoadResult:
    """Bring the tree in line with `rows`, by code. A region that the rows lack is left alone: others refer to it.

    Raises ValueError when a parent is neither among the rows nor in the tree.
    """
    known = {region.code: region for region in Region.objects.all()}
    before = {code: _values(region) for code, region in known.items()}
    new: list[Region] = []
    changed: list[Region] = []
    for level in _by_depth(rows, set(known)):
        fresh: list[Region] = []
        for row in level:
            parent = known[row.parent] if row.parent else None
            region = known.get(row.code) or Region(code=row.code)
            region.name, region.short_name, region.level, region.source = (
                row.name,
                row.short_name,
                row.level,
                row.source,
            )
            region.starts_on, region.ends_on = row.starts_on, row.ends_on
            region.parent = parent
            region.path = f"{parent.path if parent else '/'}{row.code}/"
            if row.code not in known:
                known[row.code] = region
                fresh.append(region)
            elif _values(region) != before[row.code]:
                changed.append(region)
        Region.objects.bulk_create(fresh, batch_size=500)
        new += fresh
    Region.objects.bulk_update(changed, FIELDS, batch_size=200)
    return LoadResult(len(new), len(changed), len(rows) - len(new) - len(changed))


def _values(region: Region) -> tuple[object, ...]:
    return (*(getattr(region, field) for field in FIELDS if field != "parent"), region.parent_id)


def _by_depth(rows: list[RegionRow], known: set[str]) -> list[list[RegionRow]]:
    """The rows grouped so that every parent stands in an earlier group, or is in the tree and not among the rows."""
    waiting = {row.code: row for row in rows}
    groups: list[list[RegionRow]] = []
    while waiting:
        group = [row for row in waiting.values() if row.parent not in waiting]
        missing = sorted({row.parent for row in group} - known - {""})
        if missing or not group:
            raise ValueError(f"区划数据中找不到上级区划：{'、'.join(missing or waiting)}。请先补上级区划。")
        known |= {row.code for row in group}
        for row in group:
            del waiting[row.code]
        groups.append(group)
    return groups
