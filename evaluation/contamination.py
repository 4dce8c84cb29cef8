"""Says which leak of a public edition a model's scores are compatible with, beside its scores on a fresh edition.

A leaked item is taken to be always right and any other to be as hard as a fresh one. Splits and levels are compared like with
like and weigh the same, so another mix of them is no leak.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from unisandbox.evaluation.clustered import (
    POWER,
    Estimate,
    Mean,
    clustered_mean,
    difference,
    memorised_share,
    smallest_share_seen,
    standard_error,
)
from unisandbox.evaluation.samples import Samples
from unisandbox.evaluation.strata import Stratum, Tally, paired_strata

FEWEST_CLUSTERS = 2  # of fewer, no spread can be seen
EASIER = ", not with none, unless the public edition is the easier one"
NO_HEADROOM = "every fresh answer is right, so a leak would not show"
HARDER = "the public edition is harder than the fresh one, which no leak explains: are the files in the right order?"
TOO_FEW = "no leak could have been seen: too few items or clusters"


@dataclass(frozen=True)
class Accuracy:
    """What one file says: accuracy with its clustered interval of 95%, and its bounds if every error were wrong, or right.

    `items` were answered, in `clusters`; `errors` were not, and count nowhere else. The interval is None where a stratum has
    fewer than two clusters.
    """

    value: float
    low: float | None
    high: float | None
    bounds: tuple[float, float]
    items: int
    errors: int
    clusters: int


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One family and arm on both editions, at one level of a split, or, where `level` and `split` are None, over all of them.

    Attributes:
        public: Accuracy on the public edition; None where there is none.
        fresh: Accuracy on the fresh edition; None where there is none.
        difference: public - fresh, with its interval of 95%.
        standard_error: Of the difference, clustered.
        difference_bounds: The difference if every error were right in one file and wrong in the other.
        memorised: The share of public items that are memorised, if that is all that the editions differ in.
        smallest_seen: The smallest such share that this comparison shows in 80% of cases.
        reasons: Why a figure is None, and which levels the comparison over all leaves out.
    """

    family: str
    arm: str
    split: str | None
    level: int | None
    public: Accuracy | None = None
    fresh: Accuracy | None = None
    difference: Estimate | None = None
    standard_error: float | None = None
    difference_bounds: tuple[float, float] | None = None
    memorised: Estimate | None = None
    smallest_seen: float | None = None
    reasons: tuple[str, ...] = ()

    @property
    def is_leak(self) -> bool:
        """Whether the interval of the difference over all levels lies above 0."""
        return self.level is None and self.difference is not None and self.difference.low > 0


def compare(public: Samples, fresh: Samples, *, different_models: bool = False) -> tuple[Comparison, ...]:
    """Return the comparisons of two files, sorted by family and arm: each level of each split, then all of them together.

    Args:
        public: The model's samples of the public edition.
        fresh: Its samples of an edition that it cannot have seen.
        different_models: Whether the two files may be of two models.

    Raises:
        DataError: The files are not two editions of one thing, as `paired_strata` says.
    """
    found = []
    for (family, arm), strata in paired_strata(public, fresh, different_models=different_models).items():
        places = [Comparison(family=family, arm=arm, split=stratum.split, level=stratum.level) for stratum in strata]
        found += [_compared(place, [stratum]) for place, stratum in zip(places, strata, strict=True)]
        found.append(_compared(Comparison(family=family, arm=arm, split=None, level=None), strata))
    return tuple(found)


def sentence(one: Comparison) -> str:
    """Return what a comparison says, for people."""
    if one.difference is None or one.public is None or one.fresh is None:
        return f"{one.family}, {one.arm}: cannot be compared; {'; '.join(one.reasons)}"
    found = one.difference
    figures = f"{one.public.value:.1%} public, {one.fresh.value:.1%} fresh, {_points(found.value)} points"
    said = [f"{one.family}, {one.arm}: {figures} ({_points(found.low)} to {_points(found.high)})"]
    if one.memorised is not None:
        share = f"{one.memorised.low:.1%} to {one.memorised.high:.1%}"
        said.append(f"compatible with {share} of the public items memorised{EASIER if found.low > 0 else ''}")
    if one.smallest_seen is not None:
        said.append(f"a leak of {one.smallest_seen:.1%} would have been seen (power {POWER:.0%})")
    if one.difference_bounds and one.public.errors + one.fresh.errors:
        least, most = (_points(bound) for bound in one.difference_bounds)
        said.append(f"errors {one.public.errors} public, {one.fresh.errors} fresh: counted either way, {least} to {most} points")
    return "; ".join([*said, *one.reasons])


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"


def _compared(place: Comparison, strata: Sequence[Stratum]) -> Comparison:
    """Return the comparison of strata at a place, which is given without figures."""
    lacks = [_lack(stratum) for stratum in strata]
    used = [stratum for stratum, lack in zip(strata, lacks, strict=True) if lack is None]
    place = replace(place, reasons=tuple(lack for lack in lacks if lack))
    if used:
        return _measured(place, [stratum.public for stratum in used], [stratum.fresh for stratum in used])
    if place.level is None:
        return place
    return replace(place, public=_accuracy([strata[0].public]), fresh=_accuracy([strata[0].fresh]))


def _lack(stratum: Stratum) -> str | None:
    """Return why a stratum cannot be compared; None where it can."""
    for name, tally in (("public", stratum.public), ("fresh", stratum.fresh)):
        where = f"{stratum.split}, level {stratum.level}, {name} file"
        if not tally.answered:
            return f"{where}: {f'{tally.errors} errors and no answer' if tally.errors else 'no items'}"
        if len(tally.answered) < FEWEST_CLUSTERS:
            return f"{where}: one cluster, which shows no spread"
    return None


def _measured(place: Comparison, ours: Sequence[Tally], theirs: Sequence[Tally]) -> Comparison:
    """Return a comparison with its figures, each where there is one, and else with the reason."""
    clusters = sorted({cluster for tally in (*ours, *theirs) for cluster in tally.answered})
    public, fresh = _mean(ours, clusters), _mean(theirs, clusters)
    told = replace(
        place,
        public=_accuracy(ours, public),
        fresh=_accuracy(theirs, fresh),
        difference=difference(public, fresh),
        standard_error=standard_error(public, fresh),
        difference_bounds=_difference_bounds(ours, theirs),
    )
    if fresh.value >= 1:
        return _with_reason(told, NO_HEADROOM)
    seen = smallest_share_seen(public, fresh)
    told = replace(told, smallest_seen=seen) if seen is not None else _with_reason(told, TOO_FEW)
    if told.difference is not None and told.difference.high < 0:
        return _with_reason(told, HARDER)
    return replace(told, memorised=memorised_share(public, fresh))


def _with_reason(one: Comparison, reason: str) -> Comparison:
    return replace(one, reasons=(*one.reasons, reason))


def _mean(tallies: Sequence[Tally], clusters: Sequence[str]) -> Mean:
    right = [[tally.right.get(cluster, 0) for tally in tallies] for cluster in clusters]
    answered = [[tally.answered.get(cluster, 0) for tally in tallies] for cluster in clusters]
    return clustered_mean(np.array(right, dtype=np.float64), np.array(answered, dtype=np.float64))


def _accuracy(tallies: Sequence[Tally], mean: Mean | None = None) -> Accuracy | None:
    """Return the accuracy over strata of equal weight; None where one of them has no answer."""
    if not all(tally.answered for tally in tallies):
        return None
    return Accuracy(
        value=float(np.mean([tally.right.total() / tally.answered.total() for tally in tallies])),
        low=mean.low if mean else None,
        high=mean.high if mean else None,
        bounds=_bounds(tallies),
        items=sum(tally.answered.total() for tally in tallies),
        errors=sum(tally.errors for tally in tallies),
        clusters=len({cluster for tally in tallies for cluster in tally.answered}),
    )


def _bounds(tallies: Sequence[Tally]) -> tuple[float, float]:
    """Return the accuracy if every error were wrong, and if every error were right."""
    every = np.array([tally.answered.total() + tally.errors for tally in tallies])
    least = np.array([tally.right.total() for tally in tallies])
    most = least + np.array([tally.errors for tally in tallies])
    return float(np.mean(least / every)), float(np.mean(most / every))


def _difference_bounds(ours: Sequence[Tally], theirs: Sequence[Tally]) -> tuple[float, float]:
    public, fresh = _bounds(ours), _bounds(theirs)
    return public[0] - fresh[1], public[1] - fresh[0]
