"""Accuracy of counts corrected for a judge that miscounts: Rogan-Gladen with the whole confusion matrix.

A judge that reads 7 where there are 6 does not read 2: which wrong counts a model draws decides how often they are read as
right. So the distribution of true counts is solved for, target by target, from the distribution of counts that were read.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.clustered import Counts, Spread, clustered_spread, t_quantile
from unisandbox.evaluation.corrections import LEAST_YOUDEN, Refused, joint_degrees
from unisandbox.evaluation.limits import NO_SPREAD, edge, variance_at
from unisandbox.evaluation.metrics import Figure
from unisandbox.evaluation.scores import FEWEST_CLUSTERS, NothingJudgedError, few_clusters

METHOD = "matrix rogan-gladen, cluster-t"
SUM_WEIGHT = 1e3  # of the equation that shares sum to 1, beside which those of the counts weigh 1


class _Readings(NamedTuple):
    """What was read, one row an item: the count read, the count asked for, and the cluster's number."""

    read: NDArray[np.int64]
    target: NDArray[np.int64]
    cluster: NDArray[np.int64]


class _Matrix(NamedTuple):
    """The judge: shares of its readings (rows) for each true count (column) that has pictures, and how many these are."""

    columns: Counts
    known: NDArray[np.int64]
    pictures: Counts


class _Solution(NamedTuple):
    """The share of right items; `pulls`, how much each column's shares move it; `scores`, each item's part in it, unbounded."""

    value: float
    pulls: Counts
    scores: Counts


def matrix_rogan_gladen(confusion: ArrayLike, read: ArrayLike, targets: ArrayLike, clusters: ArrayLike) -> Figure | Refused:
    """Return the share of items whose true count is the one asked for.

    For the items of each target the shares x of true counts solve confusion · x = shares read, by least squares with x >= 0 and
    sum 1 (Lipton, Wang & Smola 2018, "Detecting and correcting for label shift with black box predictors"; Rogan & Gladen 1978
    for two counts). The variance is that of the delta method: of the items, clustered, without the bounds on x, and of the
    columns of the matrix as multinomial shares with a right and a wrong picture added; the limits are made as those of
    `rogan_gladen`.

    Args:
        confusion: How many calibration pictures of true count j (column) were read as count i (row), from 0; square.
        read: Of each item, which count the judge read.
        targets: Which count was asked for.
        clusters: Items with the same one may be right or wrong together.

    Refused where a count that was asked for is not in the calibration, where the smallest singular value of the matrix is below
    0.3 (for two counts and a judge that errs alike on both, sensitivity + specificity - 1), or where there is one cluster only.

    Raises:
        DataError: A matrix that is not square or not of counts, counts beyond it, or lengths that differ.
        NothingJudgedError: There are no items.

    >>> exact = matrix_rogan_gladen([[50, 0], [0, 50]], [1, 1, 0, 1], [1, 1, 1, 1], [0, 1, 2, 3])
    >>> round(exact.value, 6), exact.clusters
    (0.75, 4)
    """
    matrix = np.asarray(confusion, dtype=np.float64)
    numbers = np.unique(np.asarray(clusters), return_inverse=True)[1]
    readings = _Readings(np.asarray(read, dtype=np.int64), np.asarray(targets, dtype=np.int64), numbers)
    _refuse(matrix, readings)
    pictures = matrix.sum(axis=0)
    known = np.flatnonzero(pictures)
    absent = [str(one) for one in np.unique(readings.target) if not pictures[one]]
    if absent:
        return Refused(METHOD, f"the calibration has no picture of {', '.join(absent)}")
    judge = _Matrix(matrix[:, known] / pictures[known], known, pictures[known])
    reason = _lack(judge, readings)
    return Refused(METHOD, reason) if reason else _corrected(judge, readings)


def _refuse(matrix: Counts, readings: _Readings) -> None:
    sizes = tuple(field.shape for field in readings)
    if readings.read.size == 0:
        raise NothingJudgedError(Violation("counts", "no items", "1 or more", "show the figure as absent"))
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not np.isfinite(matrix).all() or (matrix < 0).any():
        raise DataError(Violation("confusion", f"shape {matrix.shape}", "a square of counts", "give rows read, columns true"))
    ends = np.concatenate([readings.read, readings.target]) if len(set(sizes)) == 1 else np.array([-1])
    if ends.min() < 0 or ends.max() >= len(matrix):
        found = f"fields of shapes {sizes}, or a count beyond the matrix"
        raise DataError(Violation("counts", found, f"0 to {len(matrix) - 1}, one of each an item", "use the matrix's own counts"))


def _lack(judge: _Matrix, readings: _Readings) -> str | None:
    if readings.cluster.max() + 1 < FEWEST_CLUSTERS:
        return "one cluster, which shows no spread"
    if judge.pictures.min() < FEWEST_CLUSTERS:
        return f"the calibration has a single picture of {judge.known[judge.pictures.argmin()]}, which shows no spread"
    least = float(np.linalg.svd(judge.columns, compute_uv=False)[-1])
    if least < LEAST_YOUDEN:
        return f"the smallest singular value of the confusion matrix is {least:.3f}, below {LEAST_YOUDEN}: counts are mixed up"
    return None


def _corrected(judge: _Matrix, readings: _Readings) -> Figure:
    solved = _solved(judge, readings)
    items, clusters = readings.read.size, int(readings.cluster.max()) + 1
    own, learnt = _spread(solved.scores, readings.cluster), _calibration_variances(judge, solved.pulls)
    degrees = joint_degrees([own.variance, *learnt], [own.degrees_of_freedom, *(judge.pictures - 1)])
    spread, quantile = _variance(judge, readings, own, solved.value), t_quantile(degrees)

    def inside(true: float) -> bool:
        return (own.value - true) ** 2 <= quantile**2 * (spread(true) + float(learnt.sum()))

    start = min(max(own.value, 0.0), 1.0)
    low, high = (edge(inside, start, end) if inside(start) else start for end in (0.0, 1.0))
    error = math.sqrt(own.variance + learnt.sum())
    notes = (f"{int(judge.pictures.sum())} calibration pictures of {judge.known.size} counts", *few_clusters(clusters))
    limits = min(low, solved.value), max(high, solved.value)
    return Figure(solved.value, *limits, items, items, clusters, METHOD, error or None, degrees if error else None, notes)


def _solved(judge: _Matrix, readings: _Readings) -> _Solution:
    from scipy.optimize import nnls

    size, inverse = judge.columns.shape[0], np.linalg.pinv(judge.columns)
    system = np.vstack([judge.columns, np.full((1, judge.known.size), SUM_WEIGHT)])
    value, pulls = 0.0, np.zeros(judge.columns.shape)
    place = np.searchsorted(judge.known, readings.target)
    for target in np.unique(place):
        own = place == target
        shares, _ = nnls(system, np.append(np.bincount(readings.read[own], minlength=size) / own.sum(), SUM_WEIGHT))
        value += float(own.mean() * shares[target])
        pulls += own.mean() * np.outer(inverse[target], shares)
    parts = np.asarray(inverse[place, readings.read], dtype=np.float64)
    return _Solution(min(max(value, 0.0), 1.0), pulls, parts)


def _spread(values: Counts, cluster: NDArray[np.int64]) -> Spread:
    totals, counted = (np.bincount(cluster, each)[:, None].astype(np.float64) for each in (values, np.ones(values.size)))
    return clustered_spread(totals, counted)


def _calibration_variances(judge: _Matrix, pulls: Counts) -> Counts:
    """Return what each column of the matrix adds to the variance, as multinomial shares smoothed by two pictures."""
    smooth = (judge.columns * judge.pictures + 2 / len(judge.columns)) / (judge.pictures + 2)
    return np.asarray(((pulls**2 * smooth).sum(axis=0) - (pulls * smooth).sum(axis=0) ** 2) / judge.pictures)


def _variance(judge: _Matrix, readings: _Readings, own: Spread, value: float) -> Callable[[float], float]:
    """Return the items' part of the variance if another share were true: as that of the share read as asked for goes with it."""
    matches = _spread((readings.read == readings.target).astype(np.float64), readings.cluster)
    items, place = readings.read.size, np.searchsorted(judge.known, readings.target)
    sensitivity = float(judge.columns[readings.target, place].mean())
    slope = (sensitivity - matches.value) / (1 - value) if value < 1 else sensitivity
    slope = min(max(slope, LEAST_YOUDEN), 1.0)
    there = variance_at(matches.value, matches.variance, matches.value * (1 - matches.value) / items, items)
    scale = own.variance / matches.variance if matches.variance > NO_SPREAD else 1 / slope**2
    return lambda true: scale * there(min(max(matches.value + slope * (true - value), 0.0), 1.0))
