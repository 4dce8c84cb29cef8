from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisandbox.errors import DataError
from unisandbox.evaluation.agreement import flip_rate, krippendorff_alpha, pairwise_agreement
from unisandbox.evaluation.metrics import wilson_interval
from unisandbox.evaluation.scores import NothingJudgedError

tables = st.integers(2, 4).flatmap(
    lambda judges: st.lists(
        st.lists(st.sampled_from(["a", "b", "c", None]), min_size=judges, max_size=judges), min_size=1, max_size=12
    )
)


def units(*judges: str) -> list[list[str | None]]:
    """One string a judge, one character a unit; a dot is no answer."""
    return [[None if one == "." else one for one in unit] for unit in zip(*judges, strict=True)]


@pytest.mark.parametrize(
    ("judges", "alpha"),
    [
        (("0100000010", "1110010000"), 0.095),
        (("aabbdcccedda", "babbbccceddd"), 0.692),
        (("123321412...", "1233224125.3", ".3332342251.", "12332441251."), 0.743),
    ],
)
def test_published_examples_are_met(judges: tuple[str, ...], alpha: float) -> None:
    """Krippendorff 2011, "Computing Krippendorff's alpha-reliability", examples A, B and C."""
    assert krippendorff_alpha(units(*judges)).value == pytest.approx(alpha, abs=5e-4)


def by_coincidences(ratings: list[list[str | None]]) -> float | None:
    """Alpha from the coincidence matrix, pair by pair."""
    seen: dict[tuple[str, str], float] = {}
    for row in ratings:
        given_ = [one for one in row if one is not None]
        for one, other in itertools.permutations(range(len(given_)), 2):
            key = (given_[one], given_[other])
            seen[key] = seen.get(key, 0) + 1 / (len(given_) - 1)
    totals: dict[str, float] = {}
    for (one, _), times in seen.items():
        totals[one] = totals.get(one, 0) + times
    count = sum(totals.values())
    apart = sum(times for (one, other), times in seen.items() if one != other)
    by_chance = sum(totals[one] * totals[other] for one, other in itertools.permutations(totals, 2))
    return 1 - (count - 1) * apart / by_chance if by_chance else None


@given(tables)
def test_alpha_is_that_of_the_coincidence_matrix_and_knows_no_order(ratings: list[list[Any]]) -> None:
    if not any(sum(one is not None for one in row) > 1 for row in ratings):
        with pytest.raises(NothingJudgedError, match="none with two answers"):
            krippendorff_alpha(ratings)
        return
    found = krippendorff_alpha(ratings)
    oracle = by_coincidences(ratings)
    assert found.value == (None if oracle is None else pytest.approx(oracle))
    assert (found.reason is None) == (found.value is not None)
    turned = [row[::-1] for row in ratings[::-1]]
    assert krippendorff_alpha(turned) == found or found.value == pytest.approx(krippendorff_alpha(turned).value)


def test_judges_that_always_agree_have_alpha_one_unless_nothing_varies() -> None:
    assert krippendorff_alpha([["a", "a"], ["b", "b"]]).value == 1
    same = krippendorff_alpha([["a", "a"], ["a", "a"]])
    assert same.value is None
    assert "alike" in str(same.reason)


def test_each_pair_of_judges_agrees_on_what_both_answered() -> None:
    found = pairwise_agreement(units("aab.", "abb.", "a..c"))
    assert {pair: (one.value, one.items) for pair, one in found.items()} == {
        (0, 1): (pytest.approx(2 / 3), 3),
        (0, 2): (1, 1),
        (1, 2): (1, 1),
    }


def test_the_flip_rate_is_a_share_of_what_was_answered_twice() -> None:
    found = flip_rate([*"aaaaaaaaab", None], [*"aaaaaaaabb", "c"])
    assert found == wilson_interval(1, 10)


def test_answers_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(DataError, match="2 answers after 1"):
        flip_rate(["a"], ["a", "b"])
    with pytest.raises(DataError, match="rows of 1 to 2 answers"):
        krippendorff_alpha([["a"], ["a", "b"]])
    for nothing in ([], [["a", None]]):
        with pytest.raises(NothingJudgedError):
            pairwise_agreement(nothing)
    with pytest.raises(NothingJudgedError):
        flip_rate([None], ["a"])
