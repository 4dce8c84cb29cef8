"""`math`: draw as many objects as an expression's value; the level is the number of operations.

A point is a triple of expression, object and style. Answers are dealt in turn, the operators of each answer in turn, so both
are balanced by construction; the keys (expressions) of one answer and operator sequence are divided into train, validation and
test by a keyed permutation of their ranks, so an expression belongs to one of them whatever the object or the wording.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from unisandbox.errors import Violation
from unisandbox.generators.draws import WORDS_PER_BLOCK, Draws, stream_key
from unisandbox.generators.expression_words import STYLES, Phrases, value_phrase
from unisandbox.generators.expressions import (
    Step,
    counts,
    presented,
    rank_of_expression,
    signature_number,
    signatures,
)
from unisandbox.generators.families.base import Factors, Item, Part, Point, Target, TargetObject
from unisandbox.generators.holdout import divided_nouns, namable, share_faults
from unisandbox.generators.spaces import Bins, Ranks, RoundRobin, Words, balanced, held_out_counts, mixed, permuted
from unisandbox.generators.templates import Template, wording
from unisandbox.generators.vocabulary import Noun, counted, noun

KEY_MASK = 2**64 - 1
LARGEST_COUNT = 9  # above this, people miscount the objects of a picture
LARGEST_NUMBER = 99  # two digits: counts of five operations stay inside 64 bits, and a person can follow the steps


class Chosen(NamedTuple):
    """What a point of `math` stands for; `rank` counts the expressions of the answer and the operators."""

    answer: int
    operators: tuple[str, ...]
    rank: int
    noun: Noun
    style: str
    template: Template


@dataclass(frozen=True, kw_only=True)
class Math:
    """Options of `math`.

    Args:
        answers: Smallest and largest answer, within 1 to 9: what a picture can show and a person can count.
        largest_number: Largest number that an expression holds or passes through, 20 to 99.
        validation_share: Share of the expressions of an answer and operators kept for validation, 0 to 0.5.
        test_share: Share kept for tests, 0 to 0.5.
        novel_objects_share: Share of each category of objects that training never names, 0 to 0.5.
        unreached_answers: How many answers an operator sequence of a test may fail to reach, 0 or 1. With 0 the operators tell
            nothing of the answer; 1 keeps the rows of releases that were made before it was measured that they do.
    """

    answers: tuple[int, int] = (1, 6)
    largest_number: int = 50
    validation_share: float = 0.1
    test_share: float = 0.1
    novel_objects_share: float = 0.15
    unreached_answers: int = 1

    @property
    def levels(self) -> range:
        """Numbers of operations that can be made."""
        return range(1, 6)

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes that a split can hold out."""
        return ("key", "object", "template", "depth")

    @property
    def group_size(self) -> int:
        """Items that are made of the same random words: one."""
        return 1

    def faults(self) -> list[Violation]:
        """Return what is wrong with the options."""
        first, last = self.answers
        found = []
        if not 1 <= first < last <= LARGEST_COUNT:
            found.append(
                Violation("answers", str(list(self.answers)), f"two rising numbers from 1 to {LARGEST_COUNT}", "mend it")
            )
        if not 20 <= self.largest_number <= LARGEST_NUMBER:
            found.append(Violation("largest_number", str(self.largest_number), f"20 to {LARGEST_NUMBER}", "mend the number"))
        if self.unreached_answers not in (0, 1):
            found.append(Violation("unreached_answers", str(self.unreached_answers), "0 or 1", "mend the number"))
        return found + share_faults(self)

    def words_per_row(self, level: int) -> int:
        """Return the random words a row reads: one a step and six for the rest of the wording, in blocks of four."""
        return -(-(level + 6) // WORDS_PER_BLOCK) * WORDS_PER_BLOCK

    def space(self, part: Part) -> MathSpace:
        """Return the items that a part of a release can hold."""
        return _space(self, part)

    def pictured(self, part: Part) -> tuple[Noun, ...]:
        """Return the objects that pictures of a part may show."""
        return namable(part, self.novel_objects_share)

    def known_looks(self, part: Part, item: Item) -> dict[str, str]:  # noqa: ARG002 - pictures show objects alone
        """Return nothing: pictures show no persons."""
        return {}

    def bin_of(self, line: str, seed: int, steps: list[Step]) -> str:
        """Return the bin that an expression belongs to, from the expression alone."""
        operators, value = [step.operator for step in steps], steps[-1].value
        number = signature_number(operators)
        bins = Bins.of(int(counts(self.largest_number, len(steps))[number, value]), self.validation_share, self.test_share)
        key = _cell_keys("key bins", (line, seed), len(steps), np.array([value]), np.array([number]))
        rank = np.array([rank_of_expression(self.largest_number, steps)], np.int64)
        position = permuted(rank, np.array([bins.size], np.int64), key, inverse=True)
        return bins.name_of(int(position[0]))

    def dealt(self, item: Item) -> dict[str, str]:
        """Return the answer and the draw template of an item: both are dealt in turn."""
        return {"answer": item.answer, "template": item.factors.templates[0]}

    def row(self, draws: Draws, point: Point) -> Item:
        """Return the item at a point of a `MathSpace`."""
        space, index, chosen = point
        part, value, template = space.part, chosen.answer, chosen.template
        shown = presented(self.largest_number, chosen.operators, value, chosen.rank, draws.below(1 << part.level))
        phrase = value_phrase(chosen.style, shown, space.phrases, draws)
        literal, ask = draws.choice(space.literal), draws.choice(space.ask)
        target, picture = _target(chosen.noun.name, value)
        answer, item_id = str(value), space.prefix + str(index).zfill(6)
        ids, named = (template.id, literal.id, ask.id), (chosen.noun.name,)
        # By position: keywords would make a row 4 % dearer.
        factors = Factors(index, part.level, None, chosen.style, shown.symbols, chosen.operators, named, (), (), (), (), (), ids)
        return Item(
            item_id,
            "math",
            part.level,
            part.split,
            item_id,  # a group of its own
            f"math/{template.id}",
            template.text.replace("{objects}", chosen.noun.plural).replace("{value}", phrase),
            literal.text.replace("{counted}", picture),
            ask.text.replace("{value}", phrase),
            answer,
            space.choices,
            space.chance,
            f"{shown.worked} The answer is {answer}. The picture shows {picture}.",
            target,
            factors,
            shown.key,
            part.canary,
        )


@lru_cache(maxsize=2**12)
def _target(name: str, count: int) -> tuple[Target, str]:
    """Return so many of an object as a target, and in words."""
    return Target("objects", (TargetObject(name, count),)), counted(noun(name), count)


class Cells(NamedTuple):
    """The operator sequences that one answer of a part uses, and the keys of each; all arrays have one entry a sequence."""

    signatures: Ranks
    totals: Ranks
    first_keys: Ranks
    keys: Ranks


@dataclass(frozen=True, eq=False)
class MathSpace:
    """The items of one part: for every answer, a schedule over the operator sequences that reach it."""

    part: Part
    answers: range
    cells: tuple[Cells, ...]
    nouns: tuple[Noun, ...]
    draw: tuple[Template, ...]
    literal: tuple[Template, ...]
    ask: tuple[Template, ...]
    phrases: Phrases

    @cached_property
    def prefix(self) -> str:
        """What all ids begin with."""
        return self.part.item_id(0).removesuffix("000000")

    @cached_property
    def chance(self) -> float:
        """What guessing scores."""
        return 1 / len(self.answers)

    @cached_property
    def choices(self) -> tuple[str, ...]:
        """The answers as text."""
        return tuple(str(number) for number in self.answers)

    def __len__(self) -> int:
        """Return the items of this edition: the answers are equally many, so the scarcest decides."""
        return len(self.answers) * min(schedule.total for schedule in self._schedules)

    @cached_property
    def _schedules(self) -> list[RoundRobin]:
        """Return a schedule an answer, over the cells' shares of this edition."""
        part, each = self.part, len(self.nouns) * len(STYLES)
        name = ("operators", part.line, part.seed, "math", part.level, part.drawn_as)
        return [
            RoundRobin(tuple((cells.keys * each // part.editions).tolist()), stream_key(*name, value))
            for value, cells in zip(self.answers, self.cells, strict=True)
        ]

    def points(self, start: int, count: int) -> list[Point]:
        """Return the points of `count` indexes from `start`."""
        index = np.arange(start, start + count)
        answer, template = balanced(index, len(self.answers), len(self.draw))
        cell, inner = np.empty_like(index), np.empty_like(index)
        for number, schedule in enumerate(self._schedules):
            rows = answer == number
            cell[rows], inner[rows] = schedule.at(index[rows] // len(self.answers))
        signature, rank, noun, style = self._chosen(answer, cell, inner)
        names = signatures(self.part.level)
        chosen = map(
            Chosen,
            (self.answers.start + answer).tolist(),
            [names[number] for number in signature.tolist()],
            rank.tolist(),
            [self.nouns[number] for number in noun.tolist()],
            [STYLES[number] for number in style.tolist()],
            [self.draw[number] for number in template.tolist()],
        )
        return list(map(Point, itertools.repeat(self), index.tolist(), chosen))

    def _chosen(self, answer: Ranks, cell: Ranks, inner: Ranks) -> tuple[Ranks, Ranks, Ranks, Ranks]:
        """Return the operators, the rank of the expression, the noun and the style at places inside cells."""
        part, each = self.part, len(self.nouns) * len(STYLES)
        signature, total, first_key, keys = (column[self._first_cell[answer] + cell] for column in self._flat)
        where, value = (part.line, part.seed), self.answers.start + answer
        sizes = keys * each
        mine = inner + sizes // part.editions * part.edition
        place = permuted(mine, sizes, _cell_keys(f"items of {part.drawn_as}", where, part.level, value, signature))
        key, rest = np.divmod(place, each)
        rank = permuted(first_key + key, total, _cell_keys("key bins", where, part.level, value, signature))
        return signature, rank, *np.divmod(rest, len(STYLES))

    @cached_property
    def _flat(self) -> tuple[Ranks, ...]:
        """Return the columns of the cells of all answers, one answer after another."""
        return tuple(np.concatenate(column) for column in zip(*self.cells, strict=True))

    @cached_property
    def _first_cell(self) -> Ranks:
        """Return where the cells of each answer begin among them."""
        return np.cumsum([0, *(len(cells.keys) for cells in self.cells)])


@lru_cache(maxsize=256)
def _space(options: Math, part: Part) -> MathSpace:
    seen, novel = divided_nouns(part.line, options.novel_objects_share, part.vocabulary)
    answers = range(options.answers[0], options.answers[1] + 1)
    texts, held_out = wording("math"), "template" in part.held_out
    return MathSpace(
        part,
        answers,
        tuple(_cells(options, part, answers)),
        novel if "object" in part.held_out else seen,
        texts.draw_templates(held_out),
        texts.literal_templates(held_out),
        texts.ask_templates(held_out),
        texts.phrases,
    )


def _cells(options: Math, part: Part, answers: range) -> list[Cells]:
    """Return, for each answer, the operator sequences that a part uses and their keys in the part's bin.

    Train uses all sequences of two different operators or more. Elsewhere the operators must not tell the answer: a sequence is
    used if it reaches all answers, or all but one where the release says so. (No sum is 1: where that is an answer, "all" leaves
    sums out.)
    """
    totals = counts(options.largest_number, part.level)[:, answers.start : answers.stop]
    validation, test = held_out_counts(totals, options.validation_share, options.test_share)
    first = {"train": np.zeros_like(totals), "validation": totals - validation - test, "test": totals - test}[part.key_bin]
    keys = {"train": totals - validation - test, "validation": validation, "test": test}[part.key_bin]
    varied = np.array([part.level == 1 or len(set(signature)) > 1 for signature in signatures(part.level)])
    reached = (keys > 0).sum(axis=1) >= (1 if part.key_bin == "train" else len(answers) - options.unreached_answers)
    found = []
    for column in range(len(answers)):
        used = np.flatnonzero(varied & reached & (keys[:, column] > 0))
        found.append(Cells(used, totals[used, column], first[used, column], keys[used, column]))
    return found


def _cell_keys(purpose: str, line_and_seed: tuple[str, int], level: int, value: Ranks, signature: Ranks) -> Words:
    """Return the key of the bijection of each answer and operator sequence."""
    base = np.uint64(stream_key(purpose, *line_and_seed, "math", level) & KEY_MASK)
    return mixed(mixed(signature.astype(np.uint64) ^ base) ^ value.astype(np.uint64))
