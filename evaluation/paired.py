"""Differences of two arms or two runs on the same items, and transfer: how often a drawing is right where understanding is there.

gap = ask - draw, think gain = think - normal: an item stands in both or in neither, so what makes it hard cancels out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.clustered import Counts, clustered_mean, clustered_spread, t_quantile
from unisandbox.evaluation.limits import NO_SPREAD, difference_limits
from unisandbox.evaluation.metrics import Figure, bounds, figure_of
from unisandbox.evaluation.scores import ONE_CLUSTER, Labels, NothingJudgedError, Scores, few_clusters, nothing, table

PAIRED = "paired, cluster-t"


@dataclass(frozen=True, eq=False, slots=True)
class Matched:
    """Two runs' scores on the items that both have, in the same order, and the ids that only one of them has."""

    first: Scores
    second: Scores
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader has to know of the items that were left out."""
        sides = (("first", self.only_first), ("second", self.only_second))
        return tuple(f"{len(ids)} items only in the {side} run, not compared" for side, ids in sides if ids)


def matched(first: Scores, second: Scores) -> Matched:
    """Return the items that two runs have in common, sorted by id.

    Raises:
        DataError: No item in common, or an item that has another cluster or stratum in the other run.

    >>> from unisandbox.evaluation.scores import scores
    >>> runs = (["a", "b"], ["c", "b"])
    >>> one, two = (scores(ids, right=[1, 1], judged=[1, 1], errors=[0, 0], clusters=["t", "t"]) for ids in runs)
    >>> pair = matched(one, two)
    >>> pair.first.items.tolist(), pair.only_first, pair.only_second
    (['b'], ('a',), ('c',))
    """
    common, ours, theirs = np.intersect1d(first.items, second.items, assume_unique=True, return_indices=True)
    if not common.size:
        found = f"no item of the {first.items.size} in the first run among the {second.items.size} of the second"
        raise DataError(Violation("runs", found, "runs on the same items", "compare runs on the same release and split"))
    pair = first.where(ours), second.where(theirs)
    _refuse_unlike(*pair)
    return Matched(*pair, _rest(first.items, common), _rest(second.items, common))


def paired_difference(first: Scores, second: Scores) -> Figure:
    """Return first - second over the items that are judged in both, strata weighing the same, with a clustered interval.

    The limits are those of `difference_limits` (Tango 1998) with the bias-reduced clustered variance of the items' differences
    and Satterthwaite's degrees of freedom (Bell & McCaffrey 2002). The value is the difference of the two accuracies where no
    item has errors.

    Args:
        first: One arm.
        second: Another, with the same items in the same order: arms of one run, or runs after `matched`.

    Raises:
        DataError: The items, clusters or strata differ.
        NothingJudgedError: No item is judged in both.

    >>> from unisandbox.evaluation.scores import scores
    >>> ask, draw = (scores(range(60), right=[int(i % n > 0) for i in range(60)], judged=[1] * 60, errors=[0] * 60,
    ...                     clusters=[i // 5 for i in range(60)]) for n in (6, 2))
    >>> gap = paired_difference(ask, draw)
    >>> round(gap.low, 2), round(gap.value, 2), round(gap.high, 2), gap.judged
    (0.27, 0.33, 0.4, 60)
    """
    _refuse_unlike(first, second)
    both = first.counts & second.counts
    if not both.any():
        raise NothingJudgedError(nothing(first, "no item judged in both"))
    return _difference_of(first, first.shares - second.shares, both)


def difference_bounds(first: Scores, second: Scores) -> tuple[float, float]:
    """Return the difference if every error were wrong in the first and right in the second, and the other way round."""
    ours, theirs = bounds(first), bounds(second)
    return ours[0] - theirs[1], ours[1] - theirs[0]


def transfer(ask: Scores, literal: Scores, draw: Scores) -> Figure:
    """Return P(drawn right | asked right and literally right), with `judged` items that meet the condition.

    Items judged in all three arms count; an item answered or drawn several times counts by the share of its pairs of answer and
    literal picture that are right. The share is a ratio of two clustered totals; its interval is that of `accuracy`, with the
    linearised variance of a ratio (Cochran 1977, section 6.4) and clusters as units. Strata are pooled: every item that meets the
    condition counts the same. Where a tenth is drawn right and clusters differ by 0.2 and more, 92 of 100 intervals hold the
    truth.

    Raises:
        DataError: The items, clusters or strata differ.
        NothingJudgedError: No item is judged in all three arms, or none is right in both `ask` and `literal`.

    >>> from unisandbox.evaluation.scores import scores
    >>> both, half = (scores(range(40), right=[int(i % n == 0) for i in range(40)], judged=[1] * 40, errors=[0] * 40,
    ...                      clusters=[i // 4 for i in range(40)]) for n in (1, 2))
    >>> found = transfer(both, half, half)
    >>> found.value, found.judged
    (1.0, 20)
    """
    _refuse_unlike(ask, literal)
    _refuse_unlike(ask, draw)
    judged = ask.counts & literal.counts & draw.counts
    if not judged.any():
        raise NothingJudgedError(nothing(draw, "no item judged in all three arms"))
    weight = ask.shares * literal.shares * judged
    meets = weight > 0
    if not meets.any():
        raise NothingJudgedError(nothing(draw, "no item asked right and literally right"))
    pooled = replace(draw, strata=np.zeros(draw.items.size, dtype=np.int64))
    found = table(pooled, draw.shares, meets, weight)
    notes: tuple[str, ...] = (f"{int(meets.sum())} of {int(judged.sum())} items judged in all three arms meet the condition",)
    if found.single:
        value = float(found.totals.sum() / found.counted.sum())
        notes = (*notes, ONE_CLUSTER)
        return Figure(value, None, None, draw.items.size, int(meets.sum()), found.clusters, "ratio, cluster-t", notes=notes)
    samples = np.array([weight.sum() ** 2 / (weight[meets] ** 2 / draw.judged[meets]).sum()])
    mean = clustered_mean(found.totals, found.counted, samples)
    notes = (*notes, *few_clusters(found.clusters))
    return replace(figure_of(mean, draw.items.size, int(meets.sum()), found.clusters, notes=notes), method="ratio, cluster-t")


def _difference_of(first: Scores, apart: Counts, both: NDArray[np.bool_]) -> Figure:
    found, sizes = table(first, apart, both), table(first, np.abs(apart), both)
    items = found.counted.sum(axis=0)
    value = float((found.totals.sum(axis=0) / items).mean())
    plain = Figure(value, None, None, first.items.size, int(both.sum()), found.clusters, PAIRED, notes=found.notes)
    if found.single:
        return replace(plain, notes=(*found.notes, ONE_CLUSTER))
    spread = clustered_spread(found.totals, found.counted)
    discordant, enough = float((sizes.totals.sum(axis=0) / items).mean()), float(items.size**2 / (1 / items).sum())
    low, high = difference_limits(value, discordant, spread.variance, enough, t_quantile(spread.degrees_of_freedom))
    plain = replace(plain, low=low, high=high, notes=(*found.notes, *few_clusters(found.clusters)))
    if spread.variance <= NO_SPREAD:
        return plain
    return replace(plain, standard_error=math.sqrt(spread.variance), degrees_of_freedom=spread.degrees_of_freedom)


def _refuse_unlike(first: Scores, second: Scores) -> None:
    pairs: tuple[tuple[str, Labels, Labels], ...] = (
        ("items", first.items, second.items),
        ("clusters", first.clusters, second.clusters),
        ("strata", first.strata, second.strata),
    )
    wrong = [
        Violation(name, _difference(ours, theirs), "the same for each item in both", "match the two by id, of one release")
        for name, ours, theirs in pairs
        if not np.array_equal(ours, theirs)
    ]
    if wrong:
        raise DataError(wrong)


def _difference(ours: Labels, theirs: Labels) -> str:
    if ours.shape != theirs.shape:
        return f"{ours.size} in one, {theirs.size} in the other"
    place = int(np.argmax(ours != theirs))
    return f"{ours[place]} in one, {theirs[place]} in the other"


def _rest(ids: NDArray[np.generic], common: NDArray[np.generic]) -> tuple[str, ...]:
    return tuple(str(one) for one in np.setdiff1d(ids, common))
