"""Questions as a blind guesser sees them: the choices of each, a guess among them, and what guessing so is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from unisandbox.generators.checks.base import CONFIDENCE

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
NO_GUESS = -math.inf


@dataclass(frozen=True, eq=False)
class Asked:
    """Items of one split and level, each with one choice or more.

    A guesser gives every choice of every item a score and takes the highest. Scores stand in one array, item after item, the
    choices of each in their order.
    """

    scope: str
    level: int
    table: pa.Table

    @classmethod
    def of(cls, scope: str, level: int, table: pa.Table) -> Asked:
        """Return the items that have choices."""
        return cls(scope, level, table.filter(pc.greater(pc.list_value_length(table.column("choices")), 0)))

    def texts(self, column: str) -> list[str]:
        """Return a column as Python values."""
        found: list[str] = self.table.column(column).to_pylist()
        return found

    @cached_property
    def choices(self) -> list[str]:
        """The choices of all items, one after another."""
        found: list[str] = pc.list_flatten(self.table.column("choices")).to_pylist()
        return found

    @cached_property
    def sizes(self) -> Places:
        """How many choices each item has."""
        return np.array(pc.list_value_length(self.table.column("choices")), np.int64)

    @cached_property
    def starts(self) -> Places:
        """Where the choices of each item begin."""
        return np.cumsum(self.sizes) - self.sizes

    @cached_property
    def item(self) -> Places:
        """The item that each choice belongs to."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @cached_property
    def right(self) -> npt.NDArray[np.bool_]:
        """Whether each choice is the answer."""
        answers = self.texts("answer")
        return np.array([choice == answers[item] for choice, item in zip(self.choices, self.item.tolist(), strict=True)], bool)

    @cached_property
    def chance(self) -> Numbers:
        """The stated chance of each item."""
        return np.array(self.table.column("chance"), np.float64)

    @cached_property
    def cluster(self) -> Places:
        """What each item depends on, as numbers: items of one group and items with one key are not independent."""
        _, first, of_key = np.unique(encoded(self.table.column("key"))[0], return_index=True, return_inverse=True)
        joined: Places = np.unique(encoded(self.table.column("group"))[0][first[of_key]], return_inverse=True)[1]
        return joined

    def hits(self, scores: Numbers) -> Numbers:
        """Return what a guesser gets of each item: 1, 0, a share where choices share the highest score, NaN without a guess."""
        best = np.maximum.reduceat(scores, self.starts) if len(self.starts) else np.empty(0)
        taken = scores == best[self.item]
        share = np.bincount(self.item, taken & self.right) / np.bincount(self.item, taken)
        share[best == NO_GUESS] = np.nan
        return share

    @cached_property
    def mentions(self) -> tuple[Places, Places]:
        """Where each choice is first and last named in `draw`; -1 where it is not."""
        found = []
        for text, start, size in zip(self.texts("draw"), self.starts.tolist(), self.sizes.tolist(), strict=True):
            found += named(text, self.choices[start : start + size])
        first, last = zip(*found, strict=True) if found else ((), ())
        return np.array(first, np.int64), np.array(last, np.int64)


def encoded(column: pa.ChunkedArray) -> tuple[Places, list[str]]:
    """Return a column as numbers, and the text that each number stands for, in the order in which they first come."""
    parts = column.combine_chunks().dictionary_encode(null_encoding="encode")
    return np.array(parts.indices, np.int64), parts.dictionary.to_pylist()


def named(text: str, choices: list[str]) -> list[tuple[int, int]]:
    """Return where a text first and last names each choice, -1 where it does not; a longer name is not also the shorter in it.

    >>> named("A hot dog and a dog, then a cat.", ["dog", "hot dog", "owl"])
    [(16, 16), (2, 2), (-1, -1)]
    """
    left, words = text.lower(), [choice.lower() for choice in choices]
    found = [(-1, -1)] * len(words)
    for place in sorted(range(len(words)), key=lambda one: -len(words[one])):
        word = words[place]
        starts = _starts(left, word)
        if starts:
            found[place] = (starts[0], starts[-1])
        if any(other in word for other in words if other != word):
            for start in starts:
                left = left[:start] + " " * len(word) + left[start + len(word) :]
    return found


def _starts(text: str, word: str) -> list[int]:
    """Return where a text has a word that is not part of a longer one."""
    found: list[int] = []
    start = text.find(word) if word else -1
    while start >= 0:
        end = start + len(word)
        if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
            found.append(start)
        start = text.find(word, end)
    return found


class Gain(NamedTuple):
    """What a guesser scored: accuracy, mean stated chance, standard error of their difference, items, independent clusters."""

    accuracy: float
    chance: float
    error: float
    items: int
    clusters: int

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Return the interval of the accuracy, within 0 and 1."""
        half = NormalDist().inv_cdf(0.5 + confidence / 2) * self.error
        return max(self.accuracy - half, 0.0), min(self.accuracy + half, 1.0)


def gain(hits: Numbers, chance: Numbers, cluster: Places) -> Gain:
    """Return what guesses are worth against chance; at least one item, no NaN.

    The error is that of sums over clusters (Liang and Zeger 1986), taken about chance: a self-normalised sum, whose tails are no
    heavier than the normal's where gains are symmetric (Efron 1969). Where each cluster holds exactly its share of hits it is 0.

    >>> gain(np.array([1.0, 0.0, 1.0, 0.0]), np.full(4, 0.5), np.array([0, 0, 1, 1])).error
    0.0
    """
    _, numbers = np.unique(cluster, return_inverse=True)
    sums = np.bincount(numbers, hits - chance)
    n = len(hits)
    return Gain(float(hits.mean()), float(chance.mean()), math.sqrt(float((sums**2).sum())) / n, n, len(sums))
