from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from unisandbox.errors import DataError
from unisandbox.evaluation.corrections import Calibration, Refused, calibration, rogan_gladen
from unisandbox.evaluation.metrics import Figure, accuracy
from unisandbox.evaluation.scores import NothingJudgedError, Scores, scores

Z = 1.959963984540054


def run(right: int, items: int, size: int = 1) -> Scores:
    """Right items spread evenly over the run; clusters of `size` items."""
    places = np.arange(items)
    return scores(
        places, right=(places * right) % items < right, judged=1 + 0 * places, errors=0 * places, clusters=places // size
    )


def known(sensitivity: tuple[int, int], specificity: tuple[int, int]) -> Calibration:
    truth = [1] * sensitivity[1] + [0] * specificity[1]
    read = [1] * sensitivity[0] + [0] * (sensitivity[1] - sensitivity[0]) + [0] * specificity[0]
    return calibration(truth, read + [1] * (specificity[1] - specificity[0]))


def made(result: Figure | Refused) -> Figure:
    assert isinstance(result, Figure)
    assert result.low is not None
    assert result.high is not None
    return result


def test_the_estimate_and_its_error_are_those_of_the_delta_method() -> None:
    found = made(rogan_gladen(run(520, 2000), known((92, 100), (180, 200))))
    value = (0.26 + 0.9 - 1) / (0.92 + 0.9 - 1)
    smooth = 93 / 102, 181 / 202
    parts = (
        0.26 * 0.74 / 1999,
        value**2 * smooth[0] * (1 - smooth[0]) / 100,
        (1 - value) ** 2 * smooth[1] * (1 - smooth[1]) / 200,
    )
    assert found.value == pytest.approx(value)
    assert found.standard_error == pytest.approx(math.sqrt(sum(parts)) / 0.82, rel=1e-6)
    degrees = sum(parts) ** 2 / sum(part**2 / own for part, own in zip(parts, (1999, 99, 199), strict=True))
    assert found.degrees_of_freedom == pytest.approx(degrees, rel=1e-6)


def test_limits_are_near_those_of_lang_and_reiczigel() -> None:
    """Lang & Reiczigel 2014, Preventive Veterinary Medicine 113:13, equations 6, 7, 16, 17: another interval that covers well."""
    found = made(rogan_gladen(run(520, 2000), known((92, 100), (180, 200))))
    items, seen = 2000 + Z**2, (520 + Z**2 / 2) / (2000 + Z**2)
    right, wrong = 93 / 102, 181 / 202
    value = (seen + wrong - 1) / (right + wrong - 1)
    parts = (seen * (1 - seen) / items, value**2 * right * (1 - right) / 102, (1 - value) ** 2 * wrong * (1 - wrong) / 202)
    half, shift = Z * math.sqrt(sum(parts)) / (right + wrong - 1), 2 * Z**2 * (parts[1] - parts[2])
    assert (found.low, found.high) == pytest.approx((value + shift - half, value + shift + half), abs=0.01)


def test_a_judge_that_is_known_exactly_moves_the_limits_as_it_moves_the_value() -> None:
    one = run(300, 1000, 10)
    found, plain = made(rogan_gladen(one, known((920_000, 1_000_000), (900_000, 1_000_000)))), made(accuracy(one))
    moved = [(end + 0.9 - 1) / 0.82 for end in (plain.low, plain.high) if end is not None]
    assert (found.low, found.high) == pytest.approx(moved, abs=1e-3)


def test_a_judge_without_errors_changes_little() -> None:
    one = run(300, 1000, 10)
    found, plain = made(rogan_gladen(one, known((5000, 5000), (5000, 5000)))), made(accuracy(one))
    assert found.value == pytest.approx(plain.value)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=2e-3)


@pytest.mark.parametrize(("right", "said"), [((64, 100), True), ((66, 100), False)])
def test_a_judge_near_chance_is_refused_without_a_number(right: tuple[int, int], said: bool) -> None:
    found = rogan_gladen(run(500, 1000), known(right, (65, 100)))
    assert isinstance(found, Refused) == said
    if isinstance(found, Refused):
        assert found.reason == "sensitivity 0.640 + specificity 0.650 - 1 = 0.290, below 0.3: too near chance"
        assert not hasattr(found, "value")


@pytest.mark.parametrize(
    ("truth", "read", "clusters", "said"),
    [
        ([1, 1, 1], [1, 1, 1], None, "no picture that is wrong"),
        ([0, 0, 0], [0, 0, 0], None, "no picture that is right"),
        ([1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 2, 3], "right are of one cluster"),
    ],
)
def test_a_calibration_that_says_too_little_is_refused(truth: Any, read: Any, clusters: Any, said: str) -> None:
    found = rogan_gladen(run(50, 100), calibration(truth, read, clusters))
    assert isinstance(found, Refused)
    assert said in found.reason


def test_a_calibration_of_other_pictures_is_refused_and_a_slip_beyond_the_range_is_cut() -> None:
    found = rogan_gladen(run(20, 1000), known((450, 500), (350, 500)))
    assert isinstance(found, Refused)
    assert "2.0% judged right is beyond" in found.reason
    cut = made(rogan_gladen(run(90, 1000), known((450, 500), (450, 500))))
    assert (cut.value, cut.low) == (0, 0)
    assert 0 < (cut.high or 0) < 0.1
    assert "the estimate lies beyond 0 … 1 and is cut" in cut.notes


def test_a_run_of_one_cluster_is_refused_and_one_of_nothing_is_an_error() -> None:
    found = rogan_gladen(run(5, 10, 10), known((90, 100), (90, 100)))
    assert isinstance(found, Refused)
    assert "fewer than two clusters" in found.reason
    nothing = scores([0, 1], right=[0, 0], judged=[0, 0], errors=[1, 1], clusters=[0, 1])
    with pytest.raises(NothingJudgedError):
        rogan_gladen(nothing, known((90, 100), (90, 100)))


def test_pictures_that_are_misread_together_count_for_fewer() -> None:
    rng = np.random.default_rng(0)
    clusters = np.repeat(np.arange(30), 10)
    read = (rng.random(30) < 0.85)[clusters].astype(int)
    truth = np.concatenate([np.ones(300), np.zeros(300)])
    both = np.concatenate([read, 1 - read]), np.concatenate([clusters, 30 + clusters])
    together, alone = calibration(truth, both[0], both[1]).sensitivity, calibration(truth, both[0]).sensitivity
    assert together.value == alone.value
    assert 5 < together.variance / alone.variance < 15
    assert together.degrees_of_freedom == pytest.approx(29)
    assert alone.degrees_of_freedom == 299


@pytest.mark.parametrize(("truth", "read"), [([1, 0], [1]), ([1, 2], [1, 0]), ([1, 0], [1, float("nan")])])
def test_a_calibration_that_cannot_be_is_an_error(truth: list[float], read: list[float]) -> None:
    with pytest.raises(DataError, match="calibration"):
        calibration(truth, read)


@given(st.integers(0, 60), st.integers(0, 40), st.integers(0, 40), st.integers(1, 6))
def test_corrections_hold_their_value_and_stay_in_range_or_are_refused(
    right: int, sensitivity: int, specificity: int, size: int
) -> None:
    found = rogan_gladen(run(right, 60, size), known((sensitivity, 40), (specificity, 40)))
    if isinstance(found, Refused):
        assert found.reason
    else:
        assert 0 <= (found.low or 0) <= found.value <= (found.high or 0) <= 1
        assert sensitivity / 40 + specificity / 40 - 1 >= 0.3 - 1e-12


def test_limits_are_where_the_judged_accuracy_begins_to_speak_against_the_true_one() -> None:
    one, judge = run(400, 1000), known((180, 200), (170, 200))
    found = made(rogan_gladen(one, judge))
    t = 0.5 * ((found.high or 0) - (found.low or 0)) / (found.standard_error or 1)

    def distance(true: float) -> float:
        seen = 0.15 + true * 0.75
        parts = (seen * (1 - seen) / 999, true**2 * judge.sensitivity.variance, (1 - true) ** 2 * judge.specificity.variance)
        return abs(0.4 - seen) / math.sqrt(sum(parts)) - t

    assert found.low == pytest.approx(brentq(distance, 0.1, found.value - 0.01), abs=2e-3)
    assert found.high == pytest.approx(brentq(distance, found.value + 0.01, 0.6), abs=2e-3)
