"""Invented names of associations: an industry, a kind and a place; no two alike."""

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
        self.industries = [
            Industry(name, row["category"], row["regulator"], row["committee"])
            for row in rows("industries")
            for name in row["names"].split()
        ]

    def draw(self, place: Region) -> Draft:
        """A new name for an organisation of the place; most are industry associations."""
        makers = {self._industry: 76, self._chamber: 6, self._group: 6, self._institution: 9, self._foundation: 3}
        while True:
            draft = self.world.weighted(makers)(place_name(place))
            if draft.name not in self.used:
                self.used.add(draft.name)
                return draft

    def _word(self, list_name: str) -> str:
        return self.world.dice.choice(self.words[list_name])

    def _industry(self, place: str) -> Draft:
        industry = self.world.dice.choice(self.industries)
        suffix = self.world.weighted(SUFFIXES)
        if industry.name.endswith("业") and suffix.startswith("行业"):
            suffix = "协会"
        if industry.category == "综合商会":
            suffix = self.world.dice.choice(["商会", "联合会"])
        return Draft(f"{place}{industry.name}{suffix}", f"{industry.name}{suffix}", "social_group", True, industry)

    def _chamber(self, place: str) -> Draft:
        """异地商会: a chamber of people from elsewhere."""
        home = self._word("homes")
        industry = Industry(home, "综合商会", "gsl", "chambers")
        return Draft(f"{place}{home}商会", f"{home}商会", "social_group", True, industry)

    def _group(self, place: str) -> Draft:
        word = self._word("groups")
        return Draft(f"{place}{word}", "", "social_group", False, None)

    def _institution(self, place: str) -> Draft:
        word, what = self._word("names"), self._word("institutions")
        return Draft(f"{place}{word}{what}", f"{word}{what}", "service_institution", False, None)

    def _foundation(self, place: str) -> Draft:
        word, what = self._word("names"), self._word("foundations")
        return Draft(f"{place}{word}{what}", f"{word}{what}", "foundation", False, None)
