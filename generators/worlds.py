"""Worlds of coined characters: who they are, what a portrait of them shows, what they like, and how they are related.

A world is drawn once from (line, seed, number) and is the single source of every fact: the corpus states it, the items ask it.
Train and heldout characters are two closed classes. Within a class values are dealt evenly, so that no value is a good guess, and
relations stay inside the class, so that no chain leads from one to the other.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from unisandbox.generators.draws import draws_of
from unisandbox.generators.names import PATTERN, coined_names

if TYPE_CHECKING:
    from faker import Faker

RELATIONS = ("friend", "neighbour", "teacher")
SYMMETRIC = ("friend", "neighbour")  # the friend of one's friend is oneself
CLASSES = ("train", "heldout")
LEAST_IN_CLASS = 8  # fewer leave no room for three relations that differ


class AttributeValue(NamedTuple):
    """A value of an attribute: `stated` as a sentence says it, `shown` as a portrait of its owner is called."""

    name: str
    stated: str
    shown: str


class AttributeKind(NamedTuple):
    """An attribute of characters: `portrait` ones are seen in a portrait, `favourite` ones are objects of the vocabulary."""

    name: str
    kind: str
    label: str
    values: tuple[AttributeValue, ...]

    @property
    def value_names(self) -> tuple[str, ...]:
        """The names of all values, in list order."""
        return tuple(value.name for value in self.values)


class Character(NamedTuple):
    """One coined person. `attributes` and `relations` are (name, value) pairs; a relation's value is another character's name."""

    name: str
    split: str
    attributes: tuple[tuple[str, str], ...]
    relations: tuple[tuple[str, str], ...]
    occupation: str
    town: str

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """All attributes and relations."""
        return self.attributes + self.relations


@dataclass(frozen=True)
class World:
    """The characters of one world, train ones first, and how many candidate names were looked at and refused for them."""

    line: str
    seed: int
    number: int
    characters: tuple[Character, ...]
    names_tried: int
    names_refused_by_list: tuple[tuple[str, int], ...]

    @property
    def names_refused(self) -> int:
        """How many candidate names were refused."""
        return sum(count for _, count in self.names_refused_by_list)

    def of_class(self, split: str) -> tuple[Character, ...]:
        """Return the characters of a class, `train` or `heldout`."""
        return tuple(character for character in self.characters if character.split == split)

    @cached_property
    def facts(self) -> Mapping[str, Mapping[str, str]]:
        """Attribute or relation -> value, by character name."""
        return {character.name: dict(character.facts) for character in self.characters}

    @cached_property
    def split_of(self) -> Mapping[str, str]:
        """Class of each character, by name."""
        return {character.name: character.split for character in self.characters}

    @cached_property
    def owners(self) -> Mapping[tuple[str, str, str], tuple[str, ...]]:
        """Names of the characters of a class that have a value of an attribute, by (class, attribute, value)."""
        found: dict[tuple[str, str, str], list[str]] = {}
        for one in self.characters:
            for attribute, value in one.attributes:
                found.setdefault((one.split, attribute, value), []).append(one.name)
        return {fact: tuple(names) for fact, names in found.items()}

    def chain(self, name: str, relations: Sequence[str]) -> tuple[str, ...]:
        """Return the names met on the way from a character through relations, the start first."""
        met = [name]
        for relation in relations:
            met.append(self.facts[met[-1]][relation])
        return tuple(met)


@lru_cache
def attribute_kinds() -> tuple[AttributeKind, ...]:
    """Return all attributes with their values, in list order (`lists/attributes.csv`)."""
    text = resources.files("unisandbox.generators").joinpath("lists", "attributes.csv").read_text(encoding="utf-8")
    kinds: dict[str, AttributeKind] = {}
    for row in csv.DictReader(text.splitlines()):
        value = AttributeValue(row["value"], row["stated"], row["shown"])
        known = kinds.get(row["attribute"], AttributeKind(row["attribute"], row["kind"], row["label"], ()))
        kinds[row["attribute"]] = known._replace(values=(*known.values, value))
    return tuple(kinds.values())


@lru_cache
def attribute_kind(name: str) -> AttributeKind:
    """Return the attribute of this name; `KeyError` if there is none."""
    return {kind.name: kind for kind in attribute_kinds()}[name]


@lru_cache(maxsize=256)
def attribute_value(attribute: str, name: str) -> AttributeValue:
    """Return a value of an attribute; `KeyError` if there is none.

    >>> attribute_value("hat", "none").stated
    'no hat'
    """
    return {value.name: value for value in attribute_kind(attribute).values}[name]


def class_sizes(characters: int, heldout_share: float) -> tuple[int, int]:
    """Return how many train and heldout characters a world has; both are even, as friends come in pairs."""
    heldout = 2 * round(characters * heldout_share / 2)
    return characters - heldout, heldout


@lru_cache(maxsize=16)
def draw_world(
    line: str, seed: int, number: int, characters: int = 200, heldout_share: float = 0.5, least_name_edits: int = 1
) -> World:
    """Return a world of a release line; worlds of different numbers share no name.

    Args:
        line: The release line.
        seed: The seed of the release.
        number: Which world of the line, 0 up. Editions own different numbers.
        characters: How many characters, an even number with at least 8 in each class.
        heldout_share: Share of them that is known from text only.
        least_name_edits: Edits that their names are away from every listed word, 1 or 2.

    Raises:
        CapacityError: The line has no names left for this world.
    """
    coined = coined_names(line, seed, number, characters, least_name_edits)
    names = list(coined.names)
    made: list[Character] = []
    for split, size in zip(CLASSES, class_sizes(characters, heldout_share), strict=True):
        members, names = names[:size], names[size:]
        made.extend(_draw_class(members, split, (line, seed, "world", number, split)))
    return World(line, seed, number, tuple(made), coined.tried, coined.refused_by_list)


def _draw_class(names: Sequence[str], split: str, stream: tuple[str | int, ...]) -> Iterator[Character]:
    """Yield the characters of one class, in the order of their names."""
    dealt = [(kind.name, _deal(kind.value_names, len(names), stream)) for kind in attribute_kinds()]
    related = _draw_relations(len(names), stream)
    filler = draws_of(*stream, "filler", count=len(names))
    for place, name in enumerate(names):
        occupation, town = _occupation_and_town(filler.word())
        yield Character(
            name=name,
            split=split,
            attributes=tuple((attribute, values[place]) for attribute, values in dealt),
            relations=tuple((relation, names[others[place]]) for relation, others in related),
            occupation=occupation,
            town=town,
        )


def _deal(values: Sequence[str], size: int, stream: tuple[str | int, ...]) -> list[str]:
    """Return `size` values, each as often as the others (±1), in a random order."""
    draws = draws_of(*stream, "deal", *values, count=len(values) + size)
    deck = draws.shuffled(values) * -(-size // len(values))
    return draws.shuffled(deck[:size])


def _draw_relations(size: int, stream: tuple[str | int, ...]) -> tuple[tuple[str, list[int]], ...]:
    """Return for each relation whom every member has; nobody has one person in two roles, and no chain of two leads home.

    Friends and neighbours are pairs, teachers one great ring. The second and third are drawn again until they avoid the earlier.
    """
    found: list[list[int]] = []
    for relation in RELATIONS:
        for attempt in count():
            order = draws_of(*stream, relation, attempt, count=size).shuffled(range(size))
            others = _pairs(order) if relation in SYMMETRIC else _ring(order)
            if all(mine != theirs for earlier in found for mine, theirs in zip(others, earlier, strict=True)):
                found.append(others)
                break
    return tuple(zip(RELATIONS, found, strict=True))


def _pairs(order: Sequence[int]) -> list[int]:
    """Return each place's partner when the order is read two by two."""
    partner = [0] * len(order)
    for one, other in zip(order[::2], order[1::2], strict=True):
        partner[one], partner[other] = other, one
    return partner


def _ring(order: Sequence[int]) -> list[int]:
    """Return each place's successor when the order is a ring."""
    successor = [0] * len(order)
    for one, other in zip(order, [*order[1:], order[0]], strict=True):
        successor[one] = other
    return successor


@lru_cache(maxsize=4096)
def _occupation_and_town(seed: int) -> tuple[str, str]:
    """Return what Faker writes for a seed: plain words only, and none that also names an attribute, a relation or a character."""
    faker = _faker()
    faker.seed_instance(seed)
    occupation = next(job for job in iter(faker.job, None) if _is_filler(job))
    town = next(city for city in iter(faker.city, None) if _is_filler(city))
    return " ".join(word if word.isupper() else word.lower() for word in occupation.split()), town


@lru_cache
def _faker() -> Faker:
    from faker import Faker  # a fifth of a second, and only builds of worlds need it

    return Faker("en_US")


def _is_filler(text: str) -> bool:
    words = text.lower().split()
    named = any(re.fullmatch(PATTERN, word) for word in words)
    return not named and all(word.isalpha() for word in words) and not _spoken_for().intersection(words)


@lru_cache
def _spoken_for() -> frozenset[str]:
    """Return the words that sentences about attributes and relations are made of."""
    texts = [*RELATIONS, *(f"{kind.name} {kind.label}" for kind in attribute_kinds())]
    texts += [f"{value.name} {value.stated}" for kind in attribute_kinds() for value in kind.values]
    return frozenset(word for text in texts for word in re.findall("[a-z]+", text.lower())) - {"a", "an", "the", "no"}
