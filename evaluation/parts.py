"""Which parts of a run are reported: all items, each family, level and split, and each value of a factor that varies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from unisandbox.evaluation.columns import Mask
from unisandbox.evaluation.items import Item

ALL: Final = "all"
ALWAYS: Final = ("level", "split")  # reported even where there is only one value
Values = tuple[str, ...]


class Part(NamedTuple):
    """Some items of a run: by what they were chosen, of which family (None where of all), with which value, and their mask."""

    by: str
    family: str | None
    value: str
    mask: Mask


def parts(items: Sequence[Item]) -> Iterator[Part]:
    """Yield the parts: all items, then family by family in the order of names.

    An item belongs to the part of each value that it has, so the parts of `operators` overlap. A factor with one value is no
    part, nor is one that divides the items as their level does.
    """
    yield Part(ALL, None, ALL, np.ones(len(items), dtype=bool))
    names = np.array([item.family for item in items])
    for family in sorted(set(names.tolist())):
        ours = names == family
        yield Part("family", family, family, ours)
        yield from _factors(items, family, np.flatnonzero(ours).tolist())


def _factors(items: Sequence[Item], family: str, places: Sequence[int]) -> Iterator[Part]:
    levels: list[list[int]] = []
    for by, values_of in FACTORS.items():
        members: dict[str, list[int]] = {}
        for place in places:
            for value in values_of(items[place]):
                members.setdefault(value, []).append(place)
        divided = [members[value] for value in sorted(members, key=_order)]
        if by == "level":
            levels = divided
        elif by not in ALWAYS and (len(members) < 2 or divided == levels):
            continue
        for value, chosen in zip(sorted(members, key=_order), divided, strict=True):
            mask = np.zeros(len(items), dtype=bool)
            mask[chosen] = True
            yield Part(by, family, value, mask)


def count_of(item: Item) -> Values:
    """Return how many objects a right picture shows; nothing where it shows something else or any number.

    >>> from types import SimpleNamespace
    >>> count_of(SimpleNamespace(target={"kind": "objects", "objects": [{"name": "apple", "count": 3}]}))
    ('3',)
    """
    counts = [one["count"] for one in item.target["objects"]]  # other people's files may leave one open
    return () if item.target["kind"] != "objects" or None in counts else (str(sum(map(int, counts))),)


def _text(name: str) -> Callable[[Item], Values]:
    return lambda item: (str(item.factors[name]),) if item.factors.get(name) is not None else ()


def _each(name: str) -> Callable[[Item], Values]:
    return lambda item: tuple(sorted(set(item.factors.get(name) or ())))


def _attribute(item: Item) -> Values:
    """Return the attribute that an item is about; of several, how many they are."""
    names = _each("attributes")(item)
    return names if len(names) < 2 else (f"{len(names)} attributes",)


def _order(value: str) -> tuple[int, str]:
    return (int(value), "") if value.isdecimal() else (1 << 30, value)


FACTORS: Final[dict[str, Callable[[Item], Values]]] = {
    "level": lambda item: (str(item.level),),
    "split": lambda item: (item.split,),
    "count": count_of,
    "operators": _each("operators"),
    "style": _text("style"),
    "direction": _text("direction"),
    "depth": _text("depth"),
    "attribute": _attribute,
}
