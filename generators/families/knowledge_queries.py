"""Which questions a world can be asked, and in which order: everything of `knowledge` but its words.

A query names a person, directly, by a chain of relations or by clues, and an attribute of that person. The queries of one
direction stand in one order, the walk, in which attributes and characters take turns; splits read stretches of it, so each is
balanced and no two share a query. When all queries of a stretch were asked, they are asked again, each with another template.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise, product
from typing import NamedTuple

import numpy as np

from unisandbox.generators.draws import Draws, draws_of
from unisandbox.generators.spaces import balanced
from unisandbox.generators.templates import Template
from unisandbox.generators.worlds import RELATIONS, SYMMETRIC, World, attribute_kind, attribute_kinds

LEAST_VALUES_SHOWN = 4  # fewer values would let most candidates of an inverse item share what the picture shows


class Cell(NamedTuple):
    """What is asked, of whomever: relations to follow, attributes given as clues, and the attribute that is wanted."""

    relations: tuple[str, ...]
    clues: tuple[str, ...]
    attribute: str


class Query(NamedTuple):
    """A cell asked of a character: the start of the relations, or the one whom the clues mean."""

    direction: str
    world: World
    name: str
    cell: Cell

    @property
    def use(self) -> str:
        """The group of templates that words it."""
        return "inverse" if self.cell.clues else f"{self.direction}-{attribute_kind(self.cell.attribute).kind}"

    @property
    def met(self) -> tuple[str, ...]:
        """The characters on the way, from the named one to the one who is meant."""
        return self.world.chain(self.name, self.cell.relations)

    @property
    def links(self) -> tuple[tuple[str, str, str], ...]:
        """The steps on the way: a character, a relation, the next character."""
        met = self.met
        return tuple(zip(met[:-1], self.cell.relations, met[1:], strict=True))

    @property
    def value(self) -> str:
        """The value that is wanted."""
        return self.world.facts[self.met[-1]][self.cell.attribute]

    @property
    def key(self) -> str:
        """The semantic key: the queried fact, wording and candidates apart."""
        own = self.world.facts[self.name]
        clues = "&".join(f"{clue}={own[clue]}" for clue in self.cell.clues)
        asked = [clues, self.cell.attribute, self.name] if clues else [self.name, *self.cell.relations, self.cell.attribute]
        return "|".join([self.direction, *asked])


class Rivals(NamedTuple):
    """Who can stand beside the one meant by two clues: those that share the first clue only, and the second only."""

    first: tuple[str, ...]
    second: tuple[str, ...]


def rivals(query: Query) -> Rivals:
    """Return the characters of the same class that fit exactly one clue and differ in what the picture shows."""
    world, gold, wanted = query.world, query.world.facts[query.name], query.cell.attribute
    sides = []
    for clue, other in (query.cell.clues, query.cell.clues[::-1]):
        sharing = world.owners[world.split_of[query.name], clue, gold[clue]]
        facts = [(name, world.facts[name]) for name in sharing]
        sides.append(tuple(name for name, own in facts if own[other] != gold[other] and own[wanted] != gold[wanted]))
    return Rivals(*sides)


@dataclass(frozen=True)
class Lane:
    """The queries of one direction in one part, and the templates of each use that they are worded with."""

    queries: tuple[Query, ...]
    templates: Mapping[str, tuple[Template, ...]]

    def __len__(self) -> int:
        """Return how many pairs of a query and a template can be made without repeating one."""
        return len(self.queries) * min((len(self.templates[use]) for use in self._totals), default=0)

    @cached_property
    def _totals(self) -> Mapping[str, int]:
        uses = [query.use for query in self.queries]
        return {use: uses.count(use) for use in sorted(set(uses))}

    @cached_property
    def _ordinals(self) -> list[int]:
        seen = dict.fromkeys(self._totals, 0)
        ordinals = []
        for query in self.queries:
            ordinals.append(seen[query.use])
            seen[query.use] += 1
        return ordinals

    def at(self, index: int) -> tuple[Query, Template]:
        """Return the query and the template at an index: both take turns, every pair comes once."""
        lap, place = divmod(index, len(self.queries))
        query = self.queries[place]
        total, templates = self._totals[query.use], self.templates[query.use]
        turn = lap * total + self._ordinals[place]
        return query, templates[(turn + turn // math.lcm(total, len(templates))) % len(templates)]


def walk(direction: str, level: int, worlds: Sequence[World], split: str, stream: tuple[str | int, ...]) -> tuple[Query, ...]:
    """Return all queries of a direction and level about the characters of a class, in the order of the walk.

    Args:
        direction: `forward`, `inverse` or `multihop`.
        level: Hops of a multihop query: 2 or more.
        worlds: Worlds of one edition.
        split: Class of the characters.
        stream: Name of the random stream that decides the order.
    """
    people = [(world, one.name) for world in worlds for one in world.of_class(split)]
    draws = draws_of(*stream, "people", count=len(people))
    people = draws.shuffled(people)
    cells, period = _cells(direction, level, stream)
    index = np.arange(len(cells) * len(people))
    cell, person = (part.tolist() for part in balanced(index, len(cells), len(people)))
    ordered = [Query(direction, people[p][0], people[p][1], cells[c]) for c, p in zip(cell, person, strict=True)]
    mixed = _mixed(ordered, period, draws_of(*stream, "mix", count=len(ordered)))
    return tuple(query for query in mixed if not query.cell.clues or all(rivals(query)))


def paths(relations: int) -> list[tuple[str, ...]]:
    """Return all chains of so many relations that never lead back to where they were.

    >>> len(paths(1)), len(paths(2))
    (3, 7)
    """
    chains = product(RELATIONS, repeat=relations)
    return [chain for chain in chains if all(one != two or one not in SYMMETRIC for one, two in pairwise(chain))]


def _cells(direction: str, level: int, stream: tuple[str | int, ...]) -> tuple[list[Cell], int]:
    """Return the cells of a direction, so that every `period` in a row ask for all attributes once; and that period."""
    names = [kind.name for kind in attribute_kinds()]
    shown = [kind.name for kind in attribute_kinds() if kind.kind == "portrait" and len(kind.values) >= LEAST_VALUES_SHOWN]
    draws = draws_of(*stream, "cells", count=len(names) ** 3)
    if direction == "inverse":
        pairs = {wanted: draws.shuffled(list(combinations([name for name in names if name != wanted], 2))) for wanted in shown}
        return [Cell((), pairs[wanted][turn], wanted) for turn in range(len(pairs[shown[0]])) for wanted in shown], len(shown)
    ways, order = paths(level - 1), draws.shuffled(names)
    return [Cell(ways[(a + turn) % len(ways)], (), name) for turn in range(len(ways)) for a, name in enumerate(order)], len(names)


def _mixed(queries: Sequence[Query], period: int, draws: Draws) -> Iterator[Query]:
    """Yield the queries, each stretch of `period` in a random order, so that attribute and template are not tied."""
    for start in range(0, len(queries), period):
        yield from draws.shuffled(queries[start : start + period])
