from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from unisandbox.errors import DataError, InputError
from unisandbox.evaluation.metrics import (
    accuracy,
    bounds,
    chance_corrected,
    control_loss,
    grouped,
    mean_chance,
    wilson_interval,
)
from unisandbox.evaluation.scores import NothingJudgedError, Scores, scores


def made(rows: list[tuple[int, int, int]], clusters: list[Any], strata: list[Any] | None = None) -> Scores:
    """Scores of rows of right, wrong and failed samples."""
    right, wrong, errors = np.array(rows).T
    return scores(np.arange(len(rows)), right=right, judged=right + wrong, errors=errors, clusters=clusters, strata=strata)


@st.composite
def runs(draw: st.DrawFn) -> Scores:
    count = draw(st.integers(1, 25))
    sample = st.tuples(*[st.integers(0, 2)] * 3).filter(any)
    rows = draw(st.lists(sample, min_size=count, max_size=count))
    clusters = draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    strata = draw(st.lists(st.sampled_from(["a", "b"]), min_size=count, max_size=count))
    return made(rows, clusters, strata)


def test_one_item_a_cluster_gives_wilson_limits_with_t_for_z() -> None:
    found = accuracy(made([(1, 0, 0)] * 30 + [(0, 1, 0)] * 70, list(range(100))))
    assert found.value == 0.3
    assert found.standard_error == pytest.approx(math.sqrt(0.3 * 0.7 / 99))
    assert found.degrees_of_freedom == pytest.approx(99)
    t, items = stats.t.ppf(0.975, 99), 99
    middle, half = (0.3 + t**2 / 2 / items), t * math.sqrt(0.3 * 0.7 / items + t**2 / 4 / items**2)
    limits = ((middle - half) / (1 + t**2 / items), (middle + half) / (1 + t**2 / items))
    assert (found.low, found.high) == pytest.approx(limits, abs=2e-4)


def test_the_standard_error_of_equal_clusters_is_that_of_their_means() -> None:
    """Liang & Zeger's sum of squared cluster totals times C / (C - 1), as statsmodels' cov_type="cluster" has it for a mean."""
    rng = np.random.default_rng(4)
    right = rng.binomial(3, 0.4, size=(8, 6))
    found = accuracy(made([(int(one), 3 - int(one), 0) for one in right.ravel()], np.repeat(np.arange(8), 6).tolist()))
    totals = (right / 3 - found.value).sum(axis=1)
    assert found.standard_error == pytest.approx(math.sqrt(8 / 7 * (totals**2).sum()) / 48)
    assert (found.items, found.judged, found.clusters, found.method) == (48, 48, 8, "cluster-t")


def test_items_weigh_the_same_however_many_samples_they_have() -> None:
    assert accuracy(made([(1, 0, 0), (0, 9, 0), (3, 1, 5)], [0, 1, 2])).value == pytest.approx((1 + 0 + 0.75) / 3)


def test_strata_weigh_the_same_however_many_items_they_have() -> None:
    rows = [(1, 0, 0), (0, 1, 0), (1, 0, 0), (1, 0, 0)] + [(0, 1, 0)] * 8 + [(1, 0, 0)] * 2
    found = accuracy(made(rows, list(range(14)), ["easy"] * 4 + ["hard"] * 10))
    assert found.value == pytest.approx((0.75 + 0.2) / 2)
    assert found.standard_error == pytest.approx(math.sqrt(0.75 * 0.25 / 3 + 0.2 * 0.8 / 9) / 2)


def test_errors_do_not_count_as_wrong_and_not_as_right() -> None:
    found = accuracy(made([(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 2)], [0, 1, 2, 3]))
    assert (found.value, found.items, found.judged, found.clusters) == (0.5, 4, 2, 2)


def test_nothing_is_not_zero() -> None:
    nothing = made([(0, 0, 1)] * 3, [0, 1, 2])
    with pytest.raises(NothingJudgedError, match="no verdict among 3 items, 3 errors"):
        accuracy(nothing)
    with pytest.raises(NothingJudgedError):
        wilson_interval(0, 0)
    with pytest.raises(NothingJudgedError):
        bounds(nothing.where(nothing.counts))
    with pytest.raises(NothingJudgedError):
        chance_corrected(nothing, [0.5] * 3)
    assert bounds(nothing) == (0, 1)
    assert issubclass(NothingJudgedError, InputError)


def test_a_stratum_without_a_verdict_is_left_out_and_named() -> None:
    found = accuracy(made([(1, 0, 0), (1, 0, 0), (0, 0, 1)], [0, 1, 2], ["level 1", "level 1", "level 2"]))
    assert found.value == 1
    assert "stratum level 2: no verdict" in found.notes


def test_one_cluster_gives_a_value_without_an_interval_and_says_why() -> None:
    found = accuracy(made([(1, 0, 0), (0, 1, 0)], [7, 7]))
    assert (found.value, found.low, found.high, found.half_width) == (0.5, None, None, None)
    assert any("fewer than two clusters" in note for note in found.notes)


@pytest.mark.parametrize(("clusters", "said"), [(9, True), (10, False)])
def test_few_clusters_are_told(clusters: int, said: bool) -> None:
    notes = accuracy(made([(1, 0, 0), (0, 1, 0)] * clusters, np.repeat(np.arange(clusters), 2).tolist())).notes
    assert (f"only {clusters} clusters: the interval rests on very little" in notes) == said


@given(runs(), st.randoms(use_true_random=False))
def test_the_order_of_items_changes_nothing_and_intervals_hold_their_value(one: Scores, random: Any) -> None:
    if not one.counts.any():
        return
    order = np.array(random.sample(range(one.items.size), one.items.size))
    found, other = accuracy(one), accuracy(one.where(order))
    assert other.value == pytest.approx(found.value)
    assert (other.low is None) == (found.low is None)
    if found.low is not None and found.high is not None:
        assert 0 <= found.low <= found.value <= found.high <= 1
        assert (other.low, other.high) == pytest.approx((found.low, found.high), abs=1e-9)
        assert found.half_width == pytest.approx((found.high - found.low) / 2)


@given(runs())
def test_bounds_enclose_the_accuracy(one: Scores) -> None:
    low, high = bounds(one)
    assert 0 <= low <= high <= 1
    if one.counts.any():
        assert low - 1e-12 <= accuracy(one).value <= high + 1e-12


def test_bounds_are_the_extremes_over_all_ways_in_which_errors_may_turn_out() -> None:
    rows = [(1, 1, 1), (0, 1, 2), (2, 0, 0), (0, 0, 1)]
    every = []
    for turns in itertools.product(*(range(errors + 1) for *_, errors in rows)):
        told = [(right + turn) / (right + wrong + errors) for (right, wrong, errors), turn in zip(rows, turns, strict=True)]
        every.append(np.mean(told))
    assert bounds(made(rows, [0, 1, 2, 3])) == pytest.approx((min(every), max(every)))


def test_a_group_is_right_if_all_its_items_are() -> None:
    one = made([(1, 0, 0), (1, 0, 0), (1, 0, 0), (0, 1, 0), (0, 1, 0), (1, 0, 0)], [0, 0, 1, 1, 2, 2])
    found = accuracy(grouped(one, ["x", "x", "y", "y", "z", "z"]))
    assert (found.value, found.items, found.judged) == (pytest.approx(1 / 3), 3, 3)


def test_a_group_of_several_samples_is_right_as_often_as_ways_to_pick_one_of_each() -> None:
    rows = [(1, 2, 0), (2, 1, 0), (3, 0, 0)]
    ways = [[1] * right + [0] * wrong for right, wrong, _ in rows]
    by_hand = np.mean([all(way) for way in itertools.product(*ways)])
    assert grouped(made(rows, [0, 0, 0]), [5, 5, 5]).right.tolist() == pytest.approx([by_hand])


def test_a_group_with_an_item_without_verdict_is_an_error_and_not_wrong() -> None:
    groups = grouped(made([(1, 0, 0), (0, 0, 1), (1, 0, 0), (1, 0, 0)], [0, 0, 1, 1]), [0, 0, 1, 1])
    assert accuracy(groups).value == 1
    assert (groups.judged.tolist(), groups.errors.tolist()) == ([0, 1], [1, 0])
    assert bounds(groups) == (0.5, 1.0)


def test_groups_of_one_item_score_as_the_items_do() -> None:
    one = made([(1, 0, 0), (0, 1, 0), (1, 0, 0)], [0, 1, 2])
    assert accuracy(grouped(one, [2, 0, 1])) == accuracy(one)


def test_a_group_over_two_clusters_or_strata_is_refused() -> None:
    for clusters, strata in (([0, 1], None), ([0, 0], ["a", "b"])):
        with pytest.raises(DataError, match="1 groups in several clusters or strata"):
            grouped(made([(1, 0, 0)] * 2, clusters, strata), [0, 0])
    with pytest.raises(DataError, match="one an item"):
        grouped(made([(1, 0, 0)] * 2, [0, 0]), [0])


def test_chance_scores_nothing_and_all_right_scores_one() -> None:
    rng = np.random.default_rng(0)
    chance = rng.choice([0.25, 0.5], 200)
    one = made([(1, 0, 0)] * 75 + [(0, 1, 0)] * 125, (np.arange(200) // 10).tolist())
    found, plain, mean = chance_corrected(one, chance), accuracy(one), chance.mean()
    assert found.value == pytest.approx((0.375 - mean) / (1 - mean))
    assert plain.low is not None
    assert plain.high is not None
    assert (found.low, found.high) == pytest.approx(((plain.low - mean) / (1 - mean), (plain.high - mean) / (1 - mean)))
    assert chance_corrected(one, [0.375] * 200).value == 0
    assert chance_corrected(made([(1, 0, 0)] * 20, list(range(20))), [0.5] * 20).value == 1


def test_only_the_chance_of_judged_items_counts_and_strata_weigh_the_same() -> None:
    one = made([(1, 0, 0), (1, 0, 0), (1, 0, 0), (0, 0, 1)], [0, 1, 2, 3], ["a", "b", "b", "b"])
    assert mean_chance(one, [0.5, 0.1, 0.3, 0.9]) == pytest.approx((0.5 + 0.2) / 2)


@pytest.mark.parametrize("chance", [[0.5], [0.5, 1.0], [0.5, -0.1], [0.5, float("nan")]])
def test_a_chance_that_is_none_is_refused(chance: list[float]) -> None:
    with pytest.raises(DataError, match="chance"):
        mean_chance(made([(1, 0, 0)] * 2, [0, 1]), chance)


def test_control_loss_is_what_literal_prompts_lose() -> None:
    literal = made([(1, 0, 0)] * 90 + [(0, 1, 0)] * 10, (np.arange(100) // 5).tolist())
    found, plain = control_loss(literal), accuracy(literal)
    assert plain.low is not None
    assert plain.high is not None
    assert (found.value, found.low, found.high) == (pytest.approx(0.1), 1 - plain.high, 1 - plain.low)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"right": [1, 2]}, "1 items with more right than judged"),
        ({"judged": [1, float("nan")]}, "not finite"),
        ({"errors": [-1, 0]}, "below 0"),
        ({"judged": [1, 0], "right": [1, 0]}, "1 items without a sample"),
        ({"items": ["a", "a"]}, "1 ids that occur again"),
        ({"clusters": [0]}, "fields of shapes"),
    ],
)
def test_scores_that_cannot_be_are_refused(change: dict[str, Any], said: str) -> None:
    fields: dict[str, Any] = {"items": ["a", "b"], "right": [1, 1], "judged": [1, 1], "errors": [0, 0], "clusters": [0, 1]}
    with pytest.raises(DataError, match=said):
        scores(**{**fields, **change})


@pytest.mark.parametrize(("right", "items"), [(-1, 5), (6, 5)])
def test_counts_that_no_items_have_are_refused(right: int, items: int) -> None:
    with pytest.raises(DataError):
        wilson_interval(right, items)
