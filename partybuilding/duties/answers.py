"""What the records say to an item of a yearly check. Subjects of the wing fill this registry in `apps.py`, by the code
that the list's item names; the answer stands beside the item, the bearer still says itself how far it is."""

from collections.abc import Callable, Collection, Iterable

Answerer = Callable[[Collection[int], int], dict[int, str]]
_answerers: dict[str, Answerer] = {}


def provide(code: str, answerer: Answerer) -> None:
    """`answerer(organisation keys, year)` gives a sentence for each it knows something of."""
    if _answerers.setdefault(code, answerer) is not answerer:
        raise ValueError(f"the item {code!r} has an answerer already")


def answers(codes: Iterable[str], organization: int, year: int) -> dict[str, str]:
    """Code → sentence, for one organisation."""
    found = {
        code: _answerers[code]([organization], year).get(organization, "") for code in set(codes) & set(_answerers)
    }
    return {code: text for code, text in found.items() if text}
