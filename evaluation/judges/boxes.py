"""What boxes of a detector say: which of them count, which kind of object they show, and how many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from unisandbox.evaluation.protocol import Reading
from unisandbox.evaluation.questions import COUNT, OBJECT, SEVERAL, SOMETHING_ELSE, count_answer

if TYPE_CHECKING:
    import torch

PARSER: Final = 1  # part of a judge's identity; one more whenever boxes may be read as something else


class Box(NamedTuple):
    """An object that was found: what it is called, how sure that is, and its corners as shares of the picture's side."""

    name: str
    score: float
    corners: tuple[float, float, float, float]


def sure_boxes(names: Sequence[str], shares: torch.Tensor, boxes: torch.Tensor, threshold: float) -> list[Box]:
    """Return the boxes with a score above the threshold, by their best name.

    Args:
        names: What was looked for.
        shares: Of boxes x names.
        boxes: Of boxes x 4: centre, width and height.
        threshold: See above.
    """
    best = shares.max(-1)
    found = []
    for place in (best.values >= threshold).nonzero().flatten().tolist():
        x, y, width, height = boxes[place].tolist()
        corners = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        found.append(Box(names[int(best.indices[place])], float(best.values[place]), corners))
    return found


def reading_of(boxes: Sequence[Box], clear: float) -> Reading:
    """Return what boxes say: the kind whose scores sum to most, several where a second one is clear, and how many there are.

    >>> found = [Box("pear", 0.9, (0, 0, 0.2, 0.2)), Box("pear", 0.7, (0.5, 0, 0.7, 0.2)), Box("kiwi", 0.3, (0, 0.5, 0.2, 0.7))]
    >>> reading_of(found, clear=0.4).answers
    {'object': 'pear', 'count': '3'}
    >>> reading_of(found, clear=0.2).answers
    {'object': 'several kinds of objects', 'count': '3'}
    >>> reading_of([], clear=0.4).answers
    {'object': 'something else', 'count': '0'}
    """
    sums: dict[str, float] = {}
    for box in boxes:
        sums[box.name] = sums.get(box.name, 0.0) + box.score
    ranked = sorted(sums, key=lambda name: (-sums[name], name))
    surest = {name: max(box.score for box in boxes if box.name == name) for name in ranked}
    several = any(surest[name] >= clear for name in ranked[1:])
    kind = SEVERAL if several else ranked[0] if ranked else SOMETHING_ELSE
    words = tuple(f"{name}: {sum(box.name == name for box in boxes)}, the surest {surest[name]:.2f}" for name in ranked)
    return Reading({OBJECT: kind, COUNT: count_answer(len(boxes))}, words=words or ("no box",))


def alone(boxes: Sequence[Box], overlap: float) -> list[Box]:
    """Return boxes without those that a surer one covers, whatever either is called: an object is counted once.

    >>> two = [Box("pear", 0.6, (0, 0, 0.5, 0.5)), Box("lemon", 0.8, (0, 0, 0.5, 0.45))]
    >>> [box.name for box in alone(two, 0.5)]
    ['lemon']
    """
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda box: (-box.score, box.name, box.corners)):
        if all(_shared(box, other) <= overlap for other in kept):
            kept.append(box)
    return kept


def _shared(one: Box, other: Box) -> float:
    """Return how much of their joint area two boxes share."""
    left, top = max(one.corners[0], other.corners[0]), max(one.corners[1], other.corners[1])
    right, bottom = min(one.corners[2], other.corners[2]), min(one.corners[3], other.corners[3])
    both = max(right - left, 0.0) * max(bottom - top, 0.0)
    joint = sum(_area(box) for box in (one, other)) - both
    return both / joint if joint > 0 else 0.0


def _area(box: Box) -> float:
    return max(box.corners[2] - box.corners[0], 0.0) * max(box.corners[3] - box.corners[1], 0.0)
