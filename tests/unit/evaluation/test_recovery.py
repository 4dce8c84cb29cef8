"""A report tells the truth that a scripted model was given: each planted figure lies in its interval as often as it claims.

The share of 500 runs in which an interval of 95% holds the truth has a standard error of √(0.95 · 0.05 / 500) = 0.01, so each
figure is asked for 0.94 less two of these, and all figures together for 0.94.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import made_runs
import numpy as np
import pytest

from unisandbox.evaluation.corrections import calibration
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.judges.scripted import Errs
from unisandbox.evaluation.models.scripted import Truth
from unisandbox.evaluation.outcomes import CORRECT, GENERATION_ERROR, JUDGE_ERROR, WRONG, Sample
from unisandbox.evaluation.planted import share
from unisandbox.evaluation.protocol import ARMS, ASK, LITERAL, NORMAL, THINK, Fault
from unisandbox.evaluation.quality import Quality
from unisandbox.evaluation.results import results_of

ITEMS = made_runs.items(60, families=("mapping", "math"), levels=(1, 2), clusters=12)
PLANTED = {"ask": 0.85, "literal": 0.9, "normal": 0.4, "think": 0.7, "transfer": 0.46, "think_transfer": 0.8}
FAULTY = Errs(sensitivity=0.93, specificity=0.9, fault_rate=0.01)
KNOWN = 150  # calibration pictures of each kind
Run = tuple[list[Sample], Quality | None]


def truth_of(run: int) -> Truth:
    return Truth(**PLANTED, cluster_spread=0.5, error_rate=0.01, seed=f"run {run}")  # type: ignore[arg-type]


def sample(truth: Truth, errs: Errs, item: Item, arm: str) -> Sample:
    """Return what a report gets of one request: the model's error, the judge's error, or the verdict as this judge reads it."""
    where = (truth.seed, item.id, arm)
    if share("outage", *where) < truth.error_rate:
        return made_runs.sample(item, arm, outcome=GENERATION_ERROR, fault=Fault("crashed", "planted"))
    right = truth.is_right(item, arm, 0)
    if arm != ASK:
        if share("judge", *where) < errs.fault_rate:
            return made_runs.sample(item, arm, outcome=JUDGE_ERROR, fault=Fault("bad_reply", "planted"))
        right ^= share("errs", *where) >= (errs.sensitivity if right else errs.specificity)
    return made_runs.sample(item, arm, outcome=CORRECT if right else WRONG)


def known_judge(errs: Errs, run: int) -> Quality:
    """Return the rates of a judge from pictures of known truth."""
    kinds = np.repeat([1, 0], KNOWN)
    rates = np.where(kinds, errs.sensitivity, 1 - errs.specificity)
    read = [share("known", run, place) < rate for place, rate in enumerate(rates)]
    return Quality(calibration=calibration(kinds, np.array(read, dtype=int)), source="planted")


def told(run: int, errs: Errs, quality: Quality | None) -> Iterator[tuple[str, float, dict[str, Any] | None]]:
    """Yield each planted figure with its truth, and what the report has for it."""
    truth = truth_of(run)
    samples = [sample(truth, errs, item, arm) for item in ITEMS for arm in ARMS]
    part = results_of(made_runs.record(), samples, quality=quality)["parts"][0]
    for arm, planted in zip((ASK, LITERAL, NORMAL, THINK), (0.85, 0.9, 0.4, 0.7), strict=True):
        name = "accuracy" if quality is None or arm == ASK else "corrected"
        yield f"{arm} {name}", planted, part["arms"][arm][name]
    if quality is None:
        truths = {("gap", NORMAL): 0.45, ("gap", THINK): 0.15, ("think_gain", THINK): 0.3, ("control_loss", LITERAL): 0.1}
        truths |= {("transfer", NORMAL): 0.46, ("transfer", THINK): 0.8}
        for pair in part["paired"]:
            yield f"{pair['name']} {pair['of']}", truths[pair["name"], pair["of"]], pair["figure"]


def held(runs: int, errs: Errs, *, calibrated: bool) -> dict[str, float]:
    """Return of each planted figure in which share of runs its interval holds the truth."""
    hits: Counter[str] = Counter()
    for run in range(runs):
        for name, planted, figure in told(run, errs, known_judge(errs, run) if calibrated else None):
            low, high = figure["interval"] if figure else (1.0, 0.0)
            hits[name] += low <= planted <= high
    return {name: count / runs for name, count in sorted(hits.items())}


CASES = pytest.mark.parametrize(("errs", "calibrated"), [(Errs(), False), (FAULTY, True)], ids=["exact judge", "faulty judge"])


@pytest.mark.slow
@CASES
def test_of_500_runs_each_planted_figure_lies_in_its_interval_as_often_as_is_claimed(errs: Errs, calibrated: bool) -> None:
    found = held(500, errs, calibrated=calibrated)
    print({name: round(value, 3) for name, value in found.items()})
    assert len(found) == (4 if calibrated else 10)
    assert min(found.values()) >= 0.94 - 2 * math.sqrt(0.95 * 0.05 / 500), found
    assert sum(found.values()) / len(found) >= 0.94, found


@CASES
def test_of_a_few_runs_nearly_all_planted_figures_lie_in_their_intervals(errs: Errs, calibrated: bool) -> None:
    found = held(12, errs, calibrated=calibrated)
    assert sum(found.values()) / len(found) >= 0.88, found


def test_the_raw_accuracy_of_a_faulty_judge_misses_the_truth() -> None:
    """So that the case above could fail: without the correction the planted figure is outside in most runs."""
    hits = 0
    for run in range(12):
        samples = [sample(truth_of(run), Errs(sensitivity=0.8, specificity=0.75), item, THINK) for item in ITEMS]
        low, high = results_of(made_runs.record(), samples)["parts"][0]["arms"][THINK]["accuracy"]["interval"]
        hits += low <= 0.7 <= high
    assert hits <= 6
