"""Accuracies over clustered items, their difference, and the share of memorised items that such a difference stands for.

Items that share a wording or a world are right or wrong together, so the spread is taken between clusters and not between items
(Liang & Zeger 1986; Miller 2024, "Adding Error Bars to Evals"), and a cluster that two files have is the same cluster in both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unisandbox.evaluation.limits import NO_SPREAD, accuracy_limits

CONFIDENCE = 0.95
POWER = 0.8

Counts = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A figure and its interval of 95%."""

    value: float
    low: float
    high: float


class Mean(NamedTuple):
    """An accuracy with its interval; `pulls` says what each cluster adds to the error of `value`."""

    value: float
    low: float
    high: float
    pulls: Counts
    degrees_of_freedom: float


class Spread(NamedTuple):
    """A mean over strata with its clustered variance; `pulls` says what each cluster adds to the error of `value`."""

    value: float
    variance: float
    pulls: Counts
    degrees_of_freedom: float


def clustered_spread(totals: Counts, counted: Counts) -> Spread:
    """Return the mean of the means of strata, each with equal weight, of values of any kind.

    The variance is the bias-reduced one of a mean in strata, with its degrees of freedom (Bell & McCaffrey 2002), which are
    clusters - 1 where clusters are equally large.

    Args:
        totals: The sum of the values of each cluster (row) in each stratum (column).
        counted: How many they are, likewise; each stratum has values in two clusters or more.
    """
    items = counted.sum(axis=0)
    means = totals.sum(axis=0) / items
    weight = 1 / (items.size * items * np.sqrt(1 - counted / items))
    pulls = (weight * (totals - counted * means)).sum(axis=1)
    return Spread(float(means.mean()), float(pulls @ pulls), pulls, _degrees_of_freedom(weight, counted, items))


def clustered_mean(right: Counts, answered: Counts, samples: Counts | None = None) -> Mean:
    """Return the mean of the accuracies of strata, each with equal weight, with an interval that holds near 0 and 1 too.

    Variance and degrees of freedom are those of `clustered_spread`, the interval is that of `accuracy_limits`; where the answers
    show no spread between clusters, it is Wilson's (1927) for as many items as there are.

    Args:
        right: Right answers of each cluster (row) in each stratum (column); of items that are answered several times, the sum of
            the shares that are right.
        answered: Items answered, likewise; each stratum has answers in two clusters or more.
        samples: Independent answers in each stratum; None if each item is answered once.

    >>> half = clustered_mean(np.array([[0.0], [1.0]] * 50), np.ones((100, 1)))
    >>> round(half.low, 3), round(half.value, 3), round(half.high, 3), round(half.degrees_of_freedom)
    (0.402, 0.5, 0.598, 99)
    """
    found, items = clustered_spread(right, answered), answered.sum(axis=0)
    accuracy = right.sum(axis=0) / items
    sampling = float((accuracy * (1 - accuracy) / (items if samples is None else samples)).sum()) / items.size**2
    enough = float(items.size**2 / (1 / items).sum())
    low, high = accuracy_limits(found.value, found.variance, sampling, enough, t_quantile(found.degrees_of_freedom))
    pulls = found.pulls if found.variance > NO_SPREAD else np.zeros_like(found.pulls)
    return Mean(found.value, low, high, pulls, found.degrees_of_freedom)


def standard_error(public: Mean, fresh: Mean) -> float | None:
    """Return the clustered standard error of the difference; None where the answers show no spread."""
    pulls = public.pulls - fresh.pulls
    return math.sqrt(pulls @ pulls) or None


def difference(public: Mean, fresh: Mean) -> Estimate:
    """Return public - fresh, with limits from the two intervals (Newcombe 1998; Zou & Donner 2008)."""
    value, alike = public.value - fresh.value, _correlation(public, fresh)
    below = _joined(public.value - public.low, fresh.high - fresh.value, alike)
    above = _joined(public.high - public.value, fresh.value - fresh.low, alike)
    return Estimate(value, max(value - below, -1.0), min(value + above, 1.0))


def memorised_share(public: Mean, fresh: Mean) -> Estimate:
    """Return the share q of public items that are always right if the rest are answered as the fresh ones: (p - f) / (1 - f).

    1 - q is the ratio of the two error rates; its limits come from the two intervals (Donner & Zou 2012), so they leave 0 out
    exactly where those of `difference` do. All is clipped to 0 … 1. The fresh accuracy is below 1.

    >>> none = clustered_mean(np.array([[0.0], [1.0]] * 50), np.ones((100, 1)))
    >>> memorised_share(none, none).value
    0.0
    """
    wrong, of = 1 - public.value, 1 - fresh.value
    alike = _correlation(public, fresh)
    least = _ratio_limits(wrong, of, public.high - public.value, fresh.value - fresh.low, alike)[0]
    most = _ratio_limits(wrong, of, public.value - public.low, fresh.high - fresh.value, alike)[1]
    return Estimate(*(min(max(1 - ratio, 0.0), 1.0) for ratio in (wrong / of, most, least)))


def smallest_share_seen(public: Mean, fresh: Mean) -> float | None:
    """Return the share of memorised items that a comparison as precise as this one shows in 80% of cases; None if above 1."""
    found = difference(public, fresh)
    degrees = min(public.degrees_of_freedom, fresh.degrees_of_freedom)
    more = 1 + t_quantile(degrees, POWER) / t_quantile(degrees)
    share = (found.value - found.low) * more / (1 - fresh.value)
    return share if share <= 1 else None


def _degrees_of_freedom(weight: Counts, answered: Counts, items: Counts) -> float:
    """Return Satterthwaite's degrees of freedom of the variance, for answers that are independent (Bell & McCaffrey 2002)."""
    own = (answered * weight**2).sum(axis=1)
    across = answered * weight / np.sqrt(items)
    trace = own.sum() - (across**2).sum()
    squared = own @ own - 2 * own @ (across**2).sum(axis=1) + ((across.T @ across) ** 2).sum()
    return float(trace**2 / squared)


def t_quantile(degrees: float, probability: float = 0.5 + CONFIDENCE / 2) -> float:
    """Return the quantile of Student's t.

    >>> round(t_quantile(23), 3)
    2.069
    """
    from scipy.special import stdtrit  # what scipy.stats.t.ppf calls, without the second that its import takes

    return float(stdtrit(degrees, probability))


def _correlation(public: Mean, fresh: Mean) -> float:
    """Return how far the errors of the two means go together: through the clusters that both files have."""
    both = math.sqrt((public.pulls @ public.pulls) * (fresh.pulls @ fresh.pulls))
    return float(np.clip(public.pulls @ fresh.pulls / both, -1, 1)) if both else 0.0


def _joined(first: float, second: float, alike: float) -> float:
    return math.sqrt(max(first**2 + second**2 - 2 * alike * first * second, 0.0))


def _ratio_limits(above: float, below: float, error_above: float, error_below: float, alike: float) -> tuple[float, float]:
    """Return where above - ratio * below meets its own joint error: the two ratios, of which each error serves one."""
    squared, mixed = below**2 - error_below**2, above * below - alike * error_above * error_below
    constant = above**2 - error_above**2
    root = math.sqrt(max(mixed**2 - squared * constant, 0.0))
    smaller = constant / (mixed + root) if mixed + root > 0 else 0.0
    return max(smaller, 0.0), (mixed + root) / squared if squared > 0 else math.inf
