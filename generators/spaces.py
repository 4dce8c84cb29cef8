"""Finite factor spaces: keyed bijections, unranking, balanced strata, key bins and editions.

An item is a number. A family says how many items a part holds and turns a rank into choices; a keyed bijection decides which
rank stands at which index. So no two indexes give one item, nothing has to be remembered or compared, and asking for more
than there is can be refused before the first row.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Ranks = npt.NDArray[np.int64]

LARGEST_SPACE = 2**62  # halves of at most 2**31, so that sums and products of the rounds stay inside 64 bits
ROUNDS = 6  # four make a pseudo-random permutation (Luby and Rackoff 1988); two more for the tiny halves of tiny spaces
_GOLDEN = 0x9E3779B97F4A7C15


def mixed(words: Words) -> Words:
    """Return the words after the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def _rounds(left: Words, right: Words, sides: tuple[Words, Words], keys: Words, order: Sequence[int]) -> tuple[Words, Words]:
    """Return both halves after the Feistel rounds in this order; a negative number undoes round -number - 1."""
    a, b = sides
    for step in order:
        number = step if step >= 0 else -step - 1
        source, side = (right, a) if number % 2 == 0 else (left, b)
        salt = (_GOLDEN * (number + 1)) & (2**64 - 1)
        shift = mixed(mixed(source + np.uint64(salt)) ^ keys) % side
        shift = shift if step >= 0 else (side - shift) % side
        if number % 2 == 0:
            left = (left + shift) % a
        else:
            right = (right + shift) % b
    return left, right


def permuted(ranks: Ranks, sizes: Ranks, keys: Words, *, inverse: bool = False) -> Ranks:
    """Return where keyed bijections send each rank; all arguments are arrays of one length.

    A Feistel network over Z_a x Z_b with a * b >= size, walked on until it lands inside (Black and Rogaway 2002).

    Args:
        ranks: Numbers from 0 to size - 1.
        sizes: Size of each rank's own space, 1 to 2**62.
        keys: Key of each rank's own bijection.
        inverse: Go back instead of forth.
    """
    a = np.ceil(np.sqrt(sizes.astype(np.float64))).astype(np.uint64)
    b = (sizes.astype(np.uint64) + a - np.uint64(1)) // a
    order = range(ROUNDS) if not inverse else range(-ROUNDS, 0)
    found = ranks.astype(np.uint64)
    walking = np.arange(len(ranks))
    while len(walking):
        sides, inside = (a[walking], b[walking]), found[walking]
        left, right = _rounds(inside // sides[1], inside % sides[1], sides, keys[walking], order)
        found[walking] = left * sides[1] + right
        walking = walking[found[walking] >= sizes[walking].astype(np.uint64)]
    return found.astype(np.int64)


@dataclass(frozen=True)
class Bijection:
    """A keyed permutation of 0 … size - 1.

    >>> deck = Bijection(52, key=7)
    >>> sorted(deck.forward(i) for i in range(52)) == list(range(52))
    True
    >>> deck.inverse(deck.forward(20))
    20
    """

    size: int
    key: int

    def __post_init__(self) -> None:
        if not 1 <= self.size <= LARGEST_SPACE:
            raise ValueError(f"a space of {self.size} points; 1 to 2**62 can be permuted")

    @cached_property
    def _key(self) -> np.uint64:
        return np.uint64(self.key & (2**64 - 1))

    def many(self, ranks: Ranks, *, inverse: bool = False) -> Ranks:
        """Return the images of an array of ranks."""
        n = len(ranks)
        return permuted(ranks, np.full(n, self.size, np.int64), np.full(n, self._key, np.uint64), inverse=inverse)

    def forward(self, rank: int) -> int:
        """Return the image of one rank."""
        return int(self.many(np.array([rank], np.int64))[0])

    def inverse(self, rank: int) -> int:
        """Return the rank that has this image."""
        return int(self.many(np.array([rank], np.int64), inverse=True)[0])


def balanced(index: Ranks, first: int, second: int) -> tuple[Ranks, Ranks]:
    """Return two strata of each index, every prefix of indexes balanced to ±1 in both, every pair reached.

    >>> pairs = balanced(np.arange(24), 6, 4)
    >>> len(set(zip(*(part.tolist() for part in pairs))))
    24
    """
    lap = index // math.lcm(first, second)
    return index % first, (index + lap) % second


def held_out_counts(sizes: Ranks, validation_share: float, test_share: float) -> tuple[Ranks, Ranks]:
    """Return how many keys of each space are kept for validation and for test.

    A space too small to share leaves its keys in train: test gets one from two keys on, validation from three.
    """
    test = np.maximum((sizes * test_share).astype(np.int64), (sizes >= 2) & (test_share > 0))
    validation = np.maximum((sizes * validation_share).astype(np.int64), (sizes >= 3) & (validation_share > 0))
    return validation, test


@dataclass(frozen=True)
class Bins:
    """How the positions 0 … size - 1 of keys are divided: train first, then validation, then test.

    A key's position comes from a keyed bijection of its rank, so the bin of any key can be told from the key alone.
    """

    size: int
    validation: int
    test: int

    @classmethod
    def of(cls, size: int, validation_share: float, test_share: float) -> Bins:
        """Return the bins of a space."""
        validation, test = held_out_counts(np.array([size], np.int64), validation_share, test_share)
        return cls(size, int(validation[0]), int(test[0]))

    def range_of(self, name: str) -> range:
        """Return the positions of a bin: `train`, `validation` or `test`."""
        train = self.size - self.validation - self.test
        ranges = {
            "train": range(train),
            "validation": range(train, train + self.validation),
            "test": range(train + self.validation, self.size),
        }
        return ranges[name]

    def name_of(self, position: int) -> str:
        """Return the bin that a position lies in."""
        return next(name for name in ("train", "validation", "test") if position in self.range_of(name))


@dataclass(frozen=True)
class RoundRobin:
    """A schedule over cells of unequal size: each round visits, in a keyed order, every cell that is not used up.

    >>> cells, inner = RoundRobin((1, 3), key=1).at(np.arange(4))
    >>> sorted(zip(cells.tolist(), inner.tolist()))
    [(0, 0), (1, 0), (1, 1), (1, 2)]
    """

    sizes: tuple[int, ...]
    key: int

    @cached_property
    def total(self) -> int:
        """How many places there are in all cells."""
        return sum(self.sizes)

    @cached_property
    def _stages(self) -> tuple[Ranks, Ranks, Ranks]:
        """Return the cells from small to large, the depth reached before each stage, and the index at which each begins."""
        sizes = np.array(self.sizes, np.int64)
        order = np.argsort(sizes, kind="stable")
        depths = np.concatenate([[0], sizes[order]])
        starts = np.concatenate([[0], np.cumsum(np.diff(depths) * np.arange(len(order), 0, -1))])
        return order, depths, starts

    def at(self, index: Ranks) -> tuple[Ranks, Ranks]:
        """Return the cell of each index and its place inside the cell.

        Raises:
            IndexError: An index is beyond the last place.
        """
        if len(index) and int(index.max()) >= self.total:
            raise IndexError(f"index {index.max()}; the cells have {self.total} places")
        order, depths, starts = self._stages
        stage = np.searchsorted(starts, index, side="right") - 1
        rest, active = index - starts[stage], len(order) - stage
        keys = np.full(len(index), self.key & (2**64 - 1), np.uint64) ^ stage.astype(np.uint64)
        return order[stage + permuted(rest % active, active, keys)], depths[stage] + rest // active


def edition_slice(size: int, edition: int, editions: int) -> range:
    """Return the part of 0 … size - 1 that belongs to an edition; editions never share a number."""
    each = size // editions
    return range(edition * each, (edition + 1) * each)


def nth_permutation(n: int, k: int, rank: int) -> list[int]:
    """Return the ordered choice of k out of 0 … n - 1 at this rank.

    >>> nth_permutation(4, 2, 0), nth_permutation(4, 2, 11)
    ([0, 1], [3, 2])
    """
    pool = list(range(n))
    chosen = []
    weight = math.perm(n, k)
    for left in range(n, n - k, -1):
        weight //= left
        place, rank = divmod(rank, weight)
        chosen.append(pool.pop(place))
    return chosen


def rank_of_permutation(n: int, chosen: Sequence[int]) -> int:
    """Return the rank of an ordered choice; undoes `nth_permutation`."""
    pool = list(range(n))
    rank = 0
    for left, value in zip(range(n, n - len(chosen), -1), chosen, strict=True):
        place = pool.index(value)
        rank = rank * left + place
        pool.pop(place)
    return rank


def nth_combination(n: int, k: int, rank: int) -> list[int]:
    """Return the unordered choice of k out of 0 … n - 1 at this rank, in rising order.

    >>> [nth_combination(4, 2, rank) for rank in range(3)]
    [[0, 1], [0, 2], [0, 3]]
    """
    chosen = []
    value = 0
    while k:
        count = math.comb(n - value - 1, k - 1)
        if rank < count:
            chosen.append(value)
            k -= 1
        else:
            rank -= count
        value += 1
    return chosen


def rank_of_combination(n: int, chosen: Sequence[int]) -> int:
    """Return the rank of an unordered choice given in rising order; undoes `nth_combination`."""
    rank, value = 0, 0
    for left, picked in zip(range(len(chosen), 0, -1), chosen, strict=True):
        rank += sum(math.comb(n - skipped - 1, left - 1) for skipped in range(value, picked))
        value = picked + 1
    return rank
