"""Draws that anybody can repeat, and shares that add up (R-143, R-115a)."""

from decimal import Decimal

import pytest

from portal.sampling import apportion, draw, draw_by_stratum, seed_of, share_count

SEED = seed_of("2026-01", key=b"secret")


def test_five_percent_of_149_are_eight() -> None:
    """R-143."""
    assert share_count(149, Decimal("0.05")) == 8
    assert share_count(0, Decimal("0.05")) == 0
    assert share_count(160, Decimal("0.05")) == 8


def test_a_draw_repeats_itself_and_another_batch_draws_otherwise() -> None:
    drawn = draw(range(149), seed=SEED, count=8)
    assert (len(set(drawn)), draw(reversed(range(149)), seed=SEED, count=8)) == (8, drawn)
    assert draw(range(149), seed=seed_of("2026-02", key=b"secret"), count=8) != drawn
    assert draw(range(149), seed=seed_of("2026-01", key=b"other"), count=8) != drawn
    assert sorted(draw(range(3), seed=SEED, count=8)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (10, {"a": 120, "b": 80, "c": 50}, {"a": 5, "b": 3, "c": 2}),
        (1, {"a": 1, "b": 1}, {"a": 1, "b": 0}),
        (1, {"a": 1, "b": 3}, {"a": 0, "b": 1}),
        (4, {}, {}),
        (4, {"a": 0}, {"a": 0}),
    ],
)
def test_shares_add_up(total: int, weights: dict[str, int], parts: dict[str, int]) -> None:
    """R-115a: 10 over 120/80/50 → 5/3/2."""
    assert apportion(total, weights) == parts


def test_every_stratum_has_its_share() -> None:
    strata = {"甲": range(100), "乙": range(100, 140), "丙": range(140, 149)}
    drawn = draw_by_stratum(strata, seed=SEED, count=8)
    assert {name: len(keys) for name, keys in drawn.items()} == {"丙": 1, "乙": 2, "甲": 5}
    assert all(set(keys) <= set(strata[name]) for name, keys in drawn.items())
    everything = draw_by_stratum(strata, seed=SEED, count=500)
    assert sum(map(len, everything.values())) == 149
