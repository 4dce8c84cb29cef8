"""A bounded queue between threads that can end: what waits at either side wakes up when it is closed or given up."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Channel(Generic[Thing]):
    """Things on their way from some threads to others, at most `room` at a time.

    Args:
        room: `put` waits while so many are on their way.
        backlog: Things that are there from the start; they are taken when nothing newer waits, and take no room.
    """

    def __init__(self, room: int, backlog: Iterable[Thing] = ()) -> None:
        self._room, self._things, self._backlog = room, deque[Thing](), deque(backlog)
        self._changed = threading.Condition()
        self._closed = self._given_up = False

    def put(self, thing: Thing) -> None:
        """Add a thing, waiting for room; once the channel is given up it is dropped."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._things) < self._room or self._given_up)
            if not self._given_up:
                self._things.append(thing)
                self._changed.notify_all()

    def take(self, most: int) -> list[Thing]:
        """Return what is there, 1 to `most` things, waiting for the first; nothing when the channel has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._things or self._backlog or self._closed or self._given_up)
            if self._given_up:
                return []
            source = self._things or self._backlog
            taken = [source.popleft() for _ in range(min(most, len(source)))]
            self._changed.notify_all()
            return taken

    def close(self) -> None:
        """Say that nothing more comes; what is there is still taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def give_up(self) -> None:
        """Drop everything, now and later; nobody waits any more."""
        with self._changed:
            self._given_up = True
            self._changed.notify_all()
