"""The figures of a run in short, for a terminal: accuracy of each arm with its interval, overall and by family and level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from unisandbox.evaluation.metrics import Figure, accuracy
from unisandbox.evaluation.outcomes import Sample
from unisandbox.evaluation.parts import ALL
from unisandbox.evaluation.scores import NothingJudgedError, scores


class Line(NamedTuple):
    """One line of the table: of which family and level, how many items, their mean chance, and the figure of each arm.

    Chance is None where nothing was judged, as each figure then is.
    """

    family: str
    level: str
    items: int
    chance: float | None
    figures: dict[str, Figure | None]


def summary(results: Mapping[str, Any]) -> list[Line]:
    """Return a line for each family and level, sorted, and one for all, in which they weigh the same, as results have it."""
    levels = [_line(part["family"], part["value"], part) for part in results["parts"] if part["by"] == "level"]
    everything = [_line(ALL, "", part) for part in results["parts"] if part["by"] == ALL]
    lines = sorted(levels, key=lambda line: (line.family, int(line.level)))
    return [*lines, *everything] if len(lines) > 1 else lines


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


def _line(family: str, level: str, part: Mapping[str, Any]) -> Line:
    blocks = {arm: block for arm, block in part["arms"].items() if block}
    chance = next((block["chance"] for block in blocks.values() if block["chance"] is not None), None)
    figures = {arm: _figure(block["accuracy"]) for arm, block in blocks.items()}
    return Line(family, level, part["n_items"], chance, figures)


def _figure(block: Mapping[str, Any] | None) -> Figure | None:
    if block is None:
        return None
    low, high = block["interval"] or (None, None)
    counts = (block["items"], block["judged"], block["clusters"], block["method"], block["standard_error"])
    return Figure(block["value"], low, high, *counts, notes=tuple(block["notes"]))
