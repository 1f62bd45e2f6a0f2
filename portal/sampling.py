"""Draws that anybody can repeat, and shares that add up (R-143, R-115a). Pure.

A draw follows from its seed and its population alone. The seed is the keyed hash of the batch's number: nobody can know
it before the batch is named, and nobody can choose it.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import TypeVar

K = TypeVar("K")


def seed_of(batch: str, *, key: bytes) -> str:
    """The seed of a batch: HMAC-SHA256 of its number under a key of the installation."""
    return hmac.new(key, batch.encode(), hashlib.sha256).hexdigest()


def share_count(number: int, share: Decimal) -> int:
    """How many a share of a number is, rounded up: 5 % of 149 are 8."""
    return int((share * number).to_integral_value(rounding=ROUND_CEILING))


def draw(keys: Iterable[int], *, seed: str, count: int) -> list[int]:
    """`count` of the keys without replacement, in the order of sha256("seed:key"); all of them when there are fewer."""
    order = sorted(set(keys), key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).digest())
    return order[:count]


def apportion(total: int, weights: Mapping[K, int]) -> dict[K, int]:
    """`total` split by weight so that the parts add up: whole parts first, the rest by the largest remainders.

    Of equal remainders the larger weight comes first, then the order given. Nothing is split over no weight.
    """
    whole = sum(weights.values())
    if whole == 0:
        return dict.fromkeys(weights, 0)
    parts = {key: total * weight // whole for key, weight in weights.items()}
    order = sorted(weights, key=lambda key: (-(total * weights[key] % whole), -weights[key]))
    for key in order[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def draw_by_stratum(strata: Mapping[str, Iterable[int]], *, seed: str, count: int) -> dict[str, list[int]]:
    """`count` of all keys, each stratum with its share (largest remainders); a stratum is named in its own order."""
    keys = {name: sorted(set(strata[name])) for name in sorted(strata)}
    count = min(count, sum(map(len, keys.values())))
    parts = apportion(count, {name: len(members) for name, members in keys.items()})
    return {name: draw(members, seed=seed, count=parts[name]) for name, members in keys.items()}
