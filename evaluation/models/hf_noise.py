"""The randomness of pictures that are drawn token by token: one generator for each picture, whatever batch it is in."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final

import torch
from torch import Tensor

SAMPLER: Final = "gumbel-max/1"  # another number where the same seed gives another picture
AHEAD: Final = 32  # steps that are drawn at once, while the device is at those before
THREADS: Final = 4


class Noise:
    """Gumbel noise for some pictures, step by step: the largest of scores plus noise is an exact sample of their softmax.

    A cumulated distribution would need one number a step; this needs one a token, but a score that is a little off, as scores
    are in another batch on a GPU, then changes the token hardly ever. The numbers are drawn on the CPU, so that a device is no
    part of a seed, and ahead, so that the device never waits for them.

    Args:
        seeds: Of each picture, up to 63 bits; torch uses the lowest 32 of them.
        tokens: How many there are to choose from.
        steps: How many will be asked for.
        device: Where the noise is needed.
    """

    def __init__(self, seeds: Sequence[int], tokens: int, steps: int, device: torch.device) -> None:
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self._tokens, self._left, self._device = tokens, steps, device
        self._pool = ThreadPoolExecutor(THREADS, "noise")
        self._coming = self._started()
        self._here, self._place = torch.empty(0), 0

    def __enter__(self) -> Noise:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=True)

    def step(self) -> Tensor:
        """Return the noise of the next step: pictures x tokens."""
        if self._place == len(self._here):
            drawn = torch.stack([row.result() for row in self._coming], dim=1).to(self._device)
            self._here, self._place = drawn.log_().neg_().log_().neg_(), 0
            self._coming = self._started()
        self._place += 1
        return self._here[self._place - 1]

    def _started(self) -> list[Future[Tensor]]:
        steps = min(AHEAD, self._left)
        self._left -= steps
        return [self._pool.submit(_uniform, steps, self._tokens, one) for one in self._generators] if steps else []


def _uniform(steps: int, tokens: int, generator: torch.Generator) -> Tensor:
    return torch.rand(steps, tokens, generator=generator)
