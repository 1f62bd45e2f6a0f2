"""R-081 as a table: what is concluded from two registers, and whom to warn of."""

from datetime import date

import pytest

from partybuilding.posts.enums import CrossState
from partybuilding.posts.rules import Overlap, attended_since, cross_state, is_apart
from partybuilding.posts.views import rates


@pytest.mark.parametrize(
    ("overlap", "state"),
    [
        (Overlap(True, True, 1, ["president"]), CrossState.STRICT),
        (Overlap(True, True, 1, ["director", "chief_supervisor"]), CrossState.STRICT),
        (Overlap(True, True, 1, ["director"]), CrossState.CROSSED),
        (Overlap(True, True, 2, []), CrossState.CROSSED),
        (Overlap(True, True, 0, []), CrossState.NONE),
        (Overlap(False, True, 0, []), CrossState.UNKNOWN),
        (Overlap(True, False, 0, []), CrossState.UNKNOWN),
    ],
)
def test_states(overlap: Overlap, state: CrossState) -> None:
    assert cross_state(overlap) == state


def test_worked_example_of_the_rate() -> None:
    """60 of 80 → 75.0 %; what is not registered is in the denominator all the same."""
    wide, strict = rates({CrossState.STRICT: 20, CrossState.CROSSED: 40, CrossState.NONE: 15, CrossState.UNKNOWN: 5})
    assert (wide.display(), strict.display()) == ("75.0%", "25.0%")


def test_who_is_to_be_warned_of() -> None:
    assert is_apart(has_secretary=True, secretary_holds_post=False, has_attended=False)
    assert not is_apart(has_secretary=True, secretary_holds_post=True, has_attended=False)
    assert not is_apart(has_secretary=True, secretary_holds_post=False, has_attended=True)
    assert not is_apart(has_secretary=False, secretary_holds_post=False, has_attended=False)
    assert attended_since(date(2026, 8, 31), 6) == date(2026, 2, 28)
