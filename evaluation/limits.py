"""Limits of 95% for accuracies and for their paired differences, from a value and its clustered variance.

Both are found by asking which true values the figure does not speak against, with the variance that each of them would have; so
they hold near 0 and 1 too, where value ± t · standard error does not. Shares of simulated intervals that hold the truth stand
in `tests/unit/evaluation/test_coverage.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

HALVINGS = 50  # of a distance of at most 2, so to 1e-15
NO_SPREAD = 1e-18  # a variance of rounding errors alone

Limits = tuple[float, float]


def wilson(value: float, items: float, quantile: float) -> Limits:
    """Return the limits of a share of independent items (Wilson 1927; Brown, Cai & DasGupta 2001, equation 4).

    Args:
        value: The share, 0 … 1.
        items: How many; not necessarily a whole number.
        quantile: Of Student's t or of the normal distribution, e.g. 1.96.

    >>> tuple(round(limit, 4) for limit in wilson(0.0, 10, 1.96))
    (0.0, 0.2775)
    """
    spread = quantile**2 / items
    middle = (value + spread / 2) / (1 + spread)
    half = math.sqrt(spread * value * (1 - value) + spread**2 / 4) / (1 + spread)
    return min(max(middle - half, 0.0), value), max(min(middle + half, 1.0), value)


def accuracy_limits(value: float, variance: float, sampling: float, items: float, quantile: float) -> Limits:
    """Return the limits of an accuracy over clusters.

    They are Wilson's for as many items as would have that variance (Korn & Graubard 1998), but for the part of the variance
    that is more than `sampling`: where a true accuracy nearer to 1/2 is asked about, that part grows as (p (1 - p)) to the
    power 3/2, and not as p (1 - p). Clusters that differ in difficulty differ more in accuracy there, and without it limits of
    few and unlike clusters are too short; 3/2 lies between no such growth and that of clusters a constant apart in log odds.
    Where `variance` is 0 they are Wilson's for `items`.

    Args:
        value: The accuracy, 0 … 1.
        variance: Of the value, clustered.
        sampling: The variance that independent answers to equally hard items would have.
        items: How many there are.
        quantile: Of Student's t.

    >>> tuple(round(limit, 3) for limit in accuracy_limits(0.2, 0.0016, 0.0016, 100, 1.984))
    (0.133, 0.29)
    >>> tuple(round(limit, 3) for limit in accuracy_limits(0.2, 0.0064, 0.0016, 100, 1.984))
    (0.088, 0.411)
    """
    spread = variance_at(value, variance, sampling, items)
    low = edge(lambda true: (value - true) ** 2 <= quantile**2 * spread(true), value, 0.0)
    high = edge(lambda true: (value - true) ** 2 <= quantile**2 * spread(true), value, 1.0)
    return low, high


def variance_at(value: float, variance: float, sampling: float, items: float) -> Callable[[float], float]:
    """Return the function that says which variance an accuracy found to be `value` has if the true one is another.

    The arguments are those of `accuracy_limits`.
    """
    here = value * (1 - value)
    if variance <= NO_SPREAD or here <= 0:
        return lambda true: true * (1 - true) / items
    between = max(variance - sampling, 0.0)
    within = variance - between

    def spread(true: float) -> float:
        ratio = true * (1 - true) / here
        return ratio * (within + between * math.sqrt(max(ratio, 1.0)))

    return spread


def difference_limits(value: float, discordant: float, variance: float, items: float, quantile: float) -> Limits:
    """Return the limits of a paired difference of two accuracies, each item in both.

    They are those of the score test of Tango (1998, equations 3 and 4) for as many pairs as would have that variance, as Korn &
    Graubard (1998) do for one accuracy; where `variance` is 0, for `items` pairs.

    Args:
        value: The mean difference of the items, -1 … 1.
        discordant: The mean size of the items' differences, |value| … 1.
        variance: Of the value, clustered.
        items: How many there are.
        quantile: Of Student's t.

    >>> tuple(round(limit, 3) for limit in difference_limits(0.0, 0.0, 0.0, 100, 1.984))
    (-0.038, 0.038)
    """
    own = discordant - value**2
    pairs = own / variance if variance > NO_SPREAD and own > NO_SPREAD else items
    more, fewer = (discordant + value) / 2, (discordant - value) / 2

    def inside(true: float) -> bool:
        shift = true - more - fewer - true * (more - fewer) + true
        fewest = (math.sqrt(max(shift**2 + 8 * fewer * true * (1 - true), 0.0)) - shift) / 4
        return pairs * (value - true) ** 2 <= quantile**2 * max(2 * fewest + true * (1 - true), 0.0)

    return edge(inside, value, -1.0), edge(inside, value, 1.0)


def edge(inside: Callable[[float], bool], start: float, end: float) -> float:
    """Return where, on the way from `start`, which is inside, to `end`, a value is inside no more; `end` if it is inside too."""
    if inside(end):
        return end
    for _ in range(HALVINGS):
        middle = (start + end) / 2
        if inside(middle):
            start = middle
        else:
            end = middle
    return start
