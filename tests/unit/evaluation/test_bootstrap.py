from __future__ import annotations

import math

import numpy as np
import pytest

from unisandbox.evaluation.bootstrap import bootstrapped_accuracy, bootstrapped_difference, stream
from unisandbox.evaluation.metrics import Figure, accuracy
from unisandbox.evaluation.paired import paired_difference
from unisandbox.evaluation.scores import NothingJudgedError, Scores, scores


def made(seed: int, clusters: int = 20, items: int = 10, strata: int = 1) -> Scores:
    rng = np.random.default_rng(seed)
    rates = np.clip(0.5 + 0.2 * rng.normal(size=(clusters, 1)), 0, 1) * np.ones(items)
    places = np.arange(clusters * items)
    right = rng.binomial(1, rates).ravel()
    count = np.ones_like(places)
    layers = places % strata
    return scores(places, right=right, judged=count, errors=0 * count, clusters=places // items, strata=layers)


def ends(found: Figure) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


def test_the_interval_is_that_of_the_definition_drawn_cluster_by_cluster() -> None:
    one, times = made(0), 500
    means = one.right.reshape(20, 10).mean(axis=1)
    error = math.sqrt(((means - means.mean()) ** 2).sum()) / 20
    draws, t = stream(3, 20, 1, 200, times).multinomial(20, np.full(20, 1 / 20), size=times), []
    for draw in draws:
        drawn = np.repeat(means, draw)
        t.append((drawn.mean() - means.mean()) / (math.sqrt(((drawn - drawn.mean()) ** 2).sum()) / 20))
    t.sort()
    limits = means.mean() - t[math.ceil(0.975 * times) - 1] * error, means.mean() - t[math.ceil(0.025 * times) - 1] * error
    found = bootstrapped_accuracy(one, seed=3, resamples=times)
    assert ends(found) == pytest.approx(limits)
    assert (found.value, found.method) == (accuracy(one).value, "cluster bootstrap-t")


def test_a_seed_gives_the_same_interval_again_and_another_seed_one_nearby() -> None:
    one = made(1)
    found, again, other = (ends(bootstrapped_accuracy(one, seed=seed)) for seed in (0, 0, 1))
    assert found == again != other
    assert other == pytest.approx(found, abs=0.02)


def test_the_order_of_items_and_the_names_of_clusters_change_nothing() -> None:
    one = made(2)
    order = np.random.default_rng(0).permutation(one.items.size)
    assert ends(bootstrapped_accuracy(one.where(order), seed=0)) == pytest.approx(ends(bootstrapped_accuracy(one, seed=0)))


@pytest.mark.parametrize("strata", [1, 3])
def test_both_methods_agree_where_clusters_are_many_and_alike(strata: int) -> None:
    one = made(3, clusters=80, strata=strata)
    assert ends(bootstrapped_accuracy(one, seed=0)) == pytest.approx(ends(accuracy(one)), abs=0.01)
    two = made(4, clusters=80, strata=strata)
    assert ends(bootstrapped_difference(one, two, seed=0)) == pytest.approx(ends(paired_difference(one, two)), abs=0.015)


def test_limits_stay_in_range() -> None:
    places = np.arange(40)
    rare = scores(places, right=places < 3, judged=places * 0 + 1, errors=places * 0, clusters=places // 5)
    low, high = ends(bootstrapped_accuracy(rare, seed=0))
    assert 0 <= low <= 3 / 40 <= high <= 1


def test_clusters_that_are_all_alike_say_nothing_to_a_bootstrap() -> None:
    places = np.arange(20)
    perfect = scores(places, right=places * 0 + 1, judged=places * 0 + 1, errors=places * 0, clusters=places // 2)
    found = bootstrapped_accuracy(perfect, seed=0)
    assert (found.value, found.low, found.high) == (1, None, None)
    assert any("no spread" in note for note in found.notes)


def test_a_stratum_that_draws_often_lack_gives_no_interval() -> None:
    places = np.arange(40)
    layers = (places < 4).astype(int)  # two clusters of twenty
    right = places % 3 == 0
    found = bootstrapped_accuracy(
        scores(places, right=right, judged=places * 0 + 1, errors=places * 0, clusters=places // 2, strata=layers), seed=0
    )
    assert found.low is None
    assert any("draws lack it" in note for note in found.notes)


def test_nothing_is_not_zero_for_a_bootstrap_either_and_one_cluster_has_no_interval() -> None:
    nothing = scores([0, 1], right=[0, 0], judged=[0, 0], errors=[1, 1], clusters=[0, 1])
    with pytest.raises(NothingJudgedError):
        bootstrapped_accuracy(nothing, seed=0)
    alone = scores([0, 1], right=[0, 1], judged=[1, 1], errors=[0, 0], clusters=[0, 0])
    assert bootstrapped_accuracy(alone, seed=0).low is None


def test_streams_differ_by_seed_and_by_shape() -> None:
    drawn = [stream(seed, *shape).integers(2**60) for seed in (0, 1) for shape in ((20, 1), (20, 2), (2, 20), (201,))]
    assert len(set(drawn)) == len(drawn)
