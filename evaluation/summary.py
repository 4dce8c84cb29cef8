"""The figures of a run in short, for a terminal: accuracy of each arm with its interval, overall and by family and level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from unisandbox.evaluation.metrics import Figure, accuracy
from unisandbox.evaluation.outcomes import Sample
from unisandbox.evaluation.protocol import ARMS
from unisandbox.evaluation.scores import NothingJudgedError, scores


class Line(NamedTuple):
    """One line of the table: of which family and level, how many items, their mean chance, and the figure of each arm."""

    family: str
    level: str
    items: int
    chance: float
    figures: dict[str, Figure | None]


def summary(samples: Sequence[Sample], arms: Iterable[str] = ARMS) -> list[Line]:
    """Return a line for each family and level, sorted, and one for all, in which they weigh the same."""
    places = sorted({(sample.item.family, sample.item.level) for sample in samples})
    lines = [_line(place[0], str(place[1]), [one for one in samples if _place(one) == place], arms) for place in places]
    return [*lines, _line("all", "", samples, arms)] if len(lines) > 1 else lines


def figure_of_arm(samples: Iterable[Sample], arm: str) -> Figure | None:
    """Return the accuracy of one arm with its clustered interval, families and levels weighing the same, or None."""
    ours = [sample for sample in samples if sample.arm == arm]
    if not ours:
        return None
    items = {sample.item.id: sample.item for sample in ours}
    right, judged, errors = Counter[str](), Counter[str](), Counter[str]()
    for sample in ours:
        (errors if sample.correct is None else judged)[sample.item.id] += 1
        right[sample.item.id] += sample.correct is True
    found = scores(
        list(items),
        right=[right[name] for name in items],
        judged=[judged[name] for name in items],
        errors=[errors[name] for name in items],
        clusters=[item.cluster for item in items.values()],
        strata=[f"{item.family}/{item.level}" for item in items.values()],
    )
    try:
        return accuracy(found)
    except NothingJudgedError:
        return None


def _line(family: str, level: str, samples: Sequence[Sample], arms: Iterable[str]) -> Line:
    items = {sample.item.id: sample.item for sample in samples}
    chance = sum(item.chance for item in items.values()) / max(len(items), 1)
    return Line(family, level, len(items), chance, {arm: figure_of_arm(samples, arm) for arm in arms})


def _place(sample: Sample) -> tuple[str, int]:
    return sample.item.family, sample.item.level
