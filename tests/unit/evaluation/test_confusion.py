from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisandbox.errors import DataError
from unisandbox.evaluation.confusion import matrix_rogan_gladen
from unisandbox.evaluation.corrections import Refused, calibration, rogan_gladen
from unisandbox.evaluation.metrics import Figure
from unisandbox.evaluation.scores import NothingJudgedError, scores

OFF_BY_ONE = np.array([[90, 5, 0, 0], [10, 90, 5, 0], [0, 5, 90, 10], [0, 0, 5, 90]])


def made(result: Figure | Refused) -> Figure:
    assert isinstance(result, Figure)
    return result


def readings(confusion: Any, true: Any, each: int = 1000) -> Any:
    """What a judge of that confusion reads, in exact shares: `each` readings for one of every true count given."""
    shares = np.asarray(confusion) / np.sum(confusion, axis=0)
    return [np.repeat(np.arange(len(shares)), np.rint(shares[:, one] * each).astype(int)) for one in true]


def test_two_counts_are_corrected_as_by_rogan_and_gladen() -> None:
    confusion = [[90, 8], [10, 92]]
    read = np.repeat([1, 0], [520, 480])
    found = made(matrix_rogan_gladen(confusion, read, np.ones(1000, int), np.arange(1000)))
    places = np.arange(1000)
    one = scores(places, right=read, judged=1 + 0 * places, errors=0 * places, clusters=places)
    other = rogan_gladen(one, calibration([1] * 100 + [0] * 100, [1] * 92 + [0] * 8 + [1] * 10 + [0] * 90))
    assert isinstance(other, Figure)
    assert found.value == pytest.approx(other.value, abs=1e-5)
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=0.002)
    assert found.method == "matrix rogan-gladen, cluster-t"


def test_exact_shares_of_readings_give_the_true_share_back() -> None:
    """Targets 1 and 2; the model draws 1, 2, 2 and 3 for either, so half of the second and a quarter of the first are right."""
    read = np.concatenate(readings(OFF_BY_ONE, [1, 2, 2, 3] * 2, 2000))
    targets = np.repeat([1, 2], read.size // 2)
    found = made(matrix_rogan_gladen(OFF_BY_ONE, read, targets, np.arange(read.size) % 40))
    assert found.value == pytest.approx((0.25 + 0.5) / 2, abs=1e-3)
    assert (read == targets).mean() == pytest.approx(0.37, abs=0.02)


def test_shares_are_never_negative_and_a_run_of_one_reading_leaves_room_for_error() -> None:
    read, targets = np.zeros(50, int), np.full(50, 2)
    found = made(matrix_rogan_gladen(OFF_BY_ONE, read, targets, np.arange(50) % 10))
    assert (found.value, found.low) == (pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9))
    assert 0.03 < (found.high or 1) < 0.15


def test_the_error_is_that_of_drawing_items_and_calibration_anew() -> None:
    """500 draws give a standard deviation to within 0.032 of itself (standard error), so 0.12 is nearly four."""
    rng, shares = np.random.default_rng(0), OFF_BY_ONE / OFF_BY_ONE.sum(axis=0)
    drawn, said = [], []
    targets = np.resize([1, 2], 400)
    for _ in range(500):
        true = np.where(rng.random(400) < 0.6, targets, targets + rng.choice([-1, 1], 400))
        read = (shares[:, true].cumsum(axis=0) < rng.random(400)).sum(axis=0)
        confusion = np.stack([rng.multinomial(100, column) for column in shares.T], axis=1)
        found = made(matrix_rogan_gladen(confusion, read, targets, np.arange(400)))
        drawn.append(found.value)
        said.append(found.standard_error or 0)
    assert np.mean(drawn) == pytest.approx(0.6, abs=0.01)
    assert np.mean(said) == pytest.approx(np.std(drawn), rel=0.12)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 4)), min_size=2, max_size=30))
def test_corrections_hold_their_value_and_stay_in_range(rows: list[tuple[int, int, int]]) -> None:
    read, targets, clusters = np.array(rows).T
    found = matrix_rogan_gladen(OFF_BY_ONE, read, targets, clusters)
    if isinstance(found, Refused):
        assert len(set(clusters)) == 1
    else:
        assert 0 <= (found.low or 0) <= found.value <= (found.high or 0) <= 1


@pytest.mark.parametrize(
    ("confusion", "targets", "clusters", "said"),
    [
        ([[50, 0, 0], [0, 50, 0], [0, 0, 0]], [1, 2], [0, 1], "the calibration has no picture of 2"),
        ([[60, 40, 0], [40, 60, 0], [0, 0, 50]], [1, 1], [0, 1], "smallest singular value of the confusion matrix is 0.200"),
        ([[50, 0, 0], [0, 50, 0], [0, 0, 50]], [1, 1], [4, 4], "one cluster"),
        ([[50, 0, 0], [0, 50, 0], [0, 0, 1]], [1, 1], [0, 1], "a single picture of 2"),
    ],
)
def test_what_cannot_be_corrected_is_refused_without_a_number(confusion: Any, targets: Any, clusters: Any, said: str) -> None:
    found = matrix_rogan_gladen(confusion, [1, 1], targets, clusters)
    assert isinstance(found, Refused)
    assert said in found.reason


@pytest.mark.parametrize(
    ("confusion", "read"), [([[1, 0]], [0]), ([[1, -1], [0, 1]], [0]), ([[1, 0], [0, 1]], [2]), ([[1, 0], [0, 1]], [0, 1])]
)
def test_counts_that_cannot_be_are_errors(confusion: Any, read: Any) -> None:
    with pytest.raises(DataError):
        matrix_rogan_gladen(confusion, read, [0], [0])


def test_no_items_are_no_accuracy_of_zero() -> None:
    with pytest.raises(NothingJudgedError):
        matrix_rogan_gladen([[1, 0], [0, 1]], [], [], [])
