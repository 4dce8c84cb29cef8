from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from unisandbox.errors import DataError
from unisandbox.evaluation.metrics import Figure, accuracy
from unisandbox.evaluation.power import effective_items, smallest_accuracy_seen, smallest_difference_seen
from unisandbox.evaluation.scores import scores

RUN = Figure(0.5, 0.4, 0.6, 400, 400, 40, "cluster-t", standard_error=0.05, degrees_of_freedom=39)


def test_the_smallest_accuracy_is_seen_by_four_tests_of_five() -> None:
    found = smallest_accuracy_seen(RUN, 0.25)
    assert found is not None
    critical = 0.25 + stats.t.ppf(0.975, 39) * math.sqrt(0.25 * 0.75 / 100)
    seen = 1 - stats.t.cdf((critical - found) / math.sqrt(found * (1 - found) / 100), 39)
    assert seen == pytest.approx(0.8, abs=1e-6)


@pytest.mark.parametrize("chance", [1 / 6, 0.5])
def test_runs_at_the_smallest_accuracy_exceed_chance_in_four_cases_of_five(chance: float) -> None:
    """Of 600 runs the share is measured to 0.016 (standard error); three of them, and 0.03 for the approximation."""
    rng, places = np.random.default_rng(0), np.arange(24 * 20)
    named, above = [], 0
    for _ in range(100):
        right = rng.binomial(1, chance, places.size)
        named.append(
            smallest_accuracy_seen(
                accuracy(scores(places, right=right, judged=1 + 0 * places, errors=0 * places, clusters=places // 20)), chance
            )
        )
    true = float(np.mean([one for one in named if one is not None]))
    for _ in range(600):
        right = rng.binomial(1, true, places.size)
        found = accuracy(scores(places, right=right, judged=1 + 0 * places, errors=0 * places, clusters=places // 20))
        above += found.low is not None and found.low > chance
    assert above / 600 == pytest.approx(0.8, abs=0.08)


def test_the_smallest_difference_is_seen_by_four_tests_of_five() -> None:
    found = smallest_difference_seen(RUN)
    assert found is not None
    assert 1 - stats.t.cdf(stats.t.ppf(0.975, 39) - found / 0.05, 39) == pytest.approx(0.8)


def test_effective_items_undo_the_standard_error_of_independent_items() -> None:
    found = accuracy(scores(range(50), right=[1, 0] * 25, judged=[1] * 50, errors=[0] * 50, clusters=range(50)))
    assert effective_items(found) == pytest.approx(49)
    alike = accuracy(scores(range(50), right=[1] * 50, judged=[1] * 50, errors=[0] * 50, clusters=range(50)))
    assert effective_items(alike) == 50


def test_runs_that_could_have_seen_nothing_say_so() -> None:
    tiny = Figure(0.5, 0.0, 1.0, 4, 4, 2, "cluster-t", standard_error=0.35, degrees_of_freedom=1)
    assert smallest_accuracy_seen(tiny, 0.5) is None
    assert smallest_difference_seen(tiny) is None
    assert smallest_difference_seen(Figure(0.0, -0.1, 0.1, 4, 4, 2, "paired, cluster-t")) is None


@pytest.mark.parametrize("chance", [-0.1, 1.0, float("nan")])
def test_a_chance_that_is_none_is_refused(chance: float) -> None:
    with pytest.raises(DataError, match="chance"):
        smallest_accuracy_seen(RUN, chance)
