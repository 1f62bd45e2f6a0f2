"""References by name: what a resource says about the rows a name may mean, and how near two names are. Pure."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from portal.access.actor import Actor
from portal.importing.normalise import name_key

LIKE = 0.6
# All characters of a short form stand in the full name in their order: 省工信厅, 湖南省工业和信息化厅.
SHORT_FORM = 0.9


@dataclass(frozen=True)
class Suggestion:
    """A row that a name may mean."""

    pk: int
    label: str


class ReferenceDomain(Protocol):
    """The rows that a column refers to; each wing says it for its own tables."""

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str: ...

    def suggest(self, text: str, actor: Actor, limit: int) -> list[Suggestion]:
        """Rows inside the actor's reach that ``text`` may mean, likeliest first."""

    def names(self, actor: Actor, limit: int) -> list[str]:
        """The names of the rows inside the actor's reach that exist today, for the lists of a template."""

    def find(self, text: str, actor: Actor) -> list[Suggestion]:
        """Rows inside the actor's reach that are called exactly ``text``."""


def likeness(text: str, name: str) -> float:
    """How near two comparable names are, 0 to 1."""
    if not text or not name:
        return 0.0
    ratio = difflib.SequenceMatcher(None, name, text, autojunk=False).ratio()
    if len(text) >= 2 and _in_order(text, name):
        return max(ratio, SHORT_FORM + 0.1 * len(text) / len(name))
    return ratio


def _in_order(short: str, name: str) -> bool:
    characters = iter(name)
    return all(character in characters for character in short)


def nearest(text: str, keys: Iterable[str], limit: int) -> list[str]:
    """The keys nearest to the name ``text``, nearest first; none that is clearly another name."""
    wanted = name_key(text)
    letters = set(wanted)
    ranked = [
        (-likeness(wanted, key), key)
        for key in keys
        # Names that share less than half of their characters are not compared letter by letter.
        if 2 * len(letters & set(key)) >= len(letters)
    ]
    return [key for score, key in sorted(ranked) if score <= -LIKE][:limit]
