"""Accuracy of clustered items with its interval, its bounds, group scores and what is left of a score beyond chance.

A figure of nothing is refused, never 0 (`NothingJudgedError`); a figure without an interval says why in its notes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.clustered import Counts, Mean, clustered_mean, t_quantile
from unisandbox.evaluation.limits import wilson
from unisandbox.evaluation.scores import ONE_CLUSTER, NothingJudgedError, Scores, few_clusters, nothing, table

NORMAL = math.inf  # degrees of freedom of the normal distribution
CLUSTER_T = "cluster-t"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its interval of 95%.

    Attributes:
        value: The figure.
        low, high: The interval; None where there is none, for a reason that `notes` give.
        items: How many items were asked about.
        judged: How many of them count.
        clusters: Of those that count.
        method: How the interval was made.
        standard_error, degrees_of_freedom: Of the value, clustered; None where the items show no spread.
        notes: What a reader has to know beside the figure.
    """

    value: float
    low: float | None
    high: float | None
    items: int
    judged: int
    clusters: int
    method: str
    standard_error: float | None = None
    degrees_of_freedom: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def half_width(self) -> float | None:
        """Half the length of the interval, for `--until-halfwidth`; None where there is no interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


def wilson_interval(right: int, items: int) -> Figure:
    """Return the share of independent items that are right, with the interval of Wilson (1927).

    Raises:
        NothingJudgedError: There are no items.
        DataError: Counts that no items have.

    >>> one = wilson_interval(81, 263)  # Newcombe 1998, Statistics in Medicine 17:857, table I: 0.2553 to 0.3662
    >>> round(one.low, 4), round(one.value, 4), round(one.high, 4)
    (0.2553, 0.308, 0.3662)
    """
    if items == 0:
        raise NothingJudgedError(Violation("share", "no items", "1 or more", "show the figure as absent"))
    if not 0 <= right <= items:
        raise DataError(Violation("share", f"{right} of {items} right", f"0 to {items}", "count again"))
    low, high = wilson(right / items, items, t_quantile(NORMAL))
    return Figure(right / items, low, high, items, items, items, "wilson")


def accuracy(one: Scores) -> Figure:
    """Return the accuracy over judged items, strata weighing the same, with an interval that takes clusters for the unit.

    The interval is that of `clustered_mean`: bias-reduced variance and Satterthwaite's degrees of freedom (Bell & McCaffrey
    2002), limits as Wilson's for the effective number of items (Korn & Graubard 1998).

    Raises:
        NothingJudgedError: No item has a verdict.

    >>> from unisandbox.evaluation.scores import scores
    >>> places = [f"t{i // 5}" for i in range(100)]
    >>> half = scores(range(100), right=[i % 2 for i in range(100)], judged=[1] * 100, errors=[0] * 100, clusters=places)
    >>> found = accuracy(half)
    >>> found.value, found.judged, found.clusters, found.method
    (0.5, 100, 20, 'cluster-t')
    """
    chosen = one.counts
    found = table(one, one.shares, chosen)
    judged, clusters = int(chosen.sum()), found.clusters
    if found.single:
        value, notes = float((found.totals.sum(axis=0) / found.counted.sum(axis=0)).mean()), (*found.notes, ONE_CLUSTER)
        return Figure(value, None, None, one.items.size, judged, clusters, CLUSTER_T, notes=notes)
    mean = clustered_mean(found.totals, found.counted, _samples(one, chosen))
    return figure_of(mean, one.items.size, judged, clusters, notes=(*found.notes, *few_clusters(clusters)))


def figure_of(mean: Mean, items: int, judged: int, clusters: int, *, notes: tuple[str, ...]) -> Figure:
    """Return a clustered mean as a figure."""
    error = math.sqrt(mean.pulls @ mean.pulls) or None
    degrees = mean.degrees_of_freedom if error else None
    return Figure(mean.value, mean.low, mean.high, items, judged, clusters, CLUSTER_T, error, degrees, notes)


def bounds(one: Scores) -> tuple[float, float]:
    """Return the accuracy if every error were wrong, and if every error were right; strata weigh the same.

    They are over all items, so they are there when nothing was judged, and enclose `accuracy` (Manski 2003, section 1.1: the
    worst cases of missing outcomes).

    >>> from unisandbox.evaluation.scores import scores
    >>> bounds(scores(list("abcd"), right=[1, 1, 0, 0], judged=[1, 1, 1, 0], errors=[0, 0, 0, 1], clusters=list("wxyz")))
    (0.5, 0.75)
    """
    if not one.items.size:
        raise NothingJudgedError(nothing(one, "no item"))
    every = one.judged + one.errors
    all_items = np.ones(one.items.size, dtype=bool)
    least, most = (table(one, right / every, all_items) for right in (one.right, one.right + one.errors))
    ends = [float((end.totals.sum(axis=0) / end.counted.sum(axis=0)).mean()) for end in (least, most)]
    return ends[0], ends[1]


def grouped(one: Scores, groups: ArrayLike) -> Scores:
    """Return the scores of groups of items: a group is right if all of its items are. `accuracy` and `bounds` read the result.

    With several samples a group's score is the share of the ways to pick one sample of each item in which all are right. A group
    with an item that has no verdict has none either: it is an error, not wrong.

    Raises:
        DataError: A group whose items lie in several clusters or strata.

    >>> from unisandbox.evaluation.scores import scores
    >>> pairs = scores(list("abcd"), right=[1, 1, 1, 0], judged=[1] * 4, errors=[0] * 4, clusters=list("wwxx"))
    >>> accuracy(grouped(pairs, [0, 0, 1, 1])).value
    0.5
    """
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    if group.shape != one.items.shape:
        raise DataError(Violation("groups", f"{group.size}", f"{one.items.size}, one an item", "give every item its group"))
    first = np.full(names.size, one.items.size)
    np.minimum.at(first, group, np.arange(one.items.size))
    torn = (one.clusters != one.clusters[first][group]) | (one.strata != one.strata[first][group])
    if torn.any():
        found = f"{np.unique(group[torn]).size} groups in several clusters or strata"
        raise DataError(Violation("groups", found, "one cluster and stratum a group", "score such groups without strata"))
    right, judged = np.ones(names.size), np.ones(names.size)
    np.multiply.at(right, group, one.shares)
    np.minimum.at(judged, group, one.counts.astype(np.float64))
    return Scores(names, right * judged, judged, 1 - judged, one.clusters[first], one.strata[first])


def mean_chance(one: Scores, chance: ArrayLike) -> float:
    """Return what the judged items would score by chance: the mean of their own chances, strata weighing the same.

    Raises:
        DataError: Not one chance an item, from 0 to below 1.
    """
    each = np.asarray(chance, dtype=np.float64)
    if each.shape != one.items.shape or not ((each >= 0) & (each < 1)).all():
        fix = "give every item the chance of its row"
        raise DataError(Violation("chance", f"{each.size} values", f"{one.items.size}, from 0 to below 1", fix))
    found = table(one, each, one.counts)
    return float((found.totals.sum(axis=0) / found.counted.sum(axis=0)).mean())


def chance_corrected(one: Scores, chance: ArrayLike) -> Figure:
    """Return (a - c) / (1 - c), the share known if the rest is guessed: 0 is chance, 1 is all right; below chance it is negative.

    c is the mean chance of the judged items (Frary 1988, "Formula scoring of multiple-choice tests", for items that differ in
    their number of choices). Chance belongs to the items and is known, so the limits of the accuracy are carried through.

    >>> from unisandbox.evaluation.scores import scores
    >>> half = scores(range(40), right=[1, 0] * 20, judged=[1] * 40, errors=[0] * 40, clusters=[i // 4 for i in range(40)])
    >>> chance_corrected(half, [0.25] * 40).value
    0.3333333333333333
    """
    found, by_chance = accuracy(one), mean_chance(one, chance)
    value, low, high = (
        None if end is None else (end - by_chance) / (1 - by_chance) for end in (found.value, found.low, found.high)
    )
    error = None if found.standard_error is None else found.standard_error / (1 - by_chance)
    assert value is not None
    return replace(found, value=value, low=low, high=high, standard_error=error, method=f"{found.method}, beyond chance")


def control_loss(literal: Scores) -> Figure:
    """Return 1 - accuracy of the literal arm: what is lost where nothing has to be understood."""
    found = accuracy(literal)
    low, high = (None if end is None else 1 - end for end in (found.high, found.low))
    return replace(found, value=1 - found.value, low=low, high=high)


def sampling_variance(one: Scores) -> float:
    """Return the variance that `accuracy` would have if answers were independent and the items of a stratum equally hard."""
    found = table(one, one.shares, one.counts)
    means = found.totals.sum(axis=0) / found.counted.sum(axis=0)
    return float((means * (1 - means) / _samples(one, one.counts)).sum() / means.size**2)


def _samples(one: Scores, chosen: NDArray[np.bool_]) -> Counts:
    """Return how many independent answers would vary as much as the shares of each stratum's items do, were all equally hard."""
    layers, stratum = np.unique(one.strata[chosen], return_inverse=True)
    items = np.bincount(stratum, minlength=layers.size)
    return np.asarray(items**2 / np.bincount(stratum, 1 / one.judged[chosen], layers.size))
