"""`knowledge`: draw what was only told about coined characters; the level is the number of hops.

Level 1 asks `forward` (the name is given, a value is wanted) and `inverse` (two values are given, one of the candidates is meant)
in turn; levels 2 and 3 ask `multihop`, through one or two relations. Train and validation ask different things about train
characters; a split that holds out the axis `entity` asks about characters that no training item draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from unisandbox.errors import InputError, Violation
from unisandbox.generators.corpus import Corpus
from unisandbox.generators.corpus_wording import fewest_answers
from unisandbox.generators.draws import WORDS_PER_BLOCK, Draws, rows_of_draws, stream_key
from unisandbox.generators.families.base import Factors, Item, Part, Point
from unisandbox.generators.families.knowledge_queries import Lane, Query, rivals, walk
from unisandbox.generators.families.knowledge_views import Views, inverse_views, single_views
from unisandbox.generators.holdout import LARGEST_SHARE
from unisandbox.generators.spaces import Bins
from unisandbox.generators.templates import Template, wording
from unisandbox.generators.vocabulary import Noun, noun
from unisandbox.generators.worlds import CLASSES, LEAST_IN_CLASS, World, attribute_kinds, class_sizes, draw_world

DIRECTIONS = {1: ("forward", "inverse"), 2: ("multihop",), 3: ("multihop",)}
LEAST_CANDIDATES, MOST_CANDIDATES = 4, 8
MOST_PROFILES = 100
MOST_WORLDS = 1000


class Chosen(NamedTuple):
    """What a point of `knowledge` stands for; `place` is where the right candidate of an inverse item stands."""

    query: Query
    template: Template
    place: int


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """Options of `knowledge`.

    Args:
        characters: Characters a world, an even number, at least 8 in either class.
        heldout_share: Share of them that training items never draw; they are known from the corpus only. Above 0, below 1.
        exposures: Documents that state a fact, each in another wording.
        profiles: Documents that state all facts of a character, 0 to 100.
        candidates: Candidates of an inverse item, 4 to 8.
        worlds: Worlds of an edition, 1 to 1000.
        validation_share: Share of the queries about train characters kept for validation, 0 to 0.5.
        test_share: Share of them kept for tests that do not hold out entities, 0 to 0.5.
        least_name_edits: Edits that names are away from every real word and name of the lists, 1 or 2. With 2 all names are long,
            as most short ones are one edit from some word; 1 keeps the rows of releases that were made before there was a choice.
    """

    characters: int = 200
    heldout_share: float = 0.5
    exposures: int = 20
    profiles: int = 4
    candidates: int = 4
    worlds: int = 1
    validation_share: float = 0.1
    test_share: float = 0.1
    least_name_edits: int = 1

    @property
    def levels(self) -> range:
        """Numbers of hops that can be made."""
        return range(1, 4)

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes that a split can hold out."""
        return ("key", "template", "entity", "depth")

    @property
    def group_size(self) -> int:
        """Items that are made of the same random words: one."""
        return 1

    def faults(self) -> list[Violation]:
        """Return what is wrong with the options."""
        found = []
        for name, (least, most) in _bounds().items():
            value = getattr(self, name)
            if not least <= value <= most:
                found.append(Violation(name, str(value), f"{least} to {most}", "mend the number"))
        sizes = class_sizes(self.characters, self.heldout_share)
        if self.characters % 2 or min(sizes) < LEAST_IN_CLASS:
            allowed = f"an even number, and at least {LEAST_IN_CLASS} train and heldout characters"
            found.append(Violation("characters", f"{self.characters} ({sizes[0]} + {sizes[1]})", allowed, "mend it or the share"))
        return found

    def words_per_row(self, level: int) -> int:  # noqa: ARG002 - other families need the level
        """Return the random words a row reads: at most two a candidate and ten for wording."""
        return -(-(2 * self.candidates + 10) // WORDS_PER_BLOCK) * WORDS_PER_BLOCK

    def space(self, part: Part) -> KnowledgeSpace:
        """Return the items that a part of a release can hold.

        Raises:
            InputError: Train or validation hold out entities: both ask about train characters.
            CapacityError: The release line has no names left for the worlds of this edition.
        """
        return _space(self, part)

    def pictured(self, part: Part) -> tuple[Noun, ...]:  # noqa: ARG002 - other families hold objects out
        """Return the objects that pictures of a part may show: every character's possible favourites."""
        return tuple(noun(name) for kind in attribute_kinds() if kind.kind == "favourite" for name in kind.value_names)

    def known_looks(self, part: Part, item: Item) -> dict[str, str]:
        """Return the portrait attributes of the character whom an item is about, as the corpus tells them."""
        shown = item.answer if item.factors.direction == "inverse" else item.factors.entities[-1]
        facts = next(world.facts[shown] for world in self.worlds_of(part) if shown in world.facts)
        return {kind.name: facts[kind.name] for kind in attribute_kinds() if kind.kind == "portrait"}

    def worlds_of(self, part: Part) -> tuple[World, ...]:
        """Return the worlds of the edition that a part belongs to; editions share none."""
        return _worlds(self, part.line, part.seed, part.edition)

    def corpus(self, part: Part) -> Corpus:
        """Return the documents and the entities that belong to the items of a part's edition."""
        return Corpus(worlds=self.worlds_of(part), exposures=self.exposures, profiles=self.profiles, canary=part.canary)

    def dealt(self, item: Item) -> dict[str, str]:
        """Return what is dealt in turn: directions and, in each, attributes, templates of a use, and places of the answer."""
        chosen, name = item.factors, str(item.factors.direction)
        dealt = {"direction": name, f"{name} attribute": chosen.attributes[-1], f"{name} {item.target.kind}": chosen.templates[0]}
        return dealt | ({"place": str(chosen.entities.index(item.answer))} if name == "inverse" else {})

    def row(self, draws: Draws, point: Point) -> Item:
        """Return the item at a point of a `KnowledgeSpace`."""
        part, chosen = point.part, point.values
        query, template = chosen.query, chosen.template
        texts, held_out = wording("knowledge"), "template" in part.held_out
        if query.cell.clues:
            views = inverse_views(query, template, texts, held_out, draws, place=chosen.place, count=self.candidates)
        else:
            views = single_views(query, template, texts, held_out, draws)
        item_id = part.item_id(point.index)
        return Item(
            id=item_id,
            family="knowledge",
            level=part.level,
            split=part.split,
            group=item_id,
            cluster=f"knowledge/{template.id}/w{query.world.number}",
            draw=views.draw,
            literal=views.literal,
            ask=views.ask,
            answer=views.answer,
            choices=views.choices,
            chance=1 / len(views.choices),
            trace=views.trace,
            target=views.target,
            factors=_factors(point.index, part.level, query, views),
            key=query.key,
            canary=part.canary,
        )


@dataclass(frozen=True)
class KnowledgeSpace:
    """The items of one part: its directions take turns."""

    part: Part
    lanes: tuple[Lane, ...]
    candidates: int

    def __len__(self) -> int:
        """Return the items of this edition: directions are equally many, so the scarcer decides."""
        return len(self.lanes) * min(len(lane) for lane in self.lanes)

    def points(self, start: int, count: int) -> list[Point]:
        """Return the points of `count` indexes from `start`."""
        places = self._places(start // len(self.lanes), (start + count) // len(self.lanes) + 1)
        made = []
        for index in range(start, start + count):
            turn, lane = divmod(index, len(self.lanes))
            made.append(Point(self, index, Chosen(*self.lanes[lane].at(turn), places[turn])))
        return made

    def _places(self, first: int, end: int) -> dict[int, int]:
        """Return the place of the right candidate for each turn: every stretch of as many turns as places has each place once."""
        part, width = self.part, -(-self.candidates // WORDS_PER_BLOCK) * WORDS_PER_BLOCK
        key = stream_key("places", part.line, part.seed, part.edition, part.family, part.level, part.drawn_as)
        block, blocks = first // self.candidates, -(-end // self.candidates)
        places: dict[int, int] = {}
        for number, draws in enumerate(rows_of_draws(key, start=block, count=blocks - block, words_per_row=width), start=block):
            order = draws.shuffled(range(self.candidates))
            places.update(enumerate(order, start=number * self.candidates))
        return places


def _bounds() -> dict[str, tuple[float, float]]:
    """Return the least and the most of each option that is a plain number."""
    return {
        "exposures": (1, fewest_answers()),
        "profiles": (0, MOST_PROFILES),
        "candidates": (LEAST_CANDIDATES, MOST_CANDIDATES),
        "worlds": (1, MOST_WORLDS),
        "validation_share": (0, LARGEST_SHARE),
        "test_share": (0, LARGEST_SHARE),
        "least_name_edits": (1, 2),
    }


def _factors(index: int, level: int, query: Query, views: Views) -> Factors:
    own = query.world.facts[query.met[-1]]
    asked = (*query.cell.clues, query.cell.attribute)
    return Factors(
        index=index,
        depth=level,
        direction=query.direction,
        links=tuple(" ".join(link) for link in query.links),
        entities=views.entities,
        attributes=asked,
        values=tuple(own[attribute] for attribute in asked),
        templates=views.templates,
    )


def _worlds(options: Knowledge, line: str, seed: int, edition: int) -> tuple[World, ...]:
    first = edition * options.worlds
    drawn_by = (options.characters, options.heldout_share, options.least_name_edits)
    return tuple(draw_world(line, seed, number, *drawn_by) for number in range(first, first + options.worlds))


@lru_cache(maxsize=32)
def _space(options: Knowledge, part: Part) -> KnowledgeSpace:
    heldout = "entity" in part.held_out
    if heldout and part.key_bin != "test":
        fix = "take entity out, or name the split test"
        raise InputError(Violation(f"split {part.split}", "held_out entity", "splits that test", fix))
    lanes = []
    for direction in DIRECTIONS[part.level]:
        queries = _walk(options, part.line, part.seed, part.edition, direction, part.level, CLASSES[heldout])
        bins = Bins.of(len(queries), 0.0 if heldout else options.validation_share, 0.0 if heldout else options.test_share)
        chosen = queries if heldout else tuple(queries[place] for place in bins.range_of(part.key_bin))
        lanes.append(Lane(chosen, _templates(chosen, "template" in part.held_out)))
    return KnowledgeSpace(part, tuple(lanes), options.candidates)


@lru_cache(maxsize=32)
def _walk(options: Knowledge, line: str, seed: int, edition: int, direction: str, level: int, split: str) -> tuple[Query, ...]:
    """Return the walk of a class; the splits of a level that read the same stretch ask the same, wording apart."""
    worlds = _worlds(options, line, seed, edition)
    queries = walk(direction, level, worlds, split, (line, seed, "walk", edition, direction, level, split))
    fewest = options.candidates - 1
    return tuple(query for query in queries if not query.cell.clues or sum(map(len, rivals(query))) >= fewest)


def _templates(queries: tuple[Query, ...], held_out: bool) -> dict[str, tuple[Template, ...]]:
    uses = sorted({query.use for query in queries})
    return {use: wording("knowledge").draw_templates(held_out, use) for use in uses}
