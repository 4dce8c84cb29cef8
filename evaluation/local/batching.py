"""Runs requests in batches of the size that is fastest here, in smaller ones where memory ends, one by one where one is bad."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from unisandbox.evaluation.calls import fault_of
from unisandbox.evaluation.local.remembered import recall, remember
from unisandbox.evaluation.protocol import Fault

BATCHES: Final = "batches"
NEAR: Final = 1.05  # of two sizes that are as fast, but for so much, the smaller one: it leaves memory to others

Request = TypeVar("Request")
Result = TypeVar("Result")


class BatchRunner:
    """Runs one kind of work, in batches.

    A size that is not given is measured once for a model on a device, on the work itself: a batch of each point, after a first
    one that does not count. The fastest is remembered on this machine.

    Args:
        points: Three sizes to try, ascending.
        size: Requests at once, where the user has said how many; None measures.
        key: Of what is measured: model, device and kind of work.
        compiled: Whether the first batch of each size is slow, and not only the very first; it does not count then.
        clock: Returns seconds, after the device has done what it was given.
    """

    def __init__(
        self,
        points: Sequence[int],
        size: int | None,
        key: str,
        clock: Callable[[], float] = time.perf_counter,
        *,
        compiled: bool = False,
    ) -> None:
        known = recall(BATCHES, key) if size is None else None
        self._size = size or (known if isinstance(known, int) and known in points else None)
        self._points, self._key, self._clock, self._compiled = tuple(points), key, clock, compiled
        self._limit = self.most
        self._seconds: dict[int, float] = {}  # a request takes, by size of the batch
        self._warm: set[int] = set()

    @property
    def most(self) -> int:
        """How many requests it takes at once at most."""
        return self._size or self._points[-1]

    @property
    def size(self) -> int | None:
        """How many requests are run at once; None as long as that is being measured."""
        return self._size and min(self._size, self._limit)

    def run(
        self, requests: Sequence[Request], do: Callable[[Sequence[Request]], Sequence[Result | Fault]], most: int | None = None
    ) -> list[Result | Fault]:
        """Return a result or a fault for each request, in order.

        Args:
            requests: Any number.
            do: Returns a result or a fault for each of some requests, in order. Where it raises for lack of memory, batches are
                half as large from then on; where it raises anything else for several, each of them is tried alone.
            most: Of a batch, where this work allows fewer than the others.
        """
        found: list[Result | Fault] = []
        while len(found) < len(requests):
            size = min(self._next_size(), most or self._limit)
            found += self._tried(requests[len(found) : len(found) + size], do)
        return found

    def _next_size(self) -> int:
        if self._size is not None:
            return min(self._size, self._limit)
        left = [point for point in self._points if point not in self._seconds and point <= self._limit]
        return left[0] if left else self._limit

    def _tried(
        self, batch: Sequence[Request], do: Callable[[Sequence[Request]], Sequence[Result | Fault]]
    ) -> list[Result | Fault]:
        start = self._clock()
        found = _attempt(batch, do)
        if isinstance(found, list):
            self._note(len(batch), self._clock() - start)
            return found
        if found.kind == "out_of_memory":
            _give_back_memory()
            if len(batch) > 1:
                self._limit = max(len(batch) // 2, 1)
                self._choose()
                return self.run(batch, do)
            return [found]
        if len(batch) == 1:
            return [found]
        return [one for request in batch for one in self._tried([request], do)]

    def _note(self, size: int, seconds: float) -> None:
        """Note how long a batch took, and choose a size once all points are measured."""
        if self._size is not None or size not in self._points or size in self._seconds:
            return
        if size in self._warm or (self._warm and not self._compiled):
            self._seconds[size] = seconds / size
            self._choose()
        self._warm.add(size)

    def _choose(self) -> None:
        if self._size is not None or any(point not in self._seconds for point in self._points if point <= self._limit):
            return
        measured = {point: self._seconds[point] for point in self._points if point <= self._limit}
        if not measured:
            return  # memory ends below the smallest point: there is nothing to choose from
        fastest = min(measured.values())
        self._size = next(point for point, seconds in measured.items() if seconds <= NEAR * fastest)
        remember(BATCHES, self._key, self._size)


def _attempt(batch: Sequence[Any], do: Callable[[Sequence[Any]], Sequence[Any]]) -> list[Any] | Fault:
    """Return the results of a batch, or the fault that all of it has."""
    try:
        found = list(do(batch))
    except Exception as error:  # noqa: BLE001 - code of others: it may raise anything, and costs its own requests
        return fault_of(error)
    return found if len(found) == len(batch) else Fault("crashed", f"{len(found)} results for {len(batch)} requests")


def _give_back_memory() -> None:
    """Let torch give back what the failed batch held, so that a smaller one finds room."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
