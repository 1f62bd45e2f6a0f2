"""Invented names of associations: an industry, a kind and a place; no two alike."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from portal.home.demonstration.world import World, place_name, rows, words
from portal.regions.models import Region

SUFFIXES = {"行业协会": 30, "协会": 30, "商会": 20, "联合会": 6, "促进会": 8, "同业公会": 4}


@dataclass(frozen=True, slots=True)
class Industry:
    """An industry with who looks after it."""

    name: str
    category: str
    regulator: str
    committee: str
    is_local: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A name, what it is, and its industry if it has one."""

    name: str
    short_name: str
    kind: str
    is_industry: bool
    industry: Industry | None


class Namer:
    """Draws names that have not been used."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.used: set[str] = set()
        self.words = words()
        # How often each place drew each industry.
        self.drawn: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.industries = [
            Industry(name, row["category"], row["regulator"], row["committee"], row["is_local"] == "1")
            for row in rows("industries")
            for name in row["names"].split()
        ]

    def draw(self, place: Region) -> Draft:
        """A new name for an organisation of the place; most are industry associations."""
        makers = {self._industry: 76, self._chamber: 6, self._group: 6, self._institution: 9, self._foundation: 3}
        while True:
            maker = self.world.weighted(makers)
            draft = maker(place)
            if draft.name not in self.used:
                self.used.add(draft.name)
                return draft

    def _word(self, list_name: str) -> str:
        return self.world.dice.choice(self.words[list_name])

    def _industry(self, region: Region) -> Draft:
        """An industry that the place has fewest of; a county has none that only a province or city has."""
        place = place_name(region)
        possible = [one for one in self.industries if one.is_local or region.level != "county"]
        drawn = self.drawn[region.code]
        fewest = min(drawn[one.name] for one in possible)
        industry = self.world.dice.choice([one for one in possible if drawn[one.name] == fewest])
        drawn[industry.name] += 1
        suffix = self.world.weighted(SUFFIXES)
        if industry.name.endswith("业") and suffix.startswith("行业"):
            suffix = "协会"
        if industry.category == "综合商会":
            suffix = self.world.dice.choice(["商会", "联合会"])
        return Draft(f"{place}{industry.name}{suffix}", f"{industry.name}{suffix}", "social_group", True, industry)

    def _chamber(self, region: Region) -> Draft:
        """异地商会: a chamber of people from elsewhere."""
        home = self._word("homes")
        industry = Industry(home, "综合商会", "gsl", "chambers")
        return Draft(f"{place_name(region)}{home}商会", f"{home}商会", "social_group", True, industry)

    def _group(self, region: Region) -> Draft:
        word = self._word("groups")
        return Draft(f"{place_name(region)}{word}", "", "social_group", False, None)

    def _institution(self, region: Region) -> Draft:
        word, what = self._word("names"), self._word("institutions")
        return Draft(f"{place_name(region)}{word}{what}", f"{word}{what}", "service_institution", False, None)

    def _foundation(self, region: Region) -> Draft:
        word, what = self._word("names"), self._word("foundations")
        return Draft(f"{place_name(region)}{word}{what}", f"{word}{what}", "foundation", False, None)
