"""What a family is, and what travels between a family, its solver and the writer.

A family is a frozen dataclass of options with two methods: `space(part)` says how many items a part of a release holds and
which point stands at which index; `row(draws, point)` words one item. `row` is the specification: whatever makes rows faster
must equal it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from unisandbox.errors import Violation
from unisandbox.generators.draws import Draws
from unisandbox.generators.vocabulary import LATEST_VOCABULARY, Noun


class Attribute(NamedTuple):
    """A named value of a target object, e.g. hair_colour = red."""

    name: str
    value: str


class TargetObject(NamedTuple):
    """One kind of object in a picture, how many of it (1 up), and the attributes that must show."""

    name: str
    count: int  # type: ignore[assignment]  # the column's name; nobody counts in the tuple
    attributes: tuple[Attribute, ...] = ()


class Target(NamedTuple):
    """What a right image shows; `kind` is `objects` or `portrait`."""

    kind: str
    objects: tuple[TargetObject, ...]


class Factors(NamedTuple):
    """What was chosen for an item: with the release it re-derives every view. What a family does not use is None or empty."""

    index: int  # type: ignore[assignment]  # the column's name, as above
    depth: int
    direction: str | None = None
    style: str | None = None
    expression: str | None = None
    operators: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()


class Item(NamedTuple):
    """One row of a config, in the column order of `schemas/item.schema.json`."""

    id: str
    family: str
    level: int
    split: str
    group: str
    cluster: str
    draw: str
    literal: str
    ask: str
    answer: str
    choices: tuple[str, ...]
    chance: float
    trace: str
    target: Target
    factors: Factors
    key: str
    canary: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """One level of one split of one release: all that a row may depend on, but its index.

    `held_out` names the axes on which this split shares nothing with train: `key`, `object`, `template`, `entity`, `depth`.
    `twin` is the split whose space and random words this one reads, under its own name; empty where they are its own.
    """

    line: str
    seed: int
    edition: int
    editions: int
    family: str
    level: int
    split: str
    held_out: tuple[str, ...]
    canary: str
    vocabulary: int = LATEST_VOCABULARY
    twin: str = ""

    @property
    def drawn_as(self) -> str:
        """The split whose space and random words the part reads."""
        return self.twin or self.split

    @property
    def key_bin(self) -> str:
        """The bin that semantic keys of this part come from: `train`, `validation` or `test`."""
        return self.drawn_as if self.drawn_as in ("train", "validation") else "test"

    def item_id(self, index: int) -> str:
        """Return the id of the item at this index, e.g. `math/2/test/000123`."""
        return f"{self.family}/{self.level}/{self.split}/{index:06d}"


class Point(NamedTuple):
    """One item's place: the space it belongs to, its index there, and the family's own choices for it."""

    space: Any
    index: int  # type: ignore[assignment]  # as above
    values: Any

    @property
    def part(self) -> Part:
        """The part of the release that the space belongs to."""
        part: Part = self.space.part
        return part


class Space(Protocol):
    """The items that one part of a release can hold, in index order."""

    @property
    def part(self) -> Part:
        """The part of the release."""
        ...

    def __len__(self) -> int:
        """Return how many items this part of this edition holds."""
        ...

    def points(self, start: int, count: int) -> Sequence[Point]:
        """Return the points of `count` indexes from `start`; all points of a release line differ."""
        ...


class Family(Protocol):
    """A kind of task: options, the space of a part, and how a point is worded."""

    @property
    def levels(self) -> range:
        """The levels that this family can make."""
        ...

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes that a split of this family can hold out."""
        ...

    @property
    def group_size(self) -> int:
        """How many consecutive items are one group, made of the same random words: 1, or the queries of one rule set."""
        ...

    def faults(self) -> list[Violation]:
        """Return what is wrong with the options; each `where` is the name of an option."""
        ...

    def words_per_row(self, level: int) -> int:
        """Return how many random words a row reads: a multiple of 4."""
        ...

    def space(self, part: Part) -> Space:
        """Return the space of a part of a release."""
        ...

    def pictured(self, part: Part) -> tuple[Noun, ...]:
        """Return the objects that pictures of a part may show: none that the part must not name."""
        ...

    def known_looks(self, part: Part, item: Item) -> Mapping[str, str]:
        """Return all that is known of the looks of the person whom an item's picture shows, asked for or not, by attribute."""
        ...

    def dealt(self, item: Item) -> Mapping[str, str]:
        """Return what is dealt in turn, as evenly as the space allows, and what an item has of each."""
        ...

    def row(self, draws: Draws, point: Point) -> Item:
        """Return the item at a point, worded with the draws of its row."""
        ...
