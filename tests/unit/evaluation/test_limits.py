from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar

from unisandbox.evaluation.limits import accuracy_limits, difference_limits, edge, wilson

Z = 1.959963984540054
shares = st.floats(0, 1)
sizes = st.floats(1.5, 1e5)


@pytest.mark.parametrize(
    ("right", "items", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_published_limits_of_newcombe_are_met(right: int, items: int, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17:857, table I, method 3."""
    assert wilson(right / items, items, Z) == pytest.approx((low, high), abs=5e-5)


def test_the_published_limits_of_a_paired_difference_are_met() -> None:
    """Tango's limits of 1, 1, 7, 12 pairs: Fagerland, Lydersen & Laake 2014, Statistics in Medicine 33:2850, table VIII."""
    assert difference_limits((1 - 7) / 21, 8 / 21, 0.0, 21, Z) == pytest.approx((-0.517, -0.026), abs=5e-4)


@given(shares, sizes)
def test_limits_of_a_share_are_where_its_score_test_turns(value: float, items: float) -> None:
    for limit in wilson(value, items, Z):
        assert 0 <= limit <= 1
        at_the_edge = math.isclose(limit, value, abs_tol=1e-9)
        assert at_the_edge or (value - limit) ** 2 == pytest.approx(Z**2 * limit * (1 - limit) / items, rel=1e-6, abs=1e-12)


@given(st.floats(0.001, 0.999), sizes)
def test_without_more_spread_than_sampling_gives_an_accuracy_has_wilson_limits(value: float, items: float) -> None:
    own = value * (1 - value) / items
    assert accuracy_limits(value, own, own, 10, Z) == pytest.approx(wilson(value, items, Z), abs=1e-9)


@given(st.floats(0.001, 0.999), st.floats(2, 500), st.floats(0.05, 0.95))
def test_limits_with_spread_lie_outside_wilson_limits_and_turn_where_the_variance_says(
    value: float, items: float, part: float
) -> None:
    variance = value * (1 - value) / items
    low, high = accuracy_limits(value, variance, part * variance, 10, Z)
    plain = wilson(value, items, Z)
    assert low <= plain[0] + 1e-9
    assert high >= plain[1] - 1e-9
    for limit in (low, high):
        ratio = limit * (1 - limit) / (value * (1 - value))
        there = variance * ratio * (part + (1 - part) * max(ratio, 1) ** 0.5)
        assert (value - limit) ** 2 == pytest.approx(Z**2 * there, rel=1e-6)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_an_accuracy_without_spread_has_wilson_limits_for_its_items(value: float) -> None:
    assert accuracy_limits(value, 0.0, 0.0, 40, Z) == pytest.approx(wilson(value, 40, Z), abs=1e-12)


def score(more: int, fewer: int, pairs: int, true: float) -> float:
    """Tango's statistic with the likelihood maximised by search over the discordant shares."""
    least, most = max(0.0, -true), (1 - true) / 2

    def loss(share: float) -> float:
        cells = ((more, share + true), (fewer, share), (pairs - more - fewer, 1 - 2 * share - true))
        return -sum(count * math.log(max(each, 1e-300)) for count, each in cells if count)

    best = minimize_scalar(loss, bounds=(least, most), method="bounded", options={"xatol": 1e-12}).x
    return float((more - fewer - pairs * true) / math.sqrt(pairs * (2 * best + true * (1 - true))))


@pytest.mark.parametrize(("more", "fewer", "pairs"), [(40, 20, 160), (3, 0, 30), (12, 9, 21), (0, 5, 50), (60, 2, 70)])
def test_limits_of_a_difference_are_those_of_the_score_test_found_by_search(more: int, fewer: int, pairs: int) -> None:
    found = difference_limits((more - fewer) / pairs, (more + fewer) / pairs, 0.0, pairs, Z)
    value = (more - fewer) / pairs
    low = brentq(lambda true: score(more, fewer, pairs, true) - Z, -0.999, value - 1e-6)
    high = brentq(lambda true: score(more, fewer, pairs, true) + Z, value + 1e-6, 0.999)
    assert found == pytest.approx((low, high), abs=1e-5)


differences = st.tuples(st.floats(0, 1), st.floats(0, 1)).filter(lambda pair: sum(pair) <= 1)


@given(differences, st.floats(1e-6, 0.1), st.floats(2, 1000))
def test_limits_of_a_difference_hold_it_stay_in_range_and_mirror(
    pair: tuple[float, float], variance: float, items: float
) -> None:
    value, discordant = pair[0] - pair[1], pair[0] + pair[1]
    low, high = difference_limits(value, discordant, variance, items, Z)
    assert -1 <= low <= value <= high <= 1
    assert difference_limits(-value, discordant, variance, items, Z) == pytest.approx((-high, -low), abs=1e-9)


def test_more_variance_gives_wider_limits_of_a_difference() -> None:
    lengths = [np.ptp(difference_limits(0.2, 0.4, variance, 100, Z)) for variance in (0.001, 0.002, 0.004, 0.008)]
    assert lengths == sorted(lengths)
    assert lengths[0] < 0.6 * lengths[-1]


@pytest.mark.parametrize(("value", "discordant"), [(0.0, 0.0), (1.0, 1.0), (-1.0, 1.0)])
def test_differences_without_spread_still_leave_room_for_error(value: float, discordant: float) -> None:
    low, high = difference_limits(value, discordant, 0.0, 100, Z)
    assert high - low == pytest.approx(2 * Z**2 / (100 + Z**2), abs=1e-6)


def test_an_edge_is_found_from_either_side_and_may_be_the_end() -> None:
    assert edge(lambda x: x < 0.3, 0.0, 1.0) == pytest.approx(0.3, abs=1e-12)
    assert edge(lambda x: x > -0.3, 0.0, -1.0) == pytest.approx(-0.3, abs=1e-12)
    assert edge(lambda x: x > -2, 0.0, -1.0) == -1.0
