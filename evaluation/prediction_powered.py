"""Accuracy corrected by labels drawn at random from the run itself: prediction-powered inference with a tuned weight (PPI++).

The judge's verdicts on all items are mended by how they differ from people's on the labelled ones. Right for this run whatever
the judge's errors are; wrong if the labels come from elsewhere, for which there is `corrections.rogan_gladen`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.clustered import Counts, t_quantile
from unisandbox.evaluation.corrections import Refused, near_chance
from unisandbox.evaluation.limits import NO_SPREAD, accuracy_limits
from unisandbox.evaluation.metrics import Figure
from unisandbox.evaluation.scores import FEWEST_CLUSTERS, NothingJudgedError, Scores, few_clusters, nothing

FEW_LABELS = 10  # of a kind; with fewer, 91 to 94 of 100 simulated intervals hold the truth
METHOD = "ppi++, cluster-t"


class _Part(NamedTuple):
    """The labelled items or the others: their weights (sum 1), clusters and what the judge says."""

    weights: Counts
    clusters: NDArray[np.int64]
    read: Counts


class _Errors(NamedTuple):
    """What the error of the estimate is made of: its clustered variance with its degrees of freedom, and that of lone items."""

    variance: float
    degrees_of_freedom: float
    alone: float


def prediction_powered(one: Scores, labels: ArrayLike) -> Figure | Refused:
    """Return mean(label, labelled) + weight · (mean(judge, others) - mean(judge, labelled)), cut to 0 … 1.

    The weight is the one of least variance, between 0 (labels alone) and 1 (Angelopoulos, Duchi & Zrnic 2023, PPI++,
    arXiv:2311.01453, example 6.1). The variance is clustered, as items of a cluster are labelled or not, with the bias reduction
    of Bell & McCaffrey (2002) in either part; the limits are those of `accuracy_limits`. Strata weigh the same.

    Args:
        one: The arm by the judge; items with several pictures and one label stand as one item a picture.
        labels: Of each item, whether people say it is right, from 0 to 1; NaN where it has no label. Drawn at random.

    Refused where sensitivity + specificity - 1 among the labels is below 0.3, where no judged item has a label or all have, or
    where all labels lie in one cluster.

    Raises:
        DataError: Not one value an item, or one beyond 0 … 1.
        NothingJudgedError: No item has a verdict.

    >>> from unisandbox.evaluation.scores import scores
    >>> run = scores(range(200), right=[1, 0] * 100, judged=[1] * 200, errors=[0] * 200, clusters=[i // 5 for i in range(200)])
    >>> people = [float(i % 2 == 0 or i % 9 == 0) if i % 3 == 0 else float("nan") for i in range(200)]
    >>> found = prediction_powered(run, people)
    >>> round(found.low, 2), round(found.value, 2), round(found.high, 2), found.notes
    (0.58, 0.67, 0.75, ('67 labels, weight of the judge 0.44',))
    """
    truth = np.asarray(labels, dtype=np.float64)
    if truth.shape != one.items.shape or not ((truth >= 0) & (truth <= 1) | np.isnan(truth)).all():
        found = f"{truth.size} labels for {one.items.size} items, or some beyond 0 … 1"
        raise DataError(Violation("labels", found, "0 to 1, or NaN, one an item", "match labels to items by id"))
    if not one.counts.any():
        raise NothingJudgedError(nothing(one, "no verdict"))
    judged, truth = one.where(one.counts), truth[one.counts]
    labelled = ~np.isnan(truth)
    reason = _lack(judged, truth, labelled)
    return Refused(METHOD, reason) if reason else _estimated(one, judged, truth, labelled)


def _estimated(one: Scores, judged: Scores, truth: Counts, labelled: NDArray[np.bool_]) -> Figure:
    own, others = _parts(judged, labelled)
    given = truth[labelled]
    weight = _weight(own, others, given)
    value = float(own.weights @ given + weight * (others.weights @ others.read - own.weights @ own.read))
    kept = min(max(value, 0.0), 1.0)
    found = _errors(own, others, given, weight)
    quantile = t_quantile(found.degrees_of_freedom)
    low, high = accuracy_limits(kept, found.variance, found.alone, 1 / float(own.weights @ own.weights), quantile)
    clusters = np.unique(own.clusters).size
    notes = [f"{given.size} labels, weight of the judge {weight:.2f}", *few_clusters(clusters)]
    if min(given.sum(), (1 - given).sum()) < FEW_LABELS:
        notes.append(f"fewer than {FEW_LABELS} labels are right, or wrong: the interval may be too short")
    if kept != value:
        notes.append("the estimate lies beyond 0 … 1 and is cut")
    error = math.sqrt(found.variance) if found.variance > NO_SPREAD else None
    degrees = found.degrees_of_freedom if error else None
    return Figure(kept, low, high, one.items.size, judged.items.size, clusters, METHOD, error, degrees, tuple(notes))


def _lack(judged: Scores, truth: Counts, labelled: NDArray[np.bool_]) -> str | None:
    """Return why there is no estimate; None if there is one."""
    if not labelled.any():
        return "no judged item has a label"
    if labelled.all():
        return "every judged item has a label: their mean needs no judge"
    if np.unique(judged.clusters[labelled]).size < FEWEST_CLUSTERS:
        return "all labels lie in one cluster, which shows no spread"
    if not np.isin(judged.strata, judged.strata[labelled]).all() or not np.isin(judged.strata, judged.strata[~labelled]).all():
        return "a stratum where no item has a label, or every item"
    true, seen = truth[labelled], judged.shares[labelled]
    sensitivity = (float(true @ seen) + 1) / (float(true.sum()) + 2)
    specificity = (float((1 - true) @ (1 - seen)) + 1) / (float((1 - true).sum()) + 2)
    return near_chance(sensitivity, specificity)


def _parts(judged: Scores, labelled: NDArray[np.bool_]) -> tuple[_Part, _Part]:
    """Return the labelled items and the others; in each, items weigh so that strata weigh the same."""
    cluster = np.unique(judged.clusters, return_inverse=True)[1]
    layers, stratum = np.unique(judged.strata, return_inverse=True)
    parts = []
    for chosen in (labelled, ~labelled):
        size = np.bincount(stratum[chosen], minlength=layers.size)
        weights = 1 / (layers.size * size[stratum[chosen]])
        parts.append(_Part(weights, cluster[chosen], judged.shares[chosen]))
    return parts[0], parts[1]


def _weight(own: _Part, others: _Part, given: Counts) -> float:
    """Return cov(label, judge) / (1 + n / N) var(judge), cut to 0 … 1."""
    together = float(own.weights @ ((given - own.weights @ given) * (own.read - own.weights @ own.read)))
    read = np.concatenate([own.read, others.read])
    spread = float(read.var()) * (1 + own.read.size / others.read.size)
    return min(max(together / spread, 0.0), 1.0) if spread > 0 else 0.0


def _errors(own: _Part, others: _Part, given: Counts, weight: float) -> _Errors:
    size = int(max(own.clusters.max(), others.clusters.max())) + 1
    pulls, lone, sizes = np.zeros(size), 0.0, np.zeros(size)
    for part, values in ((own, given - weight * own.read), (others, weight * others.read)):
        error = part.weights * (values - part.weights @ values)
        held = np.bincount(part.clusters, part.weights, size)
        pulls += np.bincount(part.clusters, error, size) / np.sqrt(np.where(held < 1, 1 - held, 1.0))
        alone = float(error @ error)
        lone, sizes = lone + alone, sizes + held * alone
    degrees = float(sizes.sum() ** 2 / (sizes @ sizes) - 1) if sizes.any() else float((np.bincount(own.clusters) > 0).sum() - 1)
    return _Errors(float(pulls @ pulls), max(degrees, 1.0), lone)
