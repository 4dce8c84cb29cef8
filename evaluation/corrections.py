"""Accuracy corrected for a judge that errs: Rogan-Gladen, for labels that come from anywhere.

It needs how often the judge is right on pictures that are right (sensitivity) and on pictures that are wrong (specificity).
These may come from other models' pictures; where labels were drawn at random from the run itself, `prediction_powered` is more
precise. A judge near chance cannot be corrected: the result then is `Refused`, with the reason and without a number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.clustered import Counts, Spread, clustered_spread, t_quantile
from unisandbox.evaluation.limits import NO_SPREAD, edge, variance_at
from unisandbox.evaluation.metrics import NORMAL, Figure, accuracy, sampling_variance
from unisandbox.evaluation.scores import Labels, Scores

METHOD = "rogan-gladen, cluster-t"
LEAST_YOUDEN = 0.3  # sensitivity + specificity - 1; below, a correction blows up every error more than threefold


@dataclass(frozen=True, slots=True)
class Refused:
    """A correction that was not made, and why."""

    method: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a judge is right on pictures of one kind.

    Attributes:
        value: The share; None where there are no pictures of the kind.
        variance: Of the share, clustered; of one with a right and a wrong picture added, so that it is never 0.
        pictures: How many there are.
        degrees_of_freedom: Of the variance.
    """

    value: float | None
    variance: float
    pictures: float
    degrees_of_freedom: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is known of a judge: its rates on pictures that are right and on pictures that are wrong."""

    sensitivity: Rate
    specificity: Rate


def calibration(truth: ArrayLike, read: ArrayLike, clusters: ArrayLike | None = None) -> Calibration:
    """Return a judge's rates from pictures of known truth.

    Args:
        truth: Of each picture, whether it is right.
        read: Whether the judge reads it as right.
        clusters: Pictures with the same one may be misread together; None if each stands alone.

    Raises:
        DataError: Lengths that differ, or values other than 0 and 1.

    >>> found = calibration([1] * 100 + [0] * 50, [1] * 92 + [0] * 8 + [0] * 45 + [1] * 5)
    >>> found.sensitivity.value, found.specificity.value
    (0.92, 0.9)
    """
    true, seen = np.asarray(truth, dtype=np.float64), np.asarray(read, dtype=np.float64)
    places = np.arange(true.size) if clusters is None else np.asarray(clusters)
    if not true.shape == seen.shape == places.shape or not np.isin([*true, *seen], (0, 1)).all():
        found = f"{true.size} truths, {seen.size} readings, {places.size} clusters, some neither 0 nor 1"
        raise DataError(Violation("calibration", found, "one of each a picture", "leave out pictures without truth or reading"))
    rates = [_rate(seen[true == kind] == kind, places[true == kind], alone=clusters is None) for kind in (1, 0)]
    return Calibration(*rates)


def rogan_gladen(one: Scores, known: Calibration) -> Figure | Refused:
    """Return the accuracy that a judge's verdicts stand for: (p + q0 - 1) / (q1 + q0 - 1), cut to 0 … 1.

    p is the accuracy by the judge, q1 its sensitivity and q0 its specificity (Rogan & Gladen 1978; Lee et al. 2025,
    arXiv:2511.21140). The variance is that of the delta method (Rogan & Gladen 1978, equation 6), clustered in p and where the
    calibration is; the limits are the accuracies that p does not speak against, each with the variance that it would have
    (Fieller 1954), with Student's t by the degrees of freedom of all three parts (Satterthwaite 1946).

    Refused where q1 + q0 - 1 is below 0.3, where there are no pictures of a kind, where clusters show no spread, or where p lies
    so far beyond q1 or 1 - q0 that the calibration is none for this run.

    Raises:
        NothingJudgedError: No item has a verdict.

    >>> from unisandbox.evaluation.scores import scores
    >>> run = scores(range(200), right=[1, 0] * 100, judged=[1] * 200, errors=[0] * 200, clusters=[i // 5 for i in range(200)])
    >>> round(rogan_gladen(run, calibration([1] * 100 + [0] * 50, [1] * 92 + [0] * 8 + [0] * 45 + [1] * 5)).value, 3)
    0.488
    >>> rogan_gladen(run, calibration([1] * 10 + [0] * 10, [1, 0] * 10)).reason
    'sensitivity 0.500 + specificity 0.500 - 1 = 0.000, below 0.3: too near chance'
    """
    found = accuracy(one)
    reason = _lack(found, known)
    return Refused(METHOD, reason) if reason else _corrected(found, sampling_variance(one), known)


def near_chance(sensitivity: float, specificity: float) -> str | None:
    """Return why a judge with these rates cannot be corrected; None if it can."""
    youden = sensitivity + specificity - 1
    if youden >= LEAST_YOUDEN:
        return None
    return (
        f"sensitivity {sensitivity:.3f} + specificity {specificity:.3f} - 1 = {youden:.3f}, below {LEAST_YOUDEN}: too near chance"
    )


def joint_degrees(parts: Sequence[float], degrees: Sequence[float]) -> float:
    """Return the degrees of freedom of a sum of independent variances that have their own (Satterthwaite 1946).

    >>> joint_degrees((0.5, 0.5), (10, 10))
    20.0
    """
    total = sum(parts)
    shares = sum(part**2 / own for part, own in zip(parts, degrees, strict=True) if part)
    return total**2 / shares if shares else NORMAL


def _corrected(found: Figure, sampling: float, known: Calibration) -> Figure | Refused:
    right, wrong = known.sensitivity, known.specificity
    assert right.value is not None
    assert wrong.value is not None
    youden = right.value + wrong.value - 1
    value = (found.value + wrong.value - 1) / youden
    kept = min(max(value, 0.0), 1.0)
    own = found.standard_error**2 if found.standard_error else found.value * (1 - found.value) / found.judged
    parts = (own, kept**2 * right.variance, (1 - kept) ** 2 * wrong.variance)
    degrees = joint_degrees(parts, (found.degrees_of_freedom or NORMAL, right.degrees_of_freedom, wrong.degrees_of_freedom))
    inside = _speaks_for(found, sampling, known, t_quantile(degrees))
    if not inside(kept):
        return Refused(
            METHOD, f"{found.value:.1%} judged right is beyond what such a judge gives: the calibration is of other pictures"
        )
    notes = (*found.notes, *(("the estimate lies beyond 0 … 1 and is cut",) if kept != value else ()))
    changed = replace(found, value=kept, low=edge(inside, kept, 0.0), high=edge(inside, kept, 1.0), method=METHOD, notes=notes)
    return replace(changed, standard_error=math.sqrt(sum(parts)) / youden, degrees_of_freedom=degrees)


def _lack(found: Figure, known: Calibration) -> str | None:
    for name, rate in (("right", known.sensitivity), ("wrong", known.specificity)):
        if rate.value is None:
            return f"the calibration has no picture that is {name}"
        if not rate.degrees_of_freedom:
            return f"the calibration pictures that are {name} are of one cluster, which shows no spread"
    if found.low is None:
        return "; ".join(found.notes)
    assert known.sensitivity.value is not None
    assert known.specificity.value is not None
    return near_chance(known.sensitivity.value, known.specificity.value)


def _rate(right: Counts, clusters: Labels, *, alone: bool) -> Rate:
    """Return the rate of right readings; with 0 degrees of freedom where clusters cannot show a spread."""
    pictures = float(right.size)
    if not pictures:
        return Rate(None, 0.0, 0.0, 0.0)
    value, enough, degrees = float(right.mean()), pictures, pictures - 1
    if not alone:
        groups, group = np.unique(clusters, return_inverse=True)
        degrees = 0.0
        if groups.size > 1:
            totals, counted = (np.bincount(group, each)[:, None].astype(np.float64) for each in (right, np.ones(right.size)))
            spread = clustered_spread(totals, counted)
            enough, degrees = _effective(spread, pictures), spread.degrees_of_freedom
    smooth = (enough * value + 1) / (enough + 2)
    return Rate(value, smooth * (1 - smooth) / enough, pictures, degrees)


def _effective(spread: Spread, pictures: float) -> float:
    """Return how many independent pictures would have the variance; no more than there are, which few clusters can suggest."""
    if spread.variance <= NO_SPREAD:
        return pictures
    return min(spread.value * (1 - spread.value) / spread.variance, pictures)


def _speaks_for(found: Figure, sampling: float, known: Calibration, quantile: float) -> Callable[[float], bool]:
    """Return whether the judged accuracy does not speak against a true one, as a function of the true one."""
    sensitivity, specificity = known.sensitivity, known.specificity
    assert sensitivity.value is not None
    assert specificity.value is not None
    slope, start = sensitivity.value + specificity.value - 1, 1 - specificity.value
    spread = variance_at(found.value, (found.standard_error or 0.0) ** 2, sampling, found.judged)

    def inside(true: float) -> bool:
        seen = start + true * slope
        variance = spread(seen) + true**2 * sensitivity.variance + (1 - true) ** 2 * specificity.variance
        return (found.value - seen) ** 2 <= quantile**2 * variance

    return inside
