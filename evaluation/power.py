"""What a run could have seen: the smallest accuracy above chance, and the smallest difference, that it shows in 80% of cases."""

from __future__ import annotations

import math

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.clustered import POWER, t_quantile
from unisandbox.evaluation.limits import edge
from unisandbox.evaluation.metrics import NORMAL, Figure


def effective_items(found: Figure) -> float:
    """Return how many independent items would give an accuracy the same standard error (Kish 1965, section 8.2).

    Of an accuracy without spread, all 0 or all 1, it is the number of judged items.

    >>> effective_items(Figure(0.5, 0.4, 0.6, 400, 400, 40, "cluster-t", standard_error=0.05, degrees_of_freedom=39))
    100.0
    """
    if found.standard_error is None:
        return float(found.judged)
    return round(found.value * (1 - found.value) / found.standard_error**2, 9)


def smallest_accuracy_seen(found: Figure, chance: float) -> float | None:
    """Return the smallest accuracy that a run as precise as this one tells from chance in 80% of cases; None if above 1.

    It is where the distance from chance is t(97.5%) standard errors at chance and t(80%) at the accuracy itself (Fleiss, Levin &
    Paik 2003, equation 2.15, with Student's t for few clusters), for `effective_items`.

    Raises:
        DataError: A chance that is not from 0 to below 1.

    >>> run = Figure(0.5, 0.4, 0.6, 400, 400, 40, "cluster-t", standard_error=0.05, degrees_of_freedom=39)
    >>> round(smallest_accuracy_seen(run, 0.25), 3)
    0.379
    """
    if not 0 <= chance < 1:
        raise DataError(Violation("chance", str(chance), "from 0 to below 1", "give the mean chance of the items"))
    degrees, items = found.degrees_of_freedom or NORMAL, effective_items(found)
    sure = t_quantile(degrees) * math.sqrt(chance * (1 - chance) / items)

    def unseen(true: float) -> bool:
        return true - chance < sure + t_quantile(degrees, POWER) * math.sqrt(true * (1 - true) / items)

    return None if unseen(1.0) else edge(unseen, chance, 1.0)


def smallest_difference_seen(found: Figure) -> float | None:
    """Return the smallest difference from 0 that a comparison as precise as this one shows in 80% of cases.

    It is t(97.5%) + t(80%) standard errors (Bloom 1995, "Minimum detectable effects"); None where the items show no spread or the
    difference would be above 1.

    >>> gap = Figure(0.1, 0.0, 0.2, 400, 400, 40, "paired, cluster-t", standard_error=0.05, degrees_of_freedom=39)
    >>> round(smallest_difference_seen(gap), 3)
    0.144
    """
    if found.standard_error is None or found.degrees_of_freedom is None:
        return None
    degrees = found.degrees_of_freedom
    seen = (t_quantile(degrees) + t_quantile(degrees, POWER)) * found.standard_error
    return seen if seen <= 1 else None
