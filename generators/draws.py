"""Counter-based randomness: the words of row i, and the choices made from them.

A stream is named by what it belongs to (line, seed, family, level, purpose), never by an offset to a seed. Row *i* owns
`words_per_row` raw words of Philox4x64-10 at a fixed counter, so a row is the same whatever else is drawn, in whatever order
and by however many processes. The map from words to choices is ours and pinned by golden vectors in the tests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np

Choice = TypeVar("Choice")

WORDS_PER_BLOCK = 4  # Philox4x64-10 yields four words a counter value


def stream_key(*name: str | int) -> int:
    """Return the 128-bit key of the stream with this name.

    Args:
        name: What the stream belongs to, e.g. line, seed, family, level, purpose. Text and numbers keep apart: `"1"` and `1`
            name different streams, and no two different names share an encoding.

    >>> stream_key("2026", 1, "math", 2, "rows") == stream_key("2026", 1, "math", 2, "rows")
    True
    >>> stream_key("a", "b") == stream_key("ab")
    False
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in name:
        text = (f"i{part}" if isinstance(part, int) else f"s{part}").encode()
        digest.update(len(text).to_bytes(4, "little") + text)
    return int.from_bytes(digest.digest(), "little")


class OutOfWordsError(RuntimeError):
    """A row drew more words than its family declares: a defect of the family."""


class Draws:
    """The choices of one row, made from its own words in order.

    >>> draws = next(rows_of_draws(stream_key("doc"), start=0, count=1, words_per_row=8))
    >>> 0 <= draws.below(6) < 6
    True
    """

    __slots__ = ("_next", "_words")

    def __init__(self, words: Sequence[int]) -> None:
        self._words = words
        self._next = 0

    @property
    def words(self) -> tuple[int, ...]:
        """All words of the row, drawn or not."""
        return tuple(self._words)

    def word(self) -> int:
        """Return the next raw 64-bit word."""
        position = self._next
        self._next = position + 1
        return self._words[position]

    def below(self, n: int) -> int:
        """Return a number from 0 to n - 1; its bias is at most n / 2**32 (multiply-shift of a word's upper half)."""
        position = self._next
        self._next = position + 1
        try:
            return ((self._words[position] >> 32) * n) >> 32
        except IndexError:
            raise self._too_many() from None

    def choice(self, options: Sequence[Choice]) -> Choice:
        """Return one of the options, each as likely as the others."""
        position = self._next
        self._next = position + 1
        try:
            return options[((self._words[position] >> 32) * len(options)) >> 32]  # `below` without its call: most draws are these
        except IndexError:
            raise self._too_many() from None

    def _too_many(self) -> OutOfWordsError:
        return OutOfWordsError(f"the row has {len(self._words)} words; raise words_per_row")

    def shuffled(self, options: Sequence[Choice]) -> list[Choice]:
        """Return the options in a random order (Fisher-Yates); takes len(options) - 1 words."""
        order = list(options)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def sample(self, options: Sequence[Choice], count: int) -> list[Choice]:
        """Return `count` different options in a random order; takes `count` words."""
        pool = list(options)
        for first in range(count):
            other = first + self.below(len(pool) - first)
            pool[first], pool[other] = pool[other], pool[first]
        return pool[:count]


def words(key: int, *, start: int, count: int, words_per_row: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint64]]:
    """Return the words of rows start … start + count - 1, shape (count, words_per_row).

    `words_per_row` is a positive multiple of 4, so that each row begins at a counter of its own.
    """
    if words_per_row <= 0 or words_per_row % WORDS_PER_BLOCK:
        raise ValueError(f"words_per_row is {words_per_row}, not a positive multiple of {WORDS_PER_BLOCK}")
    counter = start * (words_per_row // WORDS_PER_BLOCK)
    raw = np.random.Philox(key=key, counter=counter).random_raw(count * words_per_row)
    return raw.reshape(count, words_per_row)


def rows_of_draws(key: int, *, start: int, count: int, words_per_row: int) -> Iterator[Draws]:
    """Yield the `Draws` of rows start … start + count - 1."""
    for row in words(key, start=start, count=count, words_per_row=words_per_row).tolist():
        yield Draws(row)


def draws_of(*name: str | int, count: int) -> Draws:
    """Return draws of a stream that is not made of rows (a world, a hold-out), with at least `count` words."""
    width = -(-count // WORDS_PER_BLOCK) * WORDS_PER_BLOCK
    return next(rows_of_draws(stream_key(*name), start=0, count=1, words_per_row=width))
