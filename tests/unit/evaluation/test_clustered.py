from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from unisandbox.evaluation.clustered import (
    Mean,
    clustered_mean,
    difference,
    memorised_share,
    smallest_share_seen,
    standard_error,
    t_quantile,
)

PAIRS = 2000
LEVELS = np.array([0.7, 0.5, 0.3])  # accuracy on fresh items of three levels
CLUSTERS, ITEMS = 24, 12  # of each cluster at a level


def as_matrices(right: Any, answered: Any) -> tuple[Any, Any, Any, Any]:
    """One row an item: its answer, the dummies of the strata, its cluster, and the weights of the mean of strata."""
    answers, dummies, clusters = [], [], []
    for (cluster, stratum), count in np.ndenumerate(answered):
        for i in range(int(count)):
            answers.append(float(i < right[cluster, stratum]))
            dummies.append(np.eye(answered.shape[1])[stratum])
            clusters.append(cluster)
    return np.array(answers), np.array(dummies), np.array(clusters), np.full(answered.shape[1], 1 / answered.shape[1])


def by_definition(right: Any, answered: Any) -> tuple[float, float]:
    """The bias-reduced variance and its degrees of freedom, from the matrices of Bell & McCaffrey's definition."""
    answers, dummies, clusters, weights = as_matrices(right, answered)
    inverse = np.linalg.inv(dummies.T @ dummies)
    rest = np.eye(len(answers)) - dummies @ inverse @ dummies.T
    variance, vectors = 0.0, []
    for cluster in sorted(set(clusters.tolist())):
        own = clusters == cluster
        values, directions = np.linalg.eigh(rest[np.ix_(own, own)])
        adjusted = directions @ np.diag(values**-0.5) @ directions.T
        pull = weights @ inverse @ dummies[own].T @ adjusted
        variance += float(pull @ (rest @ answers)[own]) ** 2
        vectors.append(rest[:, own] @ pull)
    products = np.array(vectors) @ np.array(vectors).T
    return variance, float(np.trace(products) ** 2 / (products**2).sum())


@pytest.mark.parametrize("seed", range(5))
def test_the_variance_is_the_one_of_the_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    answered = rng.integers(0, 6, size=(9, 3)).astype(float)
    right = rng.binomial(answered.astype(int), 0.6).astype(float)
    found = clustered_mean(right, answered)
    variance, degrees = by_definition(right, answered)
    assert float(found.pulls @ found.pulls) == pytest.approx(variance)
    assert found.degrees_of_freedom == pytest.approx(degrees)
    assert found.value == pytest.approx((right.sum(axis=0) / answered.sum(axis=0)).mean())


@pytest.mark.parametrize(("clusters", "levels"), [(2, 1), (7, 1), (7, 3), (40, 2)])
def test_equal_clusters_have_one_degree_of_freedom_less_than_there_are(clusters: int, levels: int) -> None:
    right = np.random.default_rng(0).binomial(5, 0.5, size=(clusters, levels)).astype(float)
    found = clustered_mean(right, np.full((clusters, levels), 5.0))
    assert found.degrees_of_freedom == pytest.approx(clusters - 1)


@pytest.mark.parametrize("degrees", [1, 2.5, 4, 22, 1000])
@pytest.mark.parametrize("probability", [0.8, 0.975])
def test_quantiles_are_those_of_students_t(degrees: float, probability: float) -> None:
    assert t_quantile(degrees, probability) == pytest.approx(stats.t.ppf(probability, degrees))


def test_a_published_example_of_newcombe_is_met() -> None:
    """Newcombe 1998, Statistics in Medicine 17:873, 56/70 - 48/80 by method 10; t in the place of z is a little wider."""
    public, fresh = (clustered_mean(*padded(*counts)) for counts in ((56, 70, 0, 80), (48, 80, 70, 0)))
    found = difference(public, fresh)
    assert found.value == pytest.approx(0.2)
    assert 0.0524 - 0.005 < found.low < 0.0524
    assert 0.3339 < found.high < 0.3339 + 0.005


def padded(right: int, items: int, before: int, after: int) -> tuple[Any, Any]:
    answers = np.pad(np.repeat([1.0, 0.0], [right, items - right]), (before, after))
    return answers[:, None], np.pad(np.ones(items), (before, after))[:, None]


def pairs(leak: float, *, shared: bool, count: int = PAIRS) -> list[tuple[Mean, Mean]]:
    """Pairs of editions whose clusters differ in difficulty; `shared` clusters are equally hard in both."""
    rng = np.random.default_rng(20261123)
    answered = np.full((CLUSTERS, 3), float(ITEMS))
    nothing = np.zeros_like(answered)
    made = []
    for _ in range(count):
        means = []
        hard = rng.uniform(-0.15, 0.15, size=(2, CLUSTERS, 1))
        for edition, share in enumerate((leak, 0.0)):
            chance = LEVELS + hard[0 if shared else edition]
            right = rng.binomial(ITEMS, share + (1 - share) * chance).astype(float)
            own = [right, nothing] if edition == 0 or shared else [nothing, right]
            there = [answered, nothing] if edition == 0 or shared else [nothing, answered]
            means.append(clustered_mean(np.vstack(own), np.vstack(there)))
        made.append((means[0], means[1]))
    return made


@pytest.mark.parametrize("shared", [True, False])
def test_without_a_leak_the_interval_of_the_difference_covers_zero_as_often_as_it_says(shared: bool) -> None:
    found = [difference(*pair) for pair in pairs(0.0, shared=shared)]
    assert 0.93 <= np.mean([one.low <= 0 <= one.high for one in found]) <= 0.97
    assert abs(np.mean([one.value for one in found])) < 0.005


@pytest.mark.parametrize("shared", [True, False])
def test_a_leak_of_a_tenth_is_covered_as_often_as_the_interval_says(shared: bool) -> None:
    found = [memorised_share(*pair) for pair in pairs(0.1, shared=shared)]
    assert 0.93 <= np.mean([one.low <= 0.1 <= one.high for one in found]) <= 0.97


@pytest.mark.parametrize("shared", [True, False])
def test_the_smallest_share_that_is_named_is_seen_in_four_cases_of_five(shared: bool) -> None:
    named = np.mean([smallest_share_seen(*pair) or 1.0 for pair in pairs(0.0, shared=shared, count=300)])
    found = [difference(*pair) for pair in pairs(float(named), shared=shared)]
    assert 0.74 <= np.mean([one.low > 0 for one in found]) <= 0.86


def test_clusters_that_both_files_have_make_the_interval_narrower() -> None:
    widths = [
        np.mean([one.high - one.low for one in (difference(*pair) for pair in pairs(0.0, shared=shared, count=200))])
        for shared in (True, False)
    ]
    assert widths[0] < 0.9 * widths[1]


def test_a_share_leaves_out_zero_exactly_where_the_difference_does() -> None:
    seen = set()
    for public, fresh in pairs(0.06, shared=True, count=400):
        above = difference(public, fresh).low > 0
        assert (memorised_share(public, fresh).low > 0) == above
        seen.add(above)
    assert seen == {True, False}


def test_an_edition_that_is_wholly_known_is_a_share_of_one() -> None:
    answered = np.full((10, 2), 8.0)
    fresh = clustered_mean(np.full((10, 2), 4.0), answered)
    share = memorised_share(clustered_mean(answered, answered), fresh)
    assert (share.value, share.high) == (1.0, 1.0)
    assert 0.8 < share.low < 1


@pytest.mark.parametrize("right", [0.0, 4.0, 8.0])
def test_answers_without_spread_still_leave_room_for_error(right: float) -> None:
    answered = np.full((10, 2), 8.0)
    one = clustered_mean(np.full((10, 2), right), answered)
    assert one.high - one.low > 0.02
    found = difference(one, one)
    assert found.low < 0 < found.high
    assert standard_error(one, one) is None


def test_one_more_wrong_answer_does_not_narrow_the_interval() -> None:
    answered = np.full((10, 1), 50.0)
    right = answered.copy()
    none_wrong = clustered_mean(right, answered)
    right[0, 0] -= 1
    one_wrong = clustered_mean(right, answered)
    assert one_wrong.high - one_wrong.low > none_wrong.high - none_wrong.low


def test_a_comparison_of_few_items_could_have_seen_no_leak() -> None:
    few = clustered_mean(np.array([[1.0], [0.0], [1.0]]), np.ones((3, 1)))
    assert smallest_share_seen(few, few) is None


def test_the_standard_error_is_that_of_two_independent_means_where_no_cluster_is_shared() -> None:
    public, fresh = (clustered_mean(*padded(*counts)) for counts in ((56, 70, 0, 80), (48, 80, 70, 0)))
    assert standard_error(public, fresh) == pytest.approx(math.sqrt(0.8 * 0.2 / 69 + 0.6 * 0.4 / 79))
