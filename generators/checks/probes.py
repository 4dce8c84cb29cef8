"""Blind guessers that learn from published files: from the answers of train, and from what a corpus names and states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from unisandbox.generators.checks.base import TRAIN, Published
from unisandbox.generators.checks.guesses import NO_GUESS, Asked, Numbers, Places, encoded
from unisandbox.generators.vocabulary import number_word

MOST_LEARNED = 20_000  # rows of a level: the first ones, for answers take turns, so that every n-th row might have the same
LENGTH_BINS = 10
LEARNED_COLUMNS = ("draw", "answer", "factors.operators")
CORPUS_COLUMNS = ("entity", "attribute", "value", "messages")
NUMBER = r"\b(\d+|" + "|".join(number_word(n) for n in reversed(range(101))) + r")\b"
BATCH_ROWS = 2**14


@dataclass(frozen=True, eq=False)
class Lessons:
    """Training items of one level, or of all where the level asked about has none."""

    table: pa.Table

    @cached_property
    def given(self) -> Places:
        """The number of the answer of each item."""
        return self._encoded[0]

    @cached_property
    def answers(self) -> dict[str, int]:
        """The number of each answer."""
        return {answer: number for number, answer in enumerate(self._encoded[1])}

    @cached_property
    def _encoded(self) -> tuple[Places, list[str]]:
        return encoded(self.table.column("answer"))

    def codes(self, choices: Sequence[str]) -> Places:
        """Return the number of each choice as an answer; one that train never gives has the number after the last."""
        return np.array([self.answers.get(choice, len(self.answers)) for choice in choices], np.int64)

    @cached_property
    def length_bounds(self) -> Numbers:
        """Lengths of prompts that divide these items into ten equal parts."""
        bounds: Numbers = np.quantile(prompt_lengths(self.table), np.arange(1, LENGTH_BINS) / LENGTH_BINS)
        return bounds

    @cached_property
    def by_length(self) -> Numbers:
        """How often each answer is given at each length: shape (10, answers + 1)."""
        return self._counted(self.length_part(self.table), LENGTH_BINS)

    def length_part(self, table: pa.Table) -> Places:
        """Return the part that the length of each prompt falls in."""
        return np.searchsorted(self.length_bounds, prompt_lengths(table)).astype(np.int64)

    @cached_property
    def operators(self) -> dict[str | None, int]:
        """The number of each operator that is worked last."""
        return {operator: number for number, operator in enumerate(dict.fromkeys(last_operators(self.table)))}

    @cached_property
    def by_operator(self) -> Numbers:
        """How often each answer is given after each last operator: shape (operators, answers + 1)."""
        numbers = np.array([self.operators[last] for last in last_operators(self.table)], np.int64)
        return self._counted(numbers, len(self.operators))

    @cached_property
    def words(self) -> dict[str, int]:
        """The number of each word and sign of the prompts."""
        return {word: number for number, word in enumerate(self._tokens[1])}

    @cached_property
    def _tokens(self) -> tuple[Places, list[str], Places]:
        return _tokens(self.table)

    @cached_property
    def by_word(self) -> Numbers:
        """The log-probability of each word for each answer, smoothed by one (naive Bayes): shape (answers + 1, words)."""
        numbers, _, items = self._tokens
        width = len(self.words)
        cells = np.bincount(self.given[items] * width + numbers, minlength=(len(self.answers) + 1) * width)
        counts = cells.reshape(-1, width) + 1.0
        found: Numbers = np.log(counts / counts.sum(axis=1, keepdims=True))
        return found

    @cached_property
    def frequency(self) -> Numbers:
        """How often each answer is given; 0 for one that is not."""
        return np.bincount(self.given, minlength=len(self.answers) + 1).astype(np.float64)

    def _counted(self, part: Places, parts: int) -> Numbers:
        width = len(self.answers) + 1
        return np.bincount(part * width + self.given, minlength=parts * width).reshape(parts, width).astype(np.float64)


def lessons(published: Published, config: str) -> dict[int | None, Lessons]:
    """Return what can be learned of each level of a config, and of all levels under None; nothing where it has no train."""
    if TRAIN not in published.splits(config):
        return {}
    levels = {
        level: table.slice(0, MOST_LEARNED).take(pa.array(np.arange(min(len(table), MOST_LEARNED))))
        for level, table in published.levels(config, TRAIN, LEARNED_COLUMNS)
    }
    return {level: Lessons(table) for level, table in levels.items()} | {None: Lessons(pa.concat_tables(levels.values()))}


def commonest_of_train(asked: Asked, learned: Lessons) -> Numbers:
    """Return scores that choose what train answers most often."""
    return learned.frequency[learned.codes(asked.choices)]


def prompt_length(asked: Asked, learned: Lessons) -> Numbers:
    """Return scores that choose what train answers most often to prompts of this length."""
    return learned.by_length[learned.length_part(asked.table)[asked.item], learned.codes(asked.choices)]


def last_operator(asked: Asked, learned: Lessons) -> Numbers:
    """Return scores that choose what train answers most often when this operator comes last; no guess where there is none."""
    numbers = np.array([learned.operators.get(last, -1) if last else -1 for last in last_operators(asked.table)], np.int64)
    rows = numbers[asked.item]
    return np.where(rows >= 0, learned.by_operator[rows, learned.codes(asked.choices)], NO_GUESS)


def bag_of_words(asked: Asked, learned: Lessons) -> Numbers:
    """Return scores of multinomial naive Bayes over the words of `draw` (Maron 1961); words that train lacks say nothing."""
    prior = np.log((learned.frequency + 1) / (learned.frequency.sum() + len(learned.frequency)))
    codes = learned.codes(asked.choices)
    scores = prior[codes]
    numbers, words, items = _tokens(asked.table)
    known = np.array([learned.words.get(word, -1) for word in words], np.int64)[numbers]
    numbers, items = known[known >= 0], items[known >= 0]
    bounds = np.searchsorted(items, np.arange(len(asked.sizes) + 1))
    for item, (start, size) in enumerate(zip(asked.starts.tolist(), asked.sizes.tolist(), strict=True)):
        mine = numbers[bounds[item] : bounds[item + 1]]
        scores[start : start + size] += learned.by_word[codes[start : start + size, None], mine].sum(axis=1)
    rounded: Numbers = scores.round(9)
    return rounded


@dataclass(frozen=True, eq=False)
class Told:
    """What a corpus tells: how often it has each word, and which values go together in one character."""

    table: pa.Table

    @cached_property
    def frequency(self) -> dict[str, int]:
        """How often each word occurs."""
        found: dict[str, int] = {}
        for batch in self.table.select(["messages"]).to_batches(max_chunksize=BATCH_ROWS):
            texts = pc.list_flatten(batch.column("messages")).field("content")
            words = pc.list_flatten(pc.split_pattern_regex(texts, r"\W+"))
            for entry in words.value_counts().to_pylist():
                found[entry["values"]] = found.get(entry["values"], 0) + entry["counts"]
        return found

    @cached_property
    def values(self) -> dict[str, list[str]]:
        """The values of each attribute, sorted; relations to other characters are none."""
        found: dict[str, set[str]] = {}
        for own in self.facts.values():
            for attribute, value in own.items():
                found.setdefault(attribute, set()).add(value)
        return {attribute: sorted(found[attribute]) for attribute in sorted(found)}

    @cached_property
    def facts(self) -> dict[str, dict[str, str]]:
        """The attributes of each character and their values."""
        columns = self.table.select(["entity", "attribute", "value"])
        stated = columns.filter(pc.and_(pc.is_valid(columns.column("attribute")), pc.is_valid(columns.column("value"))))
        people = pc.unique(stated.column("entity"))
        facts = stated.filter(pc.invert(pc.is_in(stated.column("value"), value_set=people)))
        found: dict[str, dict[str, str]] = {}
        for row in facts.group_by(["entity", "attribute", "value"], use_threads=False).aggregate([]).to_pylist():
            found.setdefault(row["entity"], {})[row["attribute"]] = row["value"]
        return found

    @cached_property
    def together(self) -> dict[tuple[str, str, str], dict[str, int]]:
        """How many characters with a value (attribute, value) have each value of another attribute."""
        found: dict[tuple[str, str, str], dict[str, int]] = {}
        for own in self.facts.values():
            for attribute, value in own.items():
                for other, its_value in own.items():
                    counts = found.setdefault((attribute, value, other), {})
                    counts[its_value] = counts.get(its_value, 0) + 1
        return found


def told(published: Published, config: str) -> Told | None:
    """Return what the corpus of a config tells, or None where it has none."""
    corpus = f"{config}_corpus"
    if corpus not in published.manifest.configs:
        return None
    return Told(published.table(corpus, TRAIN, CORPUS_COLUMNS))


def most_named(asked: Asked, corpus: Told) -> Numbers:
    """Return scores that choose the candidate that the corpus names most often."""
    return np.array([corpus.frequency.get(choice, 0) for choice in asked.choices], np.float64)


def value_beside_clues(asked: Asked, corpus: Told) -> tuple[Numbers, Numbers]:
    """Return the hits of guessing the wanted value from the values given as clues, and the chance of one of all its values.

    The value that most characters with either clue have is guessed. The candidates of the item are left out of the count: who
    has both clues is what the corpus is there to teach, and no shortcut.
    """
    names = ("factors.entities", "factors.attributes", "factors.values")
    rows = zip(*(asked.texts(name) for name in names), strict=True)
    scored = [_value_guess(corpus, entities, attributes, values) for entities, attributes, values in rows]
    hits, chance = zip(*scored, strict=True)
    return np.array(hits), np.array(chance)


def _value_guess(corpus: Told, entities: Sequence[str], attributes: Sequence[str], values: Sequence[str]) -> tuple[float, float]:
    *clues, wanted = attributes
    counts = dict.fromkeys(corpus.values.get(wanted, ()), 0)
    for clue, value in zip(clues, values, strict=False):
        for other, n in corpus.together.get((clue, value, wanted), {}).items():
            counts[other] += n
        for own in (corpus.facts.get(entity, {}) for entity in entities):
            if own.get(clue) == value and wanted in own:
                counts[own[wanted]] -= 1
    if not counts:
        return np.nan, np.nan
    best = [value for value, n in counts.items() if n == max(counts.values())]
    return (values[-1] in best) / len(best), 1 / len(counts)


def last_operators(table: pa.Table) -> list[str | None]:
    """Return the last operator of each item, None where it has none."""
    return [operators[-1] if operators else None for operators in table.column("factors.operators").to_pylist()]


def prompt_lengths(table: pa.Table) -> Places:
    """Return the characters of each prompt."""
    return np.array(pc.utf8_length(table.column("draw")), np.int64)


def _tokens(table: pa.Table) -> tuple[Places, list[str], Places]:
    """Return the words and signs of all prompts as numbers, what each number stands for, and the item of each.

    Where the answers are numbers, all numbers count as one word: which of them a prompt names is the question itself, not its
    wording. (With them, 12,000 items of level 3 gave 0.194 against 0.167; without, 0.169.)
    """
    texts = pc.utf8_lower(table.column("draw"))
    if pc.all(pc.match_substring_regex(table.column("answer"), r"^\d+$")).as_py():
        texts = pc.replace_substring_regex(texts, NUMBER, "#")
    spaced = pc.replace_substring_regex(texts, r"([^\w\s])", r" \1 ")
    words = pc.utf8_split_whitespace(pc.utf8_trim_whitespace(spaced)).combine_chunks()
    numbers, names = encoded(pa.chunked_array([pc.list_flatten(words)]))
    items = np.repeat(np.arange(len(table)), np.array(pc.list_value_length(words), np.int64))
    return numbers, names, items
