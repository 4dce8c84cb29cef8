from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from unisandbox.errors import DataError
from unisandbox.evaluation.corrections import Refused
from unisandbox.evaluation.metrics import Figure, accuracy
from unisandbox.evaluation.prediction_powered import prediction_powered
from unisandbox.evaluation.scores import NothingJudgedError, Scores, scores


def judged(
    seed: int, items: int = 1000, labels: int = 200, right: float = 0.92, wrong: float = 0.9, size: int = 1
) -> tuple[Any, Any, Any]:
    """What the judge says, the truth, and the labels of a random part of it."""
    rng = np.random.default_rng(seed)
    truth = rng.binomial(1, 0.4, items)
    read = rng.binomial(1, np.where(truth, right, 1 - wrong))
    given = np.full(items, np.nan)
    drawn = rng.permutation(items)[:labels]
    given[drawn] = truth[drawn]
    return read, truth, given


def run(read: Any, size: int = 1, **more: Any) -> Scores:
    places = np.arange(len(read))
    return scores(places, right=read, judged=1 + 0 * places, errors=0 * places, clusters=places // size, **more)


def made(result: Figure | Refused) -> Figure:
    assert isinstance(result, Figure)
    return result


def test_the_estimate_and_its_error_are_those_of_the_authors_formulas() -> None:
    """The mean of Angelopoulos, Duchi & Zrnic 2023: tuned weight, estimate, and the variances of rectifier and imputed mean."""
    read, _, given = judged(0)
    own = ~np.isnan(given)
    label, here, there = given[own], read[own], read[~own]
    weight = np.cov(label, here, bias=True)[0, 1] / (read.var() * (1 + own.sum() / (~own).sum()))
    value = weight * there.mean() + (label - weight * here).mean()
    error = math.sqrt(weight**2 * there.var() / there.size + (label - weight * here).var() / label.size)
    found = made(prediction_powered(run(read), given))
    assert found.value == pytest.approx(value)
    assert found.standard_error == pytest.approx(error, rel=0.005)  # theirs divides by n, ours by n - 1
    assert found.notes == (f"200 labels, weight of the judge {weight:.2f}",)
    assert (found.items, found.judged, found.clusters) == (1000, 1000, 200)


def test_labels_alone_decide_where_the_judge_says_nothing_of_use() -> None:
    read, truth, given = judged(1, labels=400)
    noise = np.random.default_rng(5).permutation(read)
    mixed = np.where(np.arange(1000) % 5 < 2, truth, noise)
    found, plain = (made(prediction_powered(run(one), given)) for one in (mixed, truth))
    assert (found.standard_error or 0) > (plain.standard_error or 1)
    assert (found.standard_error or 1) < math.sqrt(0.24 / 400) * 1.02


def test_a_biased_judge_is_mended() -> None:
    read, truth, given = judged(2, right=0.98, wrong=0.7, labels=300)
    found = made(prediction_powered(run(read), given))
    assert accuracy(run(read)).value - truth.mean() > 0.15
    assert abs(found.value - truth.mean()) < 0.06
    assert (found.low or 1) < truth.mean() < (found.high or 0)


def test_clusters_that_go_together_widen_the_interval() -> None:
    rng = np.random.default_rng(3)
    hard = np.repeat(rng.random(50) < 0.5, 20)
    truth = np.where(hard, rng.random(1000) < 0.1, rng.random(1000) < 0.9).astype(int)
    read = rng.binomial(1, np.where(truth, 0.92, 0.1))
    given = np.where(rng.permutation(1000) < 200, truth, np.nan)
    together, alone = (made(prediction_powered(run(read, size), given)) for size in (20, 1))
    assert together.value == pytest.approx(alone.value)
    assert (together.standard_error or 0) > 2 * (alone.standard_error or 1)
    assert 30 < (together.degrees_of_freedom or 0) < 50


def test_strata_weigh_the_same() -> None:
    truth = np.array([1] * 40 + [0] * 160)
    layers = (np.arange(200) >= 40).astype(int)
    given = np.where(np.arange(200) % 4 == 0, truth, np.nan)
    assert made(prediction_powered(run(truth, strata=layers), given)).value == pytest.approx(0.5)


def test_the_order_of_items_changes_nothing() -> None:
    read, _, given = judged(4)
    one, order = run(read, 10), np.random.default_rng(0).permutation(1000)
    found, other = made(prediction_powered(one, given)), made(prediction_powered(one.where(order), given[order]))
    assert (other.value, other.low, other.high) == pytest.approx((found.value, found.low, found.high))


def test_items_without_a_verdict_do_not_count_even_with_a_label() -> None:
    read, _, given = judged(6)
    places = np.arange(1000)
    failed = places % 10 == 0
    one = scores(places, right=read * ~failed, judged=~failed, errors=failed, clusters=places)
    kept = made(prediction_powered(run(read[~failed]), given[~failed]))
    found = made(prediction_powered(one, given))
    assert (found.value, found.judged, found.items) == (pytest.approx(kept.value), 900, 1000)


@pytest.mark.parametrize(
    ("given", "size", "said"),
    [
        ([np.nan] * 100, 1, "no judged item has a label"),
        ([1.0, 0.0] * 50, 1, "every judged item has a label"),
        ([1.0, 0.0] * 5 + [np.nan] * 90, 10, "all labels lie in one cluster"),
        ([0.0, 1.0] * 25 + [np.nan] * 50, 1, "too near chance"),
    ],
)
def test_labels_that_say_too_little_are_refused(given: list[float], size: int, said: str) -> None:
    found = prediction_powered(run([1, 0] * 50, size), given)
    assert isinstance(found, Refused)
    assert said in found.reason


def test_a_stratum_without_labels_is_refused() -> None:
    given = [1.0, 0.0] * 25 + [np.nan] * 50
    found = prediction_powered(run([1, 0] * 50, strata=[0] * 60 + [1] * 40), given)
    assert isinstance(found, Refused)
    assert "stratum" in found.reason


def test_few_labels_of_a_kind_are_told() -> None:
    given = np.array([1.0] * 30 + [0.0] * 5 + [np.nan] * 65)
    found = made(prediction_powered(run([1] * 30 + [0] * 5 + [1] * 60 + [0] * 5), given))
    assert "fewer than 10 labels are right, or wrong: the interval may be too short" in found.notes


def test_labels_that_cannot_be_are_errors() -> None:
    for given in ([1.0], [2.0, 0.0], [-1.0, 0.0]):
        with pytest.raises(DataError, match="labels"):
            prediction_powered(run([1, 0]), given)
    nothing = scores([0, 1], right=[0, 0], judged=[0, 0], errors=[1, 1], clusters=[0, 1])
    with pytest.raises(NothingJudgedError):
        prediction_powered(nothing, [1.0, 0.0])


def test_a_run_and_labels_that_are_all_right_still_leave_room_for_error() -> None:
    given = np.where(np.arange(100) < 50, 1.0, np.nan)
    found = made(prediction_powered(run([1] * 100), given))
    assert (found.value, found.high, found.standard_error) == (1, 1, None)
    assert 0.85 < (found.low or 0) < 0.97
