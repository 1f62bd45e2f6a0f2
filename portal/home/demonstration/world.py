"""What every part of the demonstration shares: the date, the dice, the places and how rows are written."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Model
from django.utils import timezone

from associations.registry.models import Association, Department
from partybuilding.organizations.models import PartyOrganization
from portal.regions.models import Region

HUNAN = "430000"
# The committee whose officer has a demonstration account.
DEMONSTRATION_COMMITTEE = "industry"
FOLDER = Path("fixtures") / "demonstration"
SEED = 20260301
T = TypeVar("T")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Scale:
    """How many associations are registered with the province, its cities and its counties; how many counties a city."""

    province_count: int
    city_count: int
    county_count: int
    counties_per_city: int

    @property
    def total(self) -> int:
        return self.province_count + self.city_count + self.county_count


# In the small province only the first county of each city takes part. The stress scale begins with 3,994 associations,
# to which six new registrations come, and has all of them twenty-five times.
SCALES = {
    "small": Scale(100, 140, 60, 1),
    "province": Scale(900, 1750, 1350, 99),
    "stress": Scale(900, 1750, 1344, 99),
}


@dataclass
class World:
    """The province under construction."""

    today: date
    scale: Scale
    dice: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311  invented data, nothing secret
    # Keys of people come from dice of their own, so that the others fall as ever.
    keys: Random = field(default_factory=lambda: Random(SEED + 1))  # noqa: S311
    regions: dict[str, Region] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    committees: dict[str, Department] = field(default_factory=dict)
    associations: list[Association] = field(default_factory=list)
    committee_of: dict[str, Department] = field(default_factory=dict)
    member_counts: dict[str, int | None] = field(default_factory=dict)
    organizations: list[PartyOrganization] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """Eight in the morning of the demonstration's date."""
        return timezone.make_aware(datetime.combine(self.today, time(8)))

    def at(self, day: date) -> datetime:
        """Nine in the morning of a day, but not after the demonstration's own moment."""
        return min(timezone.make_aware(datetime.combine(day, time(9))), self.now)

    @property
    def new_year(self) -> date:
        """1 January of the demonstration's year."""
        return date(self.today.year, 1, 1)

    def days_ago(self, first: int, last: int) -> date:
        """A day between `first` and `last` days before today."""
        return self.today - timedelta(days=self.dice.randint(first, last))

    def between(self, first: date, last: date) -> date:
        """A day between two days; the first when they are the wrong way round."""
        return first + timedelta(days=self.dice.randint(0, max(0, (last - first).days)))

    def chance(self, share: float) -> bool:
        """True in `share` of the cases."""
        return self.dice.random() < share

    def weighted(self, weights: dict[T, int]) -> T:
        """One of the keys, by weight."""
        return self.dice.choices(list(weights), weights=list(weights.values()))[0]

    def person_key(self) -> UUID:
        """The key of a person or a phone, the same in every load."""
        return UUID(int=self.keys.getrandbits(128), version=4)

    def cities(self) -> list[Region]:
        """The 14 prefectures of Hunan, by code."""
        return [region for region in self.regions.values() if region.level == "city"]

    def counties(self) -> list[Region]:
        """The counties that take part, by code."""
        found: list[Region] = []
        for city in self.cities():
            below = [region for region in self.regions.values() if region.parent_id == city.pk]
            found += below[: self.scale.counties_per_city]
        return found


def place_name(region: Region) -> str:
    """How a place stands in front of a name: 长沙市, 江华县, 湘西州."""
    if "自治" not in region.name:
        return region.name
    return region.short_name + region.name[-1]


def rows(name: str) -> list[dict[str, str]]:
    """One data file of the demonstration."""
    with (Path(settings.BASE_DIR) / FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def words() -> dict[str, list[str]]:
    """The invented words that names are made of, by list."""
    return {row["list"]: row["words"].split() for row in rows("words")}


def insert(model: type[M], made: Iterable[M]) -> list[M]:
    """Write rows past the services, keys first; the database's constraints hold nevertheless."""
    objects: Sequence[M] = list(made)
    # Not validated field by field: the generator's own test does that once for every row.
    manager: Any = model._default_manager
    return list(manager.bulk_create(objects, batch_size=500))
