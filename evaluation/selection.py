"""Which items a run asks, and in which order: whole groups, with families, levels and splits taking turns."""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar


class Grouped(Protocol):
    """What the order depends on."""

    @property
    def family(self) -> str:
        """The kind of task."""
        ...

    @property
    def level(self) -> int:
        """The difficulty."""
        ...

    @property
    def split(self) -> str:
        """The split."""
        ...

    @property
    def group(self) -> str:
        """What is scored together."""
        ...


OneItem = TypeVar("OneItem", bound=Grouped)


def evenly(items: Iterable[OneItem], limit: int | None = None) -> tuple[OneItem, ...]:
    """Return items in the order of work: the stratum with the fewest items so far gives its next group, first by name.

    Any beginning that ends with a group is therefore balanced over family, level and split, and a smaller limit is a beginning of
    a larger one but for groups that did not fit. Inside a stratum the order given stays.

    Args:
        items: In the order of the release's files.
        limit: How many at most; a stratum whose next group is too large for what is left gives no more.
    """
    strata = _strata(items)
    waiting = [(0, stratum) for stratum in sorted(strata)]
    chosen: list[OneItem] = []
    left = float("inf") if limit is None else limit
    while waiting:
        taken, stratum = heapq.heappop(waiting)
        group = next(strata[stratum], None)
        if group and len(group) <= left:
            chosen += group
            left -= len(group)
            heapq.heappush(waiting, (taken + len(group), stratum))
    return tuple(chosen)


def in_groups(items: Sequence[OneItem]) -> tuple[tuple[OneItem, ...], ...]:
    """Return the items of each group together, groups in the order of their first item."""
    groups: dict[Hashable, list[OneItem]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(item)
    return tuple(map(tuple, groups.values()))


def part_of(items: Sequence[OneItem], number: int, of: int) -> tuple[OneItem, ...]:
    """Return part `number` (from 1) of `of`: every `of`-th group, so that parts are alike and together are all items."""
    return tuple(item for group in in_groups(items)[number - 1 :: of] for item in group)


def _strata(items: Iterable[OneItem]) -> dict[tuple[str, int, str], Iterator[tuple[OneItem, ...]]]:
    members: dict[tuple[str, int, str], list[OneItem]] = {}
    for item in items:
        members.setdefault((item.family, item.level, item.split), []).append(item)
    return {stratum: iter(in_groups(there)) for stratum, there in members.items()}
