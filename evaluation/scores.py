"""What one arm of a run scored, as arrays: right samples, judged samples and errors of each item, with its cluster and stratum.

All statistics start here. The unit is the item: of several samples it has the share that is right among those that were judged,
and every item with a verdict counts the same, so that more samples make an item surer and not heavier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from unisandbox.errors import DataError, InputError, Violation
from unisandbox.evaluation.clustered import Counts

FEWEST_CLUSTERS = 2  # of fewer, no spread can be seen
FEW_CLUSTERS = 10  # of fewer, an interval rests on very little
ONE_CLUSTER = "fewer than two clusters, which show no spread: no interval"

Labels = NDArray[Any]


class NothingJudgedError(InputError):
    """A figure was asked for of which there is no verdict: nothing is not zero."""


@dataclass(frozen=True, eq=False, slots=True)
class Scores:
    """One arm, one row an item; make it with `scores`.

    Attributes:
        items: Ids, each once.
        right: How many samples of the item are right; a share of one for figures that are made of others.
        judged: How many have a verdict.
        errors: How many have none, because the model or the judge failed.
        clusters: Items with the same one may be right or wrong together.
        strata: Items with the same one are averaged first; strata weigh the same.
    """

    items: Labels
    right: Counts
    judged: Counts
    errors: Counts
    clusters: Labels
    strata: Labels

    @property
    def counts(self) -> NDArray[np.bool_]:
        """Which items have a verdict."""
        return self.judged > 0

    @property
    def shares(self) -> Counts:
        """The share of each item's judged samples that is right; 0 where `counts` is not."""
        return self.right / np.maximum(self.judged, 1)

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Scores:
        """Return the scores of some items, by mask or place: those of one level, or with one value of a factor."""
        fields = (self.items, self.right, self.judged, self.errors, self.clusters, self.strata)
        return Scores(*(field[chosen] for field in fields))


class Table(NamedTuple):
    """Values summed by cluster (row) and stratum (column), and what was left out.

    `single` says whether there is a stratum with one cluster; `notes` name strata that have no value.
    """

    totals: Counts
    counted: Counts
    single: bool
    notes: tuple[str, ...]

    @property
    def clusters(self) -> int:
        """How many clusters have a value."""
        return int((self.counted.sum(axis=1) > 0).sum())


def scores(
    items: ArrayLike,
    *,
    right: ArrayLike,
    judged: ArrayLike,
    errors: ArrayLike,
    clusters: ArrayLike,
    strata: ArrayLike | None = None,
) -> Scores:
    """Return the scores of one arm; arguments as the attributes of `Scores`, without `strata` all items are one stratum.

    Raises:
        DataError: Lengths that differ, an item twice, an item without samples, counts below 0 or not finite, more right than
        judged.

    >>> scores(["a", "b"], right=[1, 0], judged=[1, 0], errors=[0, 1], clusters=["t1", "t1"]).counts.tolist()
    [True, False]
    """
    ids, groups = np.asarray(items), np.asarray(clusters)
    layers = np.zeros(ids.shape, dtype=np.int64) if strata is None else np.asarray(strata)
    numbers = [np.asarray(field, dtype=np.float64) for field in (right, judged, errors)]
    wrong = _violations(ids, numbers, groups, layers)
    if wrong:
        raise DataError(wrong)
    return Scores(ids, numbers[0], numbers[1], numbers[2], groups, layers)


def _violations(ids: Labels, numbers: list[Counts], clusters: Labels, strata: Labels) -> list[Violation]:
    lengths = [field.shape for field in (ids, *numbers, clusters, strata)]
    if ids.ndim != 1 or len(set(lengths)) != 1:
        return [Violation("scores", f"fields of shapes {lengths}", "one value an item in each", "give every item all fields")]
    right, judged, errors = numbers
    twice = ids.size - np.unique(ids).size
    cases = (
        (twice, "ids that occur again", "each id once", "give an item one row"),
        ((~np.isfinite(numbers) | (np.array(numbers) < 0)).sum(), "counts below 0 or not finite", "0 or more", "count again"),
        ((right > judged).sum(), "items with more right than judged samples", "at most as many", "count again"),
        ((judged + errors == 0).sum(), "items without a sample", "a sample or an error each", "leave out what was not tried"),
    )
    return [Violation("scores", f"{int(many)} {what}", allowed, fix) for many, what, allowed, fix in cases if many]


def table(one: Scores, values: Counts, chosen: NDArray[np.bool_], weights: Counts | None = None) -> Table:
    """Return the values of the chosen items, times their weights, summed by cluster and stratum; strata without any are left out.

    Raises:
        NothingJudgedError: No item is chosen.
    """
    if not chosen.any():
        raise NothingJudgedError(nothing(one, "no verdict"))
    layers, stratum = np.unique(one.strata, return_inverse=True)
    groups, cluster = np.unique(one.clusters, return_inverse=True)
    shape = groups.size, layers.size
    weight = chosen.astype(np.float64) if weights is None else chosen * weights
    place = cluster * layers.size + stratum
    sums = (np.bincount(place, each, groups.size * layers.size).reshape(shape) for each in (values * weight, weight))
    totals, counted = (np.asarray(each, dtype=np.float64) for each in sums)
    filled = counted.sum(axis=0) > 0
    notes = tuple(f"stratum {name}: no verdict" for name in layers[~filled])
    counted = counted[:, filled]
    return Table(totals[:, filled], counted, bool(((counted > 0).sum(axis=0) < FEWEST_CLUSTERS).any()), notes)


def nothing(one: Scores, what: str) -> Violation:
    """Return the violation that says of which items there is nothing to count."""
    found = f"{what} among {one.items.size} items, {int(one.errors.sum())} errors"
    return Violation("scores", found, "an item that counts", "retry the errors, or show the figure as absent")


def few_clusters(clusters: int) -> tuple[str, ...]:
    """Return the note that belongs to an interval of so many clusters, if any."""
    return (f"only {clusters} clusters: the interval rests on very little",) if clusters < FEW_CLUSTERS else ()
