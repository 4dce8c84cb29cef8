"""`math`: draw as many objects as an expression's value; the level is the number of operations.

A point is a triple of expression, object and style. Answers are dealt in turn, the operators of each answer in turn, so both
are balanced by construction; the keys (expressions) of one answer and operator sequence are divided into train, validation and
test by a keyed permutation of their ranks, so an expression belongs to one of them whatever the object or the wording.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from unisandbox.errors import Violation
from unisandbox.generators.draws import Draws, stream_key
from unisandbox.generators.expression_words import STYLES, Phrases, value_phrase
from unisandbox.generators.expressions import (
    Step,
    counts,
    in_symbols,
    nth_expression,
    rank_of_expression,
    signature_number,
    signatures,
    worked,
)
from unisandbox.generators.families.base import Factors, Item, Part, Point, Target, TargetObject
from unisandbox.generators.holdout import divided_nouns, share_faults
from unisandbox.generators.spaces import Bins, Ranks, RoundRobin, Words, balanced, held_out_counts, mixed, permuted
from unisandbox.generators.templates import Template, wording
from unisandbox.generators.vocabulary import Noun, counted

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
    """

    answers: tuple[int, int] = (1, 6)
    largest_number: int = 50
    validation_share: float = 0.1
    test_share: float = 0.1
    novel_objects_share: float = 0.15

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
        return found + share_faults(self)

    def words_per_row(self, level: int) -> int:
        """Return the random words a row reads: two a step, seven for wording, filled up to a multiple of four."""
        return -(-(2 * level + 7) // 4) * 4

    def space(self, part: Part) -> MathSpace:
        """Return the items that a part of a release can hold."""
        return _space(self, part)

    def bin_of(self, line: str, seed: int, steps: list[Step]) -> str:
        """Return the bin that an expression belongs to, from the expression alone."""
        operators, value = [step.operator for step in steps], steps[-1].value
        number = signature_number(operators)
        bins = Bins.of(int(counts(self.largest_number, len(steps))[number, value]), self.validation_share, self.test_share)
        key = _cell_keys("key bins", (line, seed), len(steps), value, np.array([number], np.int64))
        rank = np.array([rank_of_expression(self.largest_number, steps)], np.int64)
        position = permuted(rank, np.array([bins.size], np.int64), key, inverse=True)
        return bins.name_of(int(position[0]))

    def row(self, draws: Draws, point: Point) -> Item:
        """Return the item at a point of a `MathSpace`."""
        space, index, chosen = point
        part, value, noun, template = space.part, chosen.answer, chosen.noun, chosen.template
        steps = nth_expression(self.largest_number, chosen.operators, value, chosen.rank)
        swapped = tuple([draws.below(2) == 1 for _ in steps])
        phrase = value_phrase(chosen.style, steps, swapped, space.phrases, draws)
        literal, ask = draws.choice(space.literal), draws.choice(space.ask)
        answer, shown, item_id = str(value), counted(noun, value), part.item_id(index)
        return Item(
            item_id,
            "math",
            part.level,
            part.split,
            group=item_id,
            cluster=f"math/{template.id}",
            draw=template.text.format(objects=noun.plural, value=phrase),
            literal=literal.text.format(counted=shown),
            ask=ask.text.format(value=phrase),
            answer=answer,
            choices=space.choices,
            chance=1 / len(space.choices),
            trace=f"{worked(steps, swapped)} The answer is {answer}. The picture shows {shown}.",
            target=Target("objects", (TargetObject(noun.name, value),)),
            factors=Factors(
                index,
                len(steps),
                style=chosen.style,
                expression=in_symbols(steps, swapped),
                operators=chosen.operators,
                objects=(noun.name,),
                templates=(template.id, literal.id, ask.id),
            ),
            key=in_symbols(steps),
            canary=part.canary,
        )


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
        name = ("operators", part.line, part.seed, "math", part.level, part.split)
        return [
            RoundRobin(tuple((cells.keys * each // part.editions).tolist()), stream_key(*name, value))
            for value, cells in zip(self.answers, self.cells, strict=True)
        ]

    def points(self, start: int, count: int) -> list[Point]:
        """Return the points of `count` indexes from `start`."""
        index = np.arange(start, start + count)
        answer, template = balanced(index, len(self.answers), len(self.draw))
        values: list[Chosen | None] = [None] * count
        for number in range(len(self.answers)):
            rows = np.flatnonzero(answer == number)
            cell, inner = self._schedules[number].at(index[rows] // len(self.answers))
            for row, chosen in zip(rows.tolist(), self._chosen(number, cell, inner, template[rows]), strict=True):
                values[row] = chosen
        return [Point(self, start + row, chosen) for row, chosen in enumerate(values)]

    def _chosen(self, number: int, cell: Ranks, inner: Ranks, template: Ranks) -> list[Chosen]:
        """Return what stands at places inside the cells of an answer."""
        part, value, cells = self.part, self.answers[number], self.cells[number]
        signature, each = cells.signatures[cell], len(self.nouns) * len(STYLES)
        sizes = cells.keys[cell] * each
        item_keys = _cell_keys(f"items of {part.split}", (part.line, part.seed), part.level, value, signature)
        place = permuted(inner + sizes // part.editions * part.edition, sizes, item_keys)
        key, rest = np.divmod(place, each)
        noun, style = np.divmod(rest, len(STYLES))
        bin_keys = _cell_keys("key bins", (part.line, part.seed), part.level, value, signature)
        rank = permuted(cells.first_keys[cell] + key, cells.totals[cell], bin_keys)
        names, columns = signatures(part.level), (signature, rank, noun, style, template)
        return [
            Chosen(value, names[s], r, self.nouns[n], STYLES[t], self.draw[w])
            for s, r, n, t, w in zip(*(column.tolist() for column in columns), strict=True)
        ]


@lru_cache(maxsize=256)
def _space(options: Math, part: Part) -> MathSpace:
    seen, novel = divided_nouns(part.line, options.novel_objects_share)
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
    used if it reaches all answers but one. (A sum is never 1, so "all answers" would leave sums out.)
    """
    totals = counts(options.largest_number, part.level)[:, answers.start : answers.stop]
    validation, test = held_out_counts(totals, options.validation_share, options.test_share)
    first = {"train": np.zeros_like(totals), "validation": totals - validation - test, "test": totals - test}[part.key_bin]
    keys = {"train": totals - validation - test, "validation": validation, "test": test}[part.key_bin]
    varied = np.array([part.level == 1 or len(set(signature)) > 1 for signature in signatures(part.level)])
    reached = (keys > 0).sum(axis=1) >= (1 if part.key_bin == "train" else len(answers) - 1)
    found = []
    for column in range(len(answers)):
        used = np.flatnonzero(varied & reached & (keys[:, column] > 0))
        found.append(Cells(used, totals[used, column], first[used, column], keys[used, column]))
    return found


def _cell_keys(purpose: str, line_and_seed: tuple[str, int], level: int, value: int, signature: Ranks) -> Words:
    """Return the key of each operator sequence's own bijection."""
    base = np.uint64(stream_key(purpose, *line_and_seed, "math", level, value) & KEY_MASK)
    return mixed(signature.astype(np.uint64) ^ base)
