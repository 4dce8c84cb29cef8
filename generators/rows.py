"""The items of a part in index order: words of the rows, points of the space, and the family that joins them."""

from __future__ import annotations

from collections.abc import Iterator

from unisandbox.generators.draws import Draws, stream_key, words
from unisandbox.generators.families.base import Family, Item, Part

CHUNK_ROWS = 4096  # rows that are in memory at once: some megabytes


def rows(family: Family, part: Part, start: int, count: int) -> Iterator[Item]:
    """Yield the items at `count` indexes from `start`; a row depends on nothing but its part and index.

    Raises:
        ValueError: The space of the part does not reach that far; plan with `len(family.space(part))`.
    """
    space = family.space(part)
    if start < 0 or start + count > len(space):
        raise ValueError(f"rows {start} to {start + count} of {part.family} level {part.level}; the space holds {len(space)}")
    key = stream_key("rows", part.line, part.seed, part.edition, part.family, part.level, part.drawn_as)
    width, size = family.words_per_row(part.level), family.group_size
    for first in range(start, start + count, CHUNK_ROWS):
        points = space.points(first, min(CHUNK_ROWS, start + count - first))
        group, last = first // size, points[-1].index // size
        drawn = words(key, start=group, count=last - group + 1, words_per_row=width).tolist()
        for point in points:
            yield family.row(Draws(drawn[point.index // size - group]), point)
