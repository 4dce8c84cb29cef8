"""Spaces: what is said to be a bijection is one, balance is exact, ranks and choices undo each other."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unisandbox.generators.spaces import (
    LARGEST_SPACE,
    Bijection,
    Bins,
    RoundRobin,
    balanced,
    edition_slice,
    held_out_counts,
    nth_combination,
    nth_permutation,
    rank_of_combination,
    rank_of_permutation,
)


@given(size=st.integers(1, 3000), key=st.integers(0, 2**70))
def test_a_bijection_reaches_every_rank_once_and_back(size: int, key: int) -> None:
    deck = Bijection(size, key)
    image = deck.many(np.arange(size))
    assert sorted(image.tolist()) == list(range(size))
    assert (deck.many(image, inverse=True) == np.arange(size)).all()


@given(size=st.integers(1, LARGEST_SPACE), key=st.integers(0, 2**64 - 1), data=st.data())
def test_large_bijections_stay_inside_and_invert(size: int, key: int, data: st.DataObject) -> None:
    rank = data.draw(st.integers(0, size - 1))
    deck = Bijection(size, key)
    image = deck.forward(rank)
    assert 0 <= image < size
    assert deck.inverse(image) == rank


def test_bijections_of_two_keys_share_no_more_than_chance() -> None:
    one, other = (Bijection(10_000, key).many(np.arange(10_000)) for key in (42, 43))
    assert (one == other).sum() < 8  # a permutation's fixed points: Poisson with mean 1, above 7 in 1 of 100,000


def test_images_of_a_bijection_are_pinned() -> None:
    assert Bijection(1000, 7).many(np.arange(6)).tolist() == [101, 143, 657, 322, 661, 672]
    assert Bijection(2**61, 7).many(np.arange(3)).tolist() == [762888215256548223, 1645949735781583571, 986800167423661389]


@pytest.mark.parametrize("size", [0, LARGEST_SPACE + 1])
def test_a_space_that_cannot_be_permuted_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="can be permuted"):
        Bijection(size, 1)


@given(first=st.integers(1, 12), second=st.integers(1, 40), rows=st.integers(1, 500))
def test_every_prefix_is_balanced_in_both_strata(first: int, second: int, rows: int) -> None:
    for column, count in zip(balanced(np.arange(rows), first, second), (first, second), strict=True):
        seen = np.bincount(column, minlength=count)
        assert seen.max() - seen.min() <= 1


@given(first=st.integers(1, 12), second=st.integers(1, 30))
def test_balanced_strata_reach_every_pair(first: int, second: int) -> None:
    pairs = zip(*(column.tolist() for column in balanced(np.arange(first * second), first, second)), strict=True)
    assert len(set(pairs)) == first * second


@given(sizes=st.lists(st.integers(1, 30), min_size=1, max_size=12), key=st.integers(0, 2**64 - 1))
def test_a_round_robin_visits_every_place_once_and_evenly(sizes: list[int], key: int) -> None:
    schedule = RoundRobin(tuple(sizes), key)
    cells, places = schedule.at(np.arange(schedule.total))
    assert sorted(zip(cells.tolist(), places.tolist(), strict=True)) == [
        (c, p) for c, size in enumerate(sizes) for p in range(size)
    ]
    for end in range(1, schedule.total + 1):
        seen = Counter(cells[:end].tolist())
        unfinished = [seen[cell] for cell, size in enumerate(sizes) if seen[cell] < size]
        assert not unfinished or max(seen.values()) - min(unfinished) <= 1


def test_an_index_beyond_the_cells_is_an_error() -> None:
    with pytest.raises(IndexError, match="index 4; the cells have 4 places"):
        RoundRobin((1, 3), key=1).at(np.arange(5))


@given(size=st.integers(0, 10_000), validation=st.floats(0.01, 0.4), test=st.floats(0.01, 0.4))
def test_bins_divide_all_positions(size: int, validation: float, test: float) -> None:
    bins = Bins.of(size, validation, test)
    ranges = [bins.range_of(name) for name in ("train", "validation", "test")]
    assert [position for one in ranges for position in one] == list(range(size))
    assert all(bins.name_of(one[0]) == name for one, name in zip(ranges, ("train", "validation", "test"), strict=True) if one)
    assert size == 0 or len(ranges[0]) > 0


def test_a_space_of_one_key_stays_in_train() -> None:
    validation, test = held_out_counts(np.array([1, 2, 3]), 0.1, 0.1)
    assert (validation.tolist(), test.tolist()) == ([0, 0, 1], [0, 1, 1])


@given(size=st.integers(0, 10**6), editions=st.integers(1, 50))
def test_editions_share_nothing(size: int, editions: int) -> None:
    slices = [edition_slice(size, edition, editions) for edition in range(editions)]
    assert all(left.stop == right.start for left, right in itertools.pairwise(slices))
    assert slices[-1].stop <= size


@settings(max_examples=60)
@given(n=st.integers(1, 9), data=st.data())
def test_permutations_and_combinations_are_numbered_without_gaps(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, min(n, 5)))
    ordered = [tuple(nth_permutation(n, k, rank)) for rank in range(math.perm(n, k))]
    unordered = [tuple(nth_combination(n, k, rank)) for rank in range(math.comb(n, k))]
    assert len(set(ordered)) == len(ordered)
    assert len(set(unordered)) == len(unordered)
    assert [rank_of_permutation(n, chosen) for chosen in ordered] == list(range(len(ordered)))
    assert [rank_of_combination(n, chosen) for chosen in unordered] == list(range(len(unordered)))
