"""What stands on a home page: a line of work, a figure with its link, a block of lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.regulations.rules import Rate


@dataclass(frozen=True)
class Work:
    """Something that waits for the person: what, about whom, and by when (none: no date)."""

    label: str
    url: str
    due_on: Any = None
    note: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Figure:
    """A count or a rate; the link leads to the list that has exactly that many rows."""

    label: str
    url: str
    count: int | None = None
    rate: Rate | None = None
    unit: str = ""
    note: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class Block:
    """A headed part of the page. `more` leads to all of it; a block without lines and figures is not shown."""

    title: str
    works: Sequence[Work] = field(default_factory=tuple)
    figures: Sequence[Figure] = field(default_factory=tuple)
    more: tuple[str, str] | None = None
    empty: str = ""

    @property
    def is_shown(self) -> bool:
        return bool(self.works or self.figures or self.empty)
