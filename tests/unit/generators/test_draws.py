"""Randomness is counter-based, seekable, named, and pinned."""

from __future__ import annotations

import numpy as np
import pytest

from unisandbox.generators.draws import Draws, OutOfWordsError, draws_of, rows_of_draws, stream_key, words

# Philox4x64-10 with key 42 from counter 0, as numpy 2.4.6 and Random123's reference give it.
CHOICES = (1, 889, "a", ["a", "d", "c", "b", "e"], ["a", "g", "f"])
PHILOX_42 = [0xD1F8817D4D62880E, 0x307266B65CC8797E, 0xDE1F04E7F084ED03, 0x65034A8E78CD1E59]


def test_philox_words_are_those_of_the_published_algorithm() -> None:
    assert words(42, start=0, count=1, words_per_row=4).tolist() == [PHILOX_42]


def test_choices_of_a_named_stream_are_pinned() -> None:
    draws = draws_of("golden", count=16)
    made = (draws.below(6), draws.below(1000), draws.choice("abcdef"), draws.shuffled("abcde"), draws.sample("abcdefgh", 3))
    assert made == CHOICES


def test_any_row_can_be_read_without_the_others() -> None:
    every = words(9, start=0, count=50, words_per_row=8)
    for start, count in ((0, 1), (7, 3), (49, 1)):
        assert (words(9, start=start, count=count, words_per_row=8) == every[start : start + count]).all()


def test_neighbouring_seeds_share_no_word() -> None:
    one, other = (set(words(stream_key("line", seed), start=0, count=500, words_per_row=8).ravel().tolist()) for seed in (42, 43))
    assert len(one) == len(other) == 4000
    assert not one & other


def test_names_that_read_alike_are_different_streams() -> None:
    names = [("a", "b"), ("ab",), ("a", "b", ""), ("1",), (1,), ("i1",), ("s1",), ("a", 1, "b"), ("a", "1", "b")]
    assert len({stream_key(*name) for name in names}) == len(names)


def test_below_is_uniform_within_chance() -> None:
    drawn = [draws.below(6) for draws in rows_of_draws(5, start=0, count=60_000, words_per_row=4)]
    counts = np.bincount(drawn, minlength=6)
    assert counts.sum() == 60_000
    assert ((counts - 10_000) ** 2 / 10_000).sum() < 20.5  # chi-squared with 5 degrees of freedom, 0.1 %


def test_a_row_that_draws_too_much_is_an_error() -> None:
    draws = Draws([1, 2])
    draws.below(3)
    draws.below(3)
    with pytest.raises(OutOfWordsError, match="raise words_per_row"):
        draws.below(3)


@pytest.mark.parametrize("width", [0, 3, -4])
def test_rows_begin_at_counters_of_their_own(width: int) -> None:
    with pytest.raises(ValueError, match="multiple of 4"):
        words(1, start=0, count=1, words_per_row=width)
