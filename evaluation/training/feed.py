"""Examples to batches: drawn by the shares of their arms, of like length together, filled with array operations alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from unisandbox.evaluation.training.examples import Examples, stream

CHUNK: Final = 4096  # examples drawn at once; what is alike in length is sorted together inside of it

Numbers = npt.NDArray[np.int64]


class Batch(NamedTuple):
    """Examples of like length, filled up at the right.

    Attributes:
        tokens: Shape (examples, length).
        cells: Of each token: 0 in text, 1 before the first cell, 2 at the first cell, and so on. Same shape.
        scored: Whether the network is to say the token itself. Same shape; never the first of a row.
    """

    tokens: Numbers
    cells: Numbers
    scored: npt.NDArray[np.bool_]


class Place(NamedTuple):
    """Where a training stands in its feed: number of the chunk, and of the batch inside it."""

    chunk: int
    batch: int


class Feed:
    """Batches without end, each a function of the seed and its place alone.

    Args:
        examples: What to draw from.
        batch_tokens: Tokens of a batch at most, filling included; a longer example is a batch of its own.
        seed: Of the order.
        special: The tokens for filling and before a picture.
    """

    def __init__(self, examples: Examples, batch_tokens: int, seed: int, *, pad: int, image: int) -> None:
        self._examples, self._batch_tokens, self._seed, self._pad, self._image = examples, batch_tokens, seed, pad, image
        self._members = [np.flatnonzero(examples.arm == number) for number in range(len(examples.names))]

    def batches(self, start: Place) -> Iterator[tuple[Batch, Place]]:
        """Yield batches from a place on, each with the place after it."""
        chunk, first = start
        while True:
            cuts = self._chunk(chunk)
            for number in range(first, len(cuts)):
                yield self._batch(cuts[number]), Place(chunk, number + 1)
            chunk, first = chunk + 1, 0

    def _chunk(self, chunk: int) -> list[Numbers]:
        """Return which examples stand together in the batches of a chunk."""
        draws, shares = stream(self._seed, "chunk", chunk), np.array(self._examples.shares)
        counts = draws.multinomial(CHUNK, shares / shares.sum())
        drawn = np.concatenate([draws.choice(of, count) for of, count in zip(self._members, counts, strict=True)])
        lengths = self._examples.lengths[drawn]
        drawn = drawn[np.lexsort((draws.random(len(drawn)), lengths))]
        cuts, begin = list[Numbers](), 0
        lengths = self._examples.lengths[drawn]
        while begin < len(drawn):
            end = begin + 1
            while end < len(drawn) and (end + 1 - begin) * lengths[end] <= self._batch_tokens:
                end += 1
            cuts.append(drawn[begin:end])
            begin = end
        return [cuts[place] for place in draws.permutation(len(cuts))]

    def _batch(self, chosen: Numbers) -> Batch:
        lengths, starts = self._examples.lengths[chosen, None], self._examples.starts[chosen, None]
        steps = np.arange(lengths.max())[None]
        inside = steps < lengths
        tokens = np.where(inside, self._examples.tokens[np.where(inside, starts + steps, 0)], self._pad).astype(np.int64)
        pictured = tokens == self._image
        before = np.where(pictured.any(axis=1), pictured.argmax(axis=1), tokens.shape[1])[:, None]
        cells = np.where(inside & (steps >= before), steps - before + 1, 0)
        return Batch(tokens, cells, inside & (steps >= self._examples.scored_from[chosen, None]))
