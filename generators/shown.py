"""Items for people to look at: each with its picture, the pictures of its near misses, and all of them in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Final, NamedTuple

from unisandbox.generators.families.base import Item, Target
from unisandbox.generators.pictures import REFERENCE, WITH_FOILS, Pictures
from unisandbox.generators.release import Config, Release, Split
from unisandbox.generators.sprites import sprites
from unisandbox.generators.vocabulary import counted, noun, nouns
from unisandbox.generators.worlds import attribute_kind, attribute_kinds, attribute_value

CHANGES: Final[Mapping[str, str]] = {"chain_twin": "other chain's object"}  # the others say it themselves


class ShownFoil(NamedTuple):
    """A near miss: what was changed and what it shows, in words, and its PNG file."""

    change: str
    words: str
    picture: bytes


class Shown(NamedTuple):
    """An item, what its picture shows in words, the PNG file, and its near misses."""

    item: Item
    words: str
    picture: bytes
    foils: tuple[ShownFoil, ...]


def shown_items(release: Release, family: str, items: Sequence[Item], *, with_foils: bool = True) -> tuple[Shown, ...]:
    """Return items with their pictures, drawn as the release draws them whether or not its split has pictures.

    Args:
        release: The release that the items are of.
        family: A family of the release; `KeyError` for any other.
        items: Items of that family, e.g. from `catalogue.sample_items`.
        with_foils: Whether the near misses are drawn; without, there are none.
    """
    config = {config.family: config for config in release.configs}[family]

    @cache
    def pictures(split_name: str, level: int) -> Pictures:
        drawn = release.pictures(config, _split(config, split_name, level), level)
        return replace(drawn, images=WITH_FOILS if with_foils else REFERENCE)

    return tuple(_shown(item, pictures(item.split, item.level)) for item in items)


def target_words(target: Target) -> str:
    """Return what a picture shows, in few words.

    >>> from unisandbox.generators.families.base import Attribute, TargetObject
    >>> target_words(Target("objects", (TargetObject("goose", 3),)))
    '3 geese'
    >>> target_words(Target("portrait", (TargetObject("person", 1, (Attribute("hair_colour", "red"),)),)))
    'red hair'
    """
    if target.kind == "objects":
        return ", ".join(counted(noun(one.name), one.count) for one in target.objects)
    told = [attribute_value(*attribute).shown for one in target.objects for attribute in one.attributes]
    return ", ".join(words.removeprefix("a person with ").removeprefix("a person ") for words in told)


def change_words(change: str) -> str:
    """Return what sets a near miss apart, in words.

    >>> change_words("one_more"), change_words("other_hair_style"), change_words("chain_twin")
    ('one more', 'other hairstyle', "other chain's object")
    """
    named = change.removeprefix("other_")
    labels = {kind.name: f"other {kind.label}" for kind in attribute_kinds()}
    return CHANGES.get(change) or labels.get(named) or change.replace("_", " ")


def source_words(item: Item) -> str:
    """Return what the target must be worked out from, in few words: the expression, the chain of symbols, or who is meant."""
    factors = item.factors
    if factors.expression:
        return factors.expression
    if factors.symbols:
        return " → ".join((*factors.symbols, item.answer))
    if factors.direction == "inverse":
        clues = zip(factors.attributes[:-1], factors.values[:-1], strict=True)  # the last is what is asked
        return f"one of {len(factors.entities)}: {', '.join(_clue(*clue) for clue in clues)}"
    owner = factors.entities[0] + "".join(f"'s {link.split()[1]}" for link in factors.links)
    return f"{owner}'s {attribute_kind(factors.attributes[-1]).label}"


def credit(release: Release) -> str:
    """Return whose art the objects of a release are, in the order of the list."""
    listed = sprites(release.look.art)
    held = dict.fromkeys(listed[one.name].licence for one in nouns(release.vocabulary) if one.name in listed)
    return "Art of objects: " + "; ".join(held)


def _shown(item: Item, pictures: Pictures) -> Shown:
    image, foils = pictures.cells(item)
    near = [ShownFoil(change_words(change), target_words(target), drawn[0]) for change, target, drawn in foils if drawn]
    if image is None:
        raise ValueError(f"no picture of {item.id} was asked for")
    return Shown(item, target_words(item.target), image[0], tuple(near))


def _clue(attribute: str, value: str) -> str:
    shown = attribute_value(attribute, value).shown.removeprefix("a person ")
    return shown or f"{attribute_kind(attribute).label} {value}"


def _split(config: Config, name: str, level: int) -> Split:
    """Return the split of this name with this level, or the test split that `catalogue.sample_items` makes where none has it."""
    stand_in = Split(name=name, levels=(level,), rows=(1,), held_out=("key",))
    return next((split for split in config.splits if split.name == name and level in split.levels), stand_in)
