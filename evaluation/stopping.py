"""When a run may end before its last item: once the intervals of what is drawn are narrow enough.

The run stops only at the ends of blocks that are fixed beforehand, each of whole groups, so where it stops depends on the answers
and not on speed, order or an interruption. Looking often makes intervals a little too narrow, so it looks seldom: each time the
items have grown by a quarter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from unisandbox.evaluation.items import Item
from unisandbox.evaluation.outcomes import Sample
from unisandbox.evaluation.protocol import NORMAL, THINK
from unisandbox.evaluation.selection import in_groups
from unisandbox.evaluation.summary import figure_of_arm

FEWEST_GROUPS: Final = 100
GROWTH: Final = 1.25


def blocks(items: Sequence[Item], *, until_half_width: float | None) -> Iterator[tuple[Item, ...]]:
    """Yield the items in the blocks after which a run may stop: all at once where there is no rule."""
    groups = in_groups(items)
    start, end = 0, FEWEST_GROUPS if until_half_width is not None else len(groups)
    while start < len(groups):
        yield tuple(item for group in groups[start:end] for item in group)
        start, end = end, max(int(end * GROWTH), end + 1)


def half_widths(samples: Sequence[Sample]) -> dict[str, float | None]:
    """Return half the length of the clustered interval of each arm of `draw`; None where there is no interval."""
    arms = [arm for arm in (NORMAL, THINK) if any(sample.arm == arm for sample in samples)]
    figures = {arm: figure_of_arm(samples, arm) for arm in arms}
    return {arm: figure.half_width if figure else None for arm, figure in figures.items()}


def is_narrow(widths: dict[str, float | None], wanted: float) -> bool:
    """Return whether every arm has an interval, and none is wider than wanted; with no arm of `draw` never."""
    return bool(widths) and all(width is not None and width <= wanted for width in widths.values())


def stopping_record(widths: dict[str, float | None], wanted: float, items: int, looks: int) -> dict[str, Any]:
    """Return what the record of a run says of the rule."""
    return {
        "rule": "half-width",
        "wanted": wanted,
        "reached": is_narrow(widths, wanted),
        "half_widths": widths,
        "items": items,
        "looks": looks,
    }
