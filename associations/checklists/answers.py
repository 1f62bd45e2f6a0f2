"""Who answers a step out of the records. Wings fill this registry in `apps.py`, by the code that a template's step
names."""

from collections.abc import Callable, Collection, Iterable
from datetime import date

from associations.checklists.rules import Answer

Answerer = Callable[[Collection[int], date], dict[int, Answer]]
_answerers: dict[str, Answerer] = {}


def provide(code: str, answerer: Answerer) -> None:
    """`answerer(association keys, day)` gives an answer for those whose step is done by then."""
    if _answerers.setdefault(code, answerer) is not answerer:
        raise ValueError(f"the step {code!r} has an answerer already")


def answers(codes: Iterable[str], associations: Collection[int], day: date) -> dict[tuple[str, int], Answer]:
    """(code, association) → answer; each code asks once for all. A code that nobody answers is left to people."""
    found: dict[tuple[str, int], Answer] = {}
    for code in sorted({code for code in codes if code in _answerers}):
        found.update({(code, pk): answer for pk, answer in _answerers[code](associations, day).items()})
    return found
