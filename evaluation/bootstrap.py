"""The cluster bootstrap: a second opinion on an interval, which assumes no shape of the clusters' distribution.

Clusters are drawn with their items. Each draw gives a t, the error of its figure in units of its own clustered standard error,
and the quantiles of these t take the place of Student's (bootstrap-t; Efron 1979; Cameron, Gelbach & Miller 2008, section III).
Quantiles of the figure itself, the percentile method, miss more often: by simulation 91 to 93 of 100 where the t miss 95 with
few and unlike clusters.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unisandbox.evaluation.clustered import CONFIDENCE, Counts
from unisandbox.evaluation.identity import canonical
from unisandbox.evaluation.limits import NO_SPREAD
from unisandbox.evaluation.metrics import Figure, accuracy
from unisandbox.evaluation.paired import paired_difference
from unisandbox.evaluation.scores import Scores, Table, table

RESAMPLES = 2000
MOST_LOST = 0.05  # of the draws; with more, what is left is no picture of the clusters
METHOD = "cluster bootstrap-t"


def stream(seed: int, *shape: Any) -> np.random.Generator:
    """Return random numbers that depend on a seed and on the shape of the data, and on nothing else.

    The generator is numpy's PCG64, started with the sha256 of the canonical JSON of what is given. Figures of the same shape draw
    the same clusters, others have nothing in common.

    >>> first, again, other = (stream(0, clusters, 1).integers(2**40) for clusters in (24, 24, 25))
    >>> bool(first == again), bool(first == other)
    (True, False)
    """
    digest = hashlib.sha256(canonical(["cluster bootstrap", seed, *shape]).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


def bootstrapped_accuracy(one: Scores, *, seed: int, resamples: int = RESAMPLES) -> Figure:
    """Return `accuracy` with the interval of the cluster bootstrap, cut at 0 and 1.

    Raises:
        NothingJudgedError: No item has a verdict.

    >>> from unisandbox.evaluation.scores import scores
    >>> half = scores(range(100), right=[i % 3 > 0 for i in range(100)], judged=[1] * 100, errors=[0] * 100,
    ...               clusters=[i // 5 for i in range(100)])
    >>> found = bootstrapped_accuracy(half, seed=0)
    >>> found.low < found.value < found.high, found.method
    (True, 'cluster bootstrap-t')
    """
    return _bootstrapped(accuracy(one), table(one, one.shares, one.counts), 0.0, seed, resamples)


def bootstrapped_difference(first: Scores, second: Scores, *, seed: int, resamples: int = RESAMPLES) -> Figure:
    """Return `paired_difference` with the interval of the cluster bootstrap, cut at -1 and 1; raises as that does."""
    found = paired_difference(first, second)
    apart = table(first, first.shares - second.shares, first.counts & second.counts)
    return _bootstrapped(found, apart, -1.0, seed, resamples)


def _bootstrapped(found: Figure, values: Table, least: float, seed: int, resamples: int) -> Figure:
    """Return a figure with another interval; without one, and with the reason, where draws of clusters say nothing."""
    plain = replace(found, low=None, high=None, method=METHOD)
    if found.low is None:
        return plain
    if found.standard_error is None:
        return replace(
            plain, notes=(*found.notes, "no spread between clusters, of which a bootstrap can say nothing: no interval")
        )
    draws = stream(seed, *values.counted.shape, int(values.counted.sum()), resamples)
    t = _errors(values, found.value, draws, resamples)
    if t.size < (1 - MOST_LOST) * resamples:
        return replace(plain, notes=(*found.notes, "a stratum of so few clusters that draws lack it: no interval"))
    error = _standard_error(values)
    ends = [0.5 + CONFIDENCE / 2, 0.5 - CONFIDENCE / 2]
    low, high = (found.value - float(end) * error for end in np.quantile(t, ends, method="inverted_cdf"))
    low, high = max(low, least), min(high, 1.0)
    return replace(plain, low=min(low, found.value), high=max(high, found.value), standard_error=error)


def _errors(values: Table, value: float, draws: np.random.Generator, resamples: int) -> Counts:
    """Return the t of each draw that has all strata; infinite where its clusters show no spread."""
    clusters = values.counted.shape[0]
    times = draws.multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples).astype(np.float64)
    items = times @ values.counted
    times, items = times[(items > 0).all(axis=1)], items[(items > 0).all(axis=1)]
    means = (times @ values.totals) / items
    weight = 1 / (items * items.shape[1])
    pulls = np.einsum("ks,bs->bk", values.totals, weight) - np.einsum("ks,bs,bs->bk", values.counted, weight, means)
    variance = (times * pulls**2).sum(axis=1)
    apart = means.mean(axis=1) - value
    still = variance <= NO_SPREAD
    t = apart / np.sqrt(np.where(still, 1.0, variance))
    return np.asarray(np.where(still & (np.abs(apart) > math.sqrt(NO_SPREAD)), np.copysign(np.inf, apart), t))


def _standard_error(values: Table) -> float:
    """Return the standard error of the figure itself, made as that of each draw."""
    items = values.counted.sum(axis=0)
    means: NDArray[np.float64] = values.totals.sum(axis=0) / items
    pulls = ((values.totals - values.counted * means) / (items * items.size)).sum(axis=1)
    return float(np.sqrt(pulls @ pulls))
