"""Near misses of a target: one object more or fewer, another object, the other chain's object, another value of one attribute.

A foil's target differs from the gold's by the named change and by nothing else. It never shows what its part must not name: the
other object comes from those that pictures of the part may show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from unisandbox.generators.alike import may_pass_for
from unisandbox.generators.draws import Draws, draws_of
from unisandbox.generators.families.base import Attribute, Item, Target, TargetObject
from unisandbox.generators.vocabulary import Noun, category, noun
from unisandbox.generators.worlds import attribute_kind

MOST_FOILS = 3
FEWEST_COUNT, LARGEST_COUNT = 1, 9


class Foil(NamedTuple):
    """A near miss: `change` says how `target` differs from the gold's."""

    change: str
    target: Target


def foils(item: Item, seed: int, pictured: Sequence[Noun]) -> tuple[Foil, ...]:
    """Return up to three foils of an item, in the order: the other chain's object, another object, one more, one fewer.

    Args:
        item: The item; a target of one kind of object, or a portrait.
        seed: Chooses among the objects or values that a change allows.
        pictured: The objects that pictures of the item's part may show.
    """
    draws = draws_of("foils", seed, count=2 + 2 * MOST_FOILS)
    if item.target.kind == "portrait":
        return tuple(_other_values(item.target, draws))
    return tuple(_other_objects(item, draws, pictured))[:MOST_FOILS]


def _other_values(target: Target, draws: Draws) -> Iterator[Foil]:
    """Yield foils that change one attribute that is asked: all of a single one, one each of several."""
    (person,) = target.objects
    each = max(MOST_FOILS // len(person.attributes), 1)
    for place, attribute in enumerate(person.attributes[:MOST_FOILS]):
        others = [value for value in attribute_kind(attribute.name).value_names if value != attribute.value]
        for value in draws.sample(others, min(each, len(others))):
            changed = (*person.attributes[:place], Attribute(attribute.name, value), *person.attributes[place + 1 :])
            yield Foil(f"other_{attribute.name}", Target(target.kind, (person._replace(attributes=changed),)))


def _other_objects(item: Item, draws: Draws, pictured: Sequence[Noun]) -> Iterator[Foil]:
    (shown,) = item.target.objects
    gold = noun(shown.name)
    others = [name for name in item.factors.objects if name != shown.name]
    twins = [name for name in others if not may_pass_for(gold, noun(name))]
    if twins:
        yield _changed("chain_twin", shown._replace(name=draws.choice(twins)))
    rivals = [one for one in near(gold, pictured) if one.name not in others]
    if rivals:
        yield _changed("other_object", shown._replace(name=draws.choice(rivals).name))
    if shown.count < LARGEST_COUNT:
        yield _changed("one_more", shown._replace(count=shown.count + 1))
    if shown.count > FEWEST_COUNT:
        yield _changed("one_fewer", shown._replace(count=shown.count - 1))


def _changed(change: str, shown: TargetObject) -> Foil:
    return Foil(change, Target("objects", (shown,)))


def near(one: Noun, pictured: Sequence[Noun]) -> list[Noun]:
    """Return the objects of the narrowest category around an object that holds another, without those that may pass for it."""
    name = one.category
    while name:
        inside = [other for other in pictured if _within(other.category, name) and other != one]
        apart = [other for other in inside if not may_pass_for(one, other)]
        if apart:
            return apart
        name = category(name).within
    return []


def _within(inner: str, outer: str) -> bool:
    while inner and inner != outer:
        inner = category(inner).within
    return inner == outer
