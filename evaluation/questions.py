"""The closed questions about a picture of an item: the same for every picture that the item's model may draw, right or wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.items import Item
from unisandbox.evaluation.protocol import Question

OBJECT: Final = "object"
COUNT: Final = "count"
SOMETHING_ELSE: Final = "something else"
SEVERAL: Final = "several kinds of objects"
UNREADABLE: Final = "unreadable"  # of an attribute: there is nothing in the picture that could show it; never right
LARGEST_COUNT: Final = 20
MORE: Final = f"more than {LARGEST_COUNT}"
COUNTS: Final = (*map(str, range(LARGEST_COUNT + 1)), MORE)
DISTRACTORS: Final = 12


def questions(item: Item, vocabulary: Sequence[str], appearance: Mapping[str, Sequence[str]]) -> tuple[Question, ...]:
    """Return what is asked about a picture of an item; the choices do not tell which of them is right.

    Of objects: which `object` (whatever the item, its foils and its choices name, and `DISTRACTORS` more of the vocabulary,
    chosen by the sha256 of the item's id), and the `count`. Of a portrait: each attribute that the target names, with all values
    that the release's characters have, and those of the item and its foils.

    Args:
        item: An item; its target shows one kind of object, or one person.
        vocabulary: The release's nouns, sorted.
        appearance: Every value of each attribute.

    Raises:
        DataError: The target shows several kinds of objects, or persons.
    """
    shown = [only_object(target, item.id) for target in (item.target, *(foil["target"] for foil in item.foils))]
    if item.target["kind"] == "objects":
        return Question(OBJECT, _objects(item, shown, vocabulary)), Question(COUNT, COUNTS)
    return tuple(_attribute(one["name"], shown, appearance) for one in shown[0]["attributes"])


def only_object(target: Mapping[str, Any], where: str = "target") -> Mapping[str, Any]:
    """Return the one kind of object, or the one person, that a target shows; raises `DataError` where there are several."""
    if len(target["objects"]) != 1:
        found, fix = f"{len(target['objects'])} kinds of objects", "score items whose pictures show one kind"
        raise DataError(Violation(f"{where}: target.objects", found, "one", fix))
    one: Mapping[str, Any] = target["objects"][0]
    return one


def count_answer(number: int) -> str:
    """Return the choice that stands for a number of objects.

    >>> count_answer(3), count_answer(21)
    ('3', 'more than 20')
    """
    return str(number) if number <= LARGEST_COUNT else MORE


def _objects(item: Item, shown: Sequence[Mapping[str, Any]], vocabulary: Sequence[str]) -> tuple[str, ...]:
    nouns = set(vocabulary)
    named = {one["name"] for one in shown} | nouns.intersection(item.choices)
    others = sorted(nouns - named)
    drawn = {others[place] for place in _places(item.id, len(others))}
    return (*sorted(named | drawn), SOMETHING_ELSE, SEVERAL)


def _places(name: str, among: int) -> Iterator[int]:
    """Yield different whole numbers below `among`, as many as there are distractors, or all of them, by the sha256 of a name."""
    seen: set[int] = set()
    for step in count():
        if len(seen) == min(DISTRACTORS, among):
            return
        place = int.from_bytes(hashlib.sha256(f"{name} {step}".encode()).digest()[:8], "big") % among
        if place not in seen:
            seen.add(place)
            yield place


def _attribute(name: str, shown: Sequence[Mapping[str, Any]], appearance: Mapping[str, Sequence[str]]) -> Question:
    named = {one["value"] for each in shown for one in each["attributes"] if one["name"] == name}
    return Question(name, tuple(sorted(named.union(appearance.get(name, ())))))
