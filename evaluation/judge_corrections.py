"""Accuracies of an arm corrected for its judge's errors, each by what it needs: rates, a table of counts, labels of people.

The three answer different needs and stand side by side. None of them is there without what it rests on, and each says why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from unisandbox.errors import DataError
from unisandbox.evaluation.clustered import Counts
from unisandbox.evaluation.confusion import matrix_rogan_gladen
from unisandbox.evaluation.corrections import Refused, rogan_gladen
from unisandbox.evaluation.metrics import Figure
from unisandbox.evaluation.outcomes import Sample
from unisandbox.evaluation.prediction_powered import prediction_powered
from unisandbox.evaluation.protocol import ASK
from unisandbox.evaluation.quality import Quality
from unisandbox.evaluation.questions import COUNT, COUNTS
from unisandbox.evaluation.scores import NothingJudgedError, Scores, scores
from unisandbox.evaluation.verdicts import counted_as, right_answers

Found = tuple[Figure | None, str | None]
MATCHED: Final = "answers are matched, not judged"
NAMES: Final = ("corrected", "corrected_counts", "by_labels")


def corrections(one: Scores, arm: str, samples: Sequence[Sample], known: Quality, family: str | None) -> dict[str, Found]:
    """Return each corrected accuracy of an arm by its name in the results, or None with a reason.

    Args:
        one: The arm on some items.
        arm: Its name.
        samples: The same, one by one.
        known: What is known of the judge.
        family: Of the items; None for those of several.
    """
    if arm == ASK:
        return dict.fromkeys(NAMES, (None, MATCHED))
    return {
        "corrected": _by_rates(one, known, family),
        "corrected_counts": _by_counts(samples, known, family),
        "by_labels": _by_labels(samples, known),
    }


def _by_rates(one: Scores, known: Quality, family: str | None) -> Found:
    rates = known.rates(family)
    return _tried(lambda: rogan_gladen(one, rates)) if rates else (None, "the judge was not calibrated")


def _by_counts(samples: Sequence[Sample], known: Quality, family: str | None) -> Found:
    """Return how many pictures have the right count, whatever the object."""
    if not known.counts:
        return None, "the judge was not calibrated on counts"
    if family is None:
        return None, "families have tables of their own"
    if family not in known.counts:
        return None, f"the calibration has no counts of {family}"
    read = [one for one in samples if COUNT in one.read and COUNT in right_answers(one.item.target)]
    if not read:
        return None, "no count was read"
    places = {name: place for place, name in enumerate(COUNTS)}
    seen = [places[counted_as(one.read[COUNT])] for one in read]
    wanted = [places[right_answers(one.item.target)[COUNT]] for one in read]
    return _tried(lambda: matrix_rogan_gladen(known.counts[family], seen, wanted, [one.item.cluster for one in read]))


def _by_labels(samples: Sequence[Sample], known: Quality) -> Found:
    judged = [one for one in samples if one.correct is not None]
    labels = np.array([_label(known, one) for one in judged])
    if not judged or np.isnan(labels).all():
        return None, "no picture was labelled by people"
    right, every = np.array([bool(one.correct) for one in judged], dtype=np.float64), np.ones(len(judged))
    clusters = [one.item.cluster for one in judged]
    strata = [f"{one.item.family}/{one.item.level}" for one in judged]
    of_pictures = scores(range(len(judged)), right=right, judged=every, errors=0 * every, clusters=clusters, strata=strata)
    return _tried(lambda: prediction_powered(of_pictures, labels))


def _label(known: Quality, one: Sample) -> float:
    label = known.labels.get((one.item.id, one.arm, one.sample))
    return float("nan") if label is None else float(label)


def _tried(measure: Callable[[], Figure | Refused]) -> Found:
    try:
        found = measure()
    except (NothingJudgedError, DataError) as error:
        return None, "; ".join(one.found for one in error.violations)
    return (None, found.reason) if isinstance(found, Refused) else (found, None)


def counts_table(cells: Sequence[Sequence[Any]]) -> Counts:
    """Return a square table of counts, read (row) by true (column), from cells [true, read, pictures].

    >>> float(counts_table([["1", "2", 4], ["more than 20", "20", 1]])[2, 1])
    4.0
    """
    places = {name: place for place, name in enumerate(COUNTS)}
    found = np.zeros((len(COUNTS), len(COUNTS)))
    for true, read, pictures in cells:
        found[places[counted_as(read)], places[counted_as(true)]] += pictures
    return found
