"""The figures of a run in short, for a terminal: accuracy of each arm with its interval, overall and by family and level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

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


Told = Mapping[tuple[str, str], Mapping[str, Figure | None]]


def summary(samples: Sequence[Sample], arms: Iterable[str] = ARMS, told: Told | None = None) -> list[Line]:
    """Return a line for each family and level, sorted, and one for all, in which they weigh the same.

    Args:
        samples: Of a run.
        arms: Those of the table.
        told: The figures, from `figures_told` by the results of the same samples; None to work them out.
    """
    by_place: dict[tuple[str, int], list[Sample]] = {}
    for sample in samples:
        by_place.setdefault((sample.item.family, sample.item.level), []).append(sample)
    lines = [_line(family, str(level), ours, arms, told) for (family, level), ours in sorted(by_place.items())]
    return [*lines, _line("all", "", samples, arms, told)] if len(lines) > 1 else lines


def figures_told(results: Mapping[str, Any]) -> Told:
    """Return the accuracy of each arm by family and level, and of all, as results have it."""
    parts = [part for part in results["parts"] if part["by"] in ("all", "level")]
    names = [("all", "") if part["by"] == "all" else (part["family"], part["value"]) for part in parts]
    return {
        name: {arm: _figure(block["accuracy"]) for arm, block in part["arms"].items() if block}
        for name, part in zip(names, parts, strict=True)
    }


def _figure(block: Mapping[str, Any] | None) -> Figure | None:
    if block is None:
        return None
    low, high = block["interval"] or (None, None)
    counts = (block["items"], block["judged"], block["clusters"], block["method"], block["standard_error"])
    return Figure(block["value"], low, high, *counts, notes=tuple(block["notes"]))


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


def _line(family: str, level: str, samples: Sequence[Sample], arms: Iterable[str], told: Told | None) -> Line:
    items = {sample.item.id: sample.item for sample in samples}
    chance = sum(item.chance for item in items.values()) / max(len(items), 1)
    known = None if told is None else told[family, level]
    figures = {arm: figure_of_arm(samples, arm) if known is None else known.get(arm) for arm in arms}
    return Line(family, level, len(items), chance, figures)
