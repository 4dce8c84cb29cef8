"""How far several judges, or one judge asked twice, give the same answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.metrics import Figure, wilson_interval
from unisandbox.evaluation.scores import NothingJudgedError

Ratings = Sequence[Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Alpha:
    """Krippendorff's alpha; `value` is None where it is 0 / 0, because all ratings are alike.

    `units` have two ratings or more, `ratings` of them in all; others do not count.
    """

    value: float | None
    units: int
    ratings: int
    reason: str | None = None


def krippendorff_alpha(ratings: Ratings) -> Alpha:
    """Return Krippendorff's alpha of nominal answers: 1 is agreement, 0 what chance would give, below 0 disagreement.

    1 - observed / expected disagreement over coincidences (Krippendorff 2011, "Computing Krippendorff's alpha-reliability", D).

    Args:
        ratings: One row a unit, e.g. a question about a picture; one answer a judge in it, None where it gave none.

    Raises:
        NothingJudgedError: No unit has two answers.
        DataError: Rows of different lengths.

    >>> krippendorff_alpha(["aa", "ab", "bb", "bb"]).value
    0.5333333333333333
    """
    _refuse_ragged(ratings)
    units = [unit for unit in (Counter(one for one in row if one is not None) for row in ratings) if unit.total() > 1]
    if not units:
        raise NothingJudgedError(_nothing(ratings))
    totals: Counter[str] = sum(units, Counter())
    count = totals.total()
    apart = sum((unit.total() ** 2 - sum(times**2 for times in unit.values())) / (unit.total() - 1) for unit in units)
    possible = count**2 - sum(times**2 for times in totals.values())
    if not possible:
        return Alpha(None, len(units), count, "all answers are alike, so agreement cannot be told from chance")
    return Alpha(1 - (count - 1) * apart / possible, len(units), count)


def pairwise_agreement(ratings: Ratings) -> Mapping[tuple[int, int], Figure]:
    """Return, for each pair of judges, the share of units on which they agree, of those that both answered; raises as alpha does.

    A pair without a common unit has no entry. The arguments are those of `krippendorff_alpha`; judges are counted from 0, the
    interval is Wilson's for units that are independent.

    >>> pairwise_agreement([["a", "a", None], ["a", "b", None]])[0, 1].value
    0.5
    """
    _refuse_ragged(ratings)
    found = {}
    for first, second in combinations(range(len(ratings[0]) if ratings else 0), 2):
        both = [(row[first], row[second]) for row in ratings if row[first] is not None and row[second] is not None]
        if both:
            found[first, second] = wilson_interval(sum(one == other for one, other in both), len(both))
    if not found:
        raise NothingJudgedError(_nothing(ratings))
    return found


def flip_rate(before: Sequence[str | None], after: Sequence[str | None]) -> Figure:
    """Return the share of units, of those answered both times, whose answer changed when asked again, with Wilson's interval.

    Raises:
        NothingJudgedError: No unit was answered both times.
        DataError: Not as many answers as before.

    >>> flip_rate(["a", "b", "c", None], ["a", "b", "b", "a"]).value
    0.3333333333333333
    """
    agreed = pairwise_agreement(list(zip(before, _as_many(before, after), strict=True)))[0, 1]
    return wilson_interval(agreed.items - round(agreed.value * agreed.items), agreed.items)


def _as_many(before: Sequence[str | None], after: Sequence[str | None]) -> Sequence[str | None]:
    if len(before) != len(after):
        found = f"{len(after)} answers after {len(before)}"
        raise DataError(Violation("answers", found, "one for each, in the same order", "match them by key"))
    return after


def _refuse_ragged(ratings: Ratings) -> None:
    lengths = sorted({len(row) for row in ratings})
    if len(lengths) > 1:
        found = f"rows of {lengths[0]} to {lengths[-1]} answers"
        raise DataError(Violation("ratings", found, "one answer or None from each judge", "fill missing answers with None"))


def _nothing(ratings: Ratings) -> Violation:
    found = f"{len(ratings)} units, none with two answers"
    return Violation("ratings", found, "a unit that two judges answered", "show the figure as absent")
