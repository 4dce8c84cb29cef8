from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisandbox.errors import DataError
from unisandbox.evaluation.metrics import accuracy
from unisandbox.evaluation.paired import difference_bounds, matched, paired_difference, transfer
from unisandbox.evaluation.scores import NothingJudgedError, Scores, scores


def made(right: Any, judged: Any = 1, clusters: Any = None, strata: Any = None, items: Any = None) -> Scores:
    right = np.asarray(right)
    judged = np.broadcast_to(judged, right.shape)
    places = np.arange(right.size) if clusters is None else clusters
    ids = np.arange(right.size) if items is None else items
    return scores(ids, right=right * (judged > 0), judged=judged, errors=judged == 0, clusters=places, strata=strata)


def random_arms(seed: int, arms: int, samples: int = 1) -> list[Scores]:
    rng = np.random.default_rng(seed)
    clusters = rng.integers(0, 12, 150)
    hard = rng.normal(size=12)[clusters] + rng.normal(size=150)
    return [made((hard[:, None] + rng.normal(size=(150, samples)) > 0).sum(axis=1), samples, clusters) for _ in range(arms)]


def test_an_arm_differs_from_itself_by_exactly_nothing() -> None:
    (one,) = random_arms(0, 1, 3)
    found = paired_difference(one, one)
    assert found.value == 0
    assert found.standard_error is None
    assert found.low is not None
    assert found.high is not None
    assert -0.05 < found.low < 0 < found.high < 0.05


def test_the_difference_is_that_of_the_accuracies_with_the_error_of_the_items_differences() -> None:
    one, two = random_arms(1, 2, 2)
    found = paired_difference(one, two)
    assert found.value == pytest.approx(accuracy(one).value - accuracy(two).value)
    apart = one.shares - two.shares
    rows = [(one.clusters == cluster) for cluster in range(12)]
    squares = sum(((apart[own] - apart.mean()).sum() ** 2) / (1 - own.mean()) for own in rows)
    assert found.standard_error == pytest.approx(math.sqrt(squares) / 150)


def test_swapping_the_arms_turns_the_difference_round() -> None:
    one, two = random_arms(2, 2)
    found, other = paired_difference(one, two), paired_difference(two, one)
    assert found.low is not None
    assert found.high is not None
    assert (other.value, other.low, other.high) == pytest.approx((-found.value, -found.high, -found.low))


def test_pairing_is_more_precise_than_two_accuracies() -> None:
    one, two = random_arms(3, 2)
    apart = math.hypot(*(accuracy(each).standard_error or 0 for each in (one, two)))
    assert (paired_difference(one, two).standard_error or 1) < 0.8 * apart


def test_only_items_judged_in_both_arms_count() -> None:
    ask = made([1, 1, 0, 1], [1, 1, 1, 0])
    draw = made([0, 1, 0, 0], [1, 0, 1, 1])
    found = paired_difference(ask, draw)
    assert (found.value, found.items, found.judged) == (0.5, 4, 2)


def test_strata_weigh_the_same_in_a_difference() -> None:
    strata = ["a"] * 2 + ["b"] * 6
    assert paired_difference(made([1, 1] + [0] * 6, strata=strata), made([0] * 8, strata=strata)).value == 0.5


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 3)), min_size=2, max_size=20), st.randoms())
def test_differences_hold_their_value_stay_in_range_and_know_no_order(rows: list[tuple[int, int, int]], random: Any) -> None:
    first, second, clusters = np.array(rows).T
    one, two = made(first, 2, clusters), made(second, 2, clusters)
    order = np.array(random.sample(range(len(rows)), len(rows)))
    found, other = paired_difference(one, two), paired_difference(one.where(order), two.where(order))
    assert other.value == pytest.approx(found.value)
    if found.low is not None and found.high is not None:
        assert -1 <= found.low <= found.value <= found.high <= 1
        assert (other.low, other.high) == pytest.approx((found.low, found.high), abs=1e-9)
    else:
        assert len(set(clusters)) == 1


@given(st.lists(st.tuples(*[st.integers(0, 1)] * 4), min_size=1, max_size=12))
def test_bounds_enclose_the_difference_of_what_was_judged(rows: list[tuple[int, ...]]) -> None:
    one, two = (made(np.array(rows)[:, place], np.array(rows)[:, place + 1]) for place in (0, 2))
    low, high = difference_bounds(one, two)
    assert -1 <= low <= high <= 1
    if one.counts.any() and two.counts.any():
        assert low - 1e-12 <= accuracy(one).value - accuracy(two).value <= high + 1e-12


def test_nothing_judged_in_both_is_no_difference_of_zero() -> None:
    with pytest.raises(NothingJudgedError, match="no item judged in both"):
        paired_difference(made([1, 1], [1, 0]), made([1, 1], [0, 1]))


@pytest.mark.parametrize(
    ("change", "said"),
    [({"items": ["x", "y"]}, "items: found 0 in one, x"), ({"clusters": [1, 1]}, "clusters"), ({"strata": [0, 1]}, "strata")],
)
def test_arms_of_different_items_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        paired_difference(made([1, 0]), made([1, 0], **change))


def test_arms_of_different_numbers_of_items_are_refused() -> None:
    with pytest.raises(DataError, match="2 in one, 3 in the other"):
        paired_difference(made([1, 0]), made([1, 0, 1]))


def test_transfer_is_the_accuracy_of_drawings_of_items_that_are_understood() -> None:
    ask, literal, draw = random_arms(4, 3)
    both = (ask.shares * literal.shares) > 0
    found, oracle = transfer(ask, literal, draw), accuracy(draw.where(both))
    assert (found.value, found.low, found.high) == pytest.approx((oracle.value, oracle.low, oracle.high))
    assert (found.judged, found.items, found.clusters) == (oracle.judged, 150, oracle.clusters)
    assert found.notes[0] == f"{oracle.judged} of 150 items judged in all three arms meet the condition"


def test_transfer_of_several_samples_is_the_share_over_all_pairs_of_answer_and_literal_picture() -> None:
    ask, literal, draw = random_arms(5, 3, 3)
    weight = ask.shares * literal.shares
    value = (weight * draw.shares).sum() / weight.sum()
    found = transfer(ask, literal, draw)
    assert found.value == pytest.approx(value)
    squares = 0.0
    for cluster in range(12):  # the linearised ratio of Cochran 1977, equation 6.13, with clusters as units
        own = ask.clusters == cluster
        total = (weight[own] * (draw.shares[own] - value)).sum() / weight.sum()
        squares += total**2 / (1 - weight[own].sum() / weight.sum())
    assert found.standard_error == pytest.approx(math.sqrt(squares))


def test_transfer_needs_items_that_are_judged_and_understood() -> None:
    right, wrong, nothing = made([1, 1]), made([0, 0]), made([1, 1], 0)
    with pytest.raises(NothingJudgedError, match="no item judged in all three arms"):
        transfer(right, nothing, right)
    with pytest.raises(NothingJudgedError, match="no item asked right and literally right"):
        transfer(right, wrong, right)
    with pytest.raises(DataError):
        transfer(right, right, made([1, 1, 1]))


def test_transfer_of_one_cluster_has_no_interval() -> None:
    one = made([1, 1], clusters=[3, 3])
    found = transfer(one, one, one)
    assert (found.value, found.low, found.high) == (1, None, None)


def test_two_runs_are_matched_by_id_in_any_order_and_the_rest_is_told() -> None:
    first = made([1, 0, 1], items=["c", "a", "b"], clusters=["t", "u", "t"])
    second = made([0, 1, 1], items=["b", "d", "a"], clusters=["t", "t", "u"])
    pair = matched(first, second)
    assert pair.first.items.tolist() == pair.second.items.tolist() == ["a", "b"]
    assert (pair.only_first, pair.only_second) == (("c",), ("d",))
    assert pair.notes == ("1 items only in the first run, not compared", "1 items only in the second run, not compared")
    assert paired_difference(pair.first, pair.second).value == 0


def test_runs_without_a_common_item_or_of_another_release_are_refused() -> None:
    with pytest.raises(DataError, match="no item of the 1 in the first run"):
        matched(made([1], items=["a"]), made([1], items=["b"]))
    with pytest.raises(DataError, match="clusters: found t in one, u in the other"):
        matched(made([1], items=["a"], clusters=["t"]), made([1], items=["a"], clusters=["u"]))
