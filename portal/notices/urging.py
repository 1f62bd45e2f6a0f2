"""催报: who is behind, by the body that is to urge them, with words that can be passed on. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


def urging_text(day: date, opening: str, lines: Sequence[str], *, addressee: str = "", closing: str = "") -> str:
    """The words: to whom, by which day, what is missing, who, whom to ask. No telephone number of anybody in it."""
    head = f"{addressee}：\n" if addressee else ""
    names = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))
    tail = f"\n{closing}" if closing else ""
    return f"{head}截至{day.year}年{day.month}月{day.day}日，{opening}：\n{names}{tail}"


@dataclass(frozen=True, slots=True)
class Called:
    """Those of one body who are behind, a line each, and the words to pass on."""

    label: str
    lines: Sequence[str]
    text: str
