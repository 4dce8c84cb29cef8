"""A pool of equal actors: a request goes to one that is free, and what an actor is lost over goes to another one.

A batch whose actor is lost is asked again request by request, so that one that always kills its actor costs itself alone. After
the attempts that are allowed it is a fault. A lost actor is replaced, on whichever node has room.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.engines.ray_actors import Described
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.protocol import Fault

CLOSING_S: Final = 10.0
LONGEST_REASON: Final = 200  # characters; Ray goes on with what may be the cause of a loss in general
COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, eq=False, slots=True)
class Member:
    """An actor of a pool; equal to itself alone."""

    handle: Any


class Pool:
    """Actors of one kind.

    Args:
        start: Starts one and returns its handle, without waiting for it.
        size: How many.
        threads: How many requests or batches each may have at once.
        where: What messages begin with.
        attempts: How often a request is given to an actor at most.
        start_timeout_s: How long one may take to open what it holds.
        timeout_s: How long one may take over a call; after that it is lost.

    Raises:
        InputError: What an actor says that it cannot be had, one that dies or takes too long, or actors that differ.
    """

    def __init__(
        self,
        start: Callable[[], Any],
        size: int,
        threads: int,
        *,
        where: str,
        attempts: int,
        start_timeout_s: float,
        timeout_s: float,
    ) -> None:
        self._start, self._threads, self._where = start, threads, where
        self._attempts, self._start_timeout_s, self._timeout_s = attempts, start_timeout_s, timeout_s
        self._changed = threading.Condition()
        self._members: list[Member] = []
        self._free: deque[Member] = deque()
        self._opening: dict[Member, threading.Thread] = {}  # those that come in the place of lost ones
        self._closed = False
        self.described = self._opened(size)

    def asked(self, name: str, requests: Sequence[Any]) -> list[Any]:
        """Return a result or a fault for each request, in order, of the actors' method of that name."""
        try:
            return self._once(name, requests)
        except _LostError as error:
            return [self._alone(name, request, error) for request in requests]

    def close(self) -> None:
        """Let all actors close what they hold, and end them."""
        import ray

        with self._changed:
            self._closed = True
            members, opening = list(self._members), dict(self._opening)
            self._members.clear()
            self._free.clear()
            self._changed.notify_all()
        ending = [member.handle.end.remote() for member in members]
        with suppress(ray.exceptions.RayError):
            ray.wait(ending, num_returns=max(len(ending), 1), timeout=CLOSING_S)
        for member in [*members, *opening]:
            ray.kill(member.handle)
        for thread in opening.values():
            thread.join(CLOSING_S)

    def _alone(self, name: str, request: Any, error: _LostError) -> Any:
        """Return the result of one request whose actor was lost, from another actor."""
        for _ in range(self._attempts - 1):
            try:
                return self._once(name, [request])[0]
            except _LostError as again:
                error = again
        return Fault(error.kind, f"given to {self._attempts} actors, the last of which was lost: {error}")

    def _once(self, name: str, requests: Sequence[Any]) -> list[Any]:
        import ray

        member = self._taken()
        try:
            found: list[Any] = ray.get(member.handle.ask.remote(name, requests), timeout=self._timeout_s)
        except ray.exceptions.RayTaskError:
            self._give_back(member)
            raise
        except ray.exceptions.GetTimeoutError:
            self._replace(member)
            raise _LostError("timeout", f"it did not answer in {self._timeout_s:g} s") from None
        except ray.exceptions.RayError as error:
            self._replace(member)
            raise _LostError("crashed", _reason(error)) from None
        self._give_back(member)
        return found

    def _taken(self) -> Member:
        """Return an actor that is free, waiting for one as long as any is there or on its way."""
        with self._changed:
            self._changed.wait_for(lambda: self._free or self._closed or not (self._members or self._opening))
            if not self._free:
                raise _LostError("unavailable", "no actor is left, and none could be started in its place")
            return self._free.popleft()

    def _give_back(self, member: Member) -> None:
        with self._changed:
            if member in self._members:  # not where another thread has seen it lost
                self._free.append(member)
                self._changed.notify_all()

    def _replace(self, member: Member) -> None:
        """Start another actor in place of one that is lost, once however many threads lost it."""
        import ray

        with self._changed:
            if self._closed or member not in self._members:
                return
            self._members.remove(member)
            self._free = deque(one for one in self._free if one is not member)
            ray.kill(member.handle)
            successor = Member(self._start())
            thread = threading.Thread(target=self._admit, args=(successor,), name="actor", daemon=True)
            self._opening[successor] = thread
        thread.start()

    def _admit(self, member: Member) -> None:
        """Let an actor take requests once it has opened the same as the others."""
        import ray

        is_same = False
        with suppress(InputError):
            said = self._first_words(member.handle.describe.remote())
            is_same = digest(said.identity) == digest(self.described.identity)
        with self._changed:
            del self._opening[member]
            if is_same and not self._closed:
                self._members.append(member)
                self._free.extend([member] * self._threads)
            elif not self._closed:
                ray.kill(member.handle)
            self._changed.notify_all()

    def _opened(self, size: int) -> Described:
        """Return what the first actors say of themselves, all the same."""
        members = [Member(self._start()) for _ in range(size)]
        self._members = members
        words = [member.handle.describe.remote() for member in members]
        try:
            said = [self._first_words(word) for word in words]
            if len({digest(one.identity) for one in said}) > 1:
                fix = "give every node the same files and versions"
                raise InputError(Violation(self._where, "actors with different identities", "one identity", fix))
        except BaseException:
            self.close()
            raise
        self._free.extend(member for _ in range(self._threads) for member in members)
        return said[0]

    def _first_words(self, word: Any) -> Described:
        """Return what an actor says of itself; raises `InputError` where it cannot say anything."""
        import ray

        try:
            said = ray.get(word, timeout=self._start_timeout_s)
        except ray.exceptions.GetTimeoutError:
            found, fix = f"an actor that is not open after {self._start_timeout_s:g} s", "raise --engine-arg start_timeout_s"
        except ray.exceptions.RayError as error:
            found, fix = f"an actor that ended: {_reason(error)}", "try the same line with --engine local"
        else:
            if isinstance(said, InputError):
                raise said
            assert isinstance(said, Described)
            return said
        raise InputError(Violation(self._where, found, "actors that start", fix))


class _LostError(Exception):
    """An actor was lost over requests, or there is none; and what they become if no other one has a result."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _reason(error: Exception) -> str:
    """Return the last line of what Ray says, without colours: why the actor ended, below where and in which process."""
    lines = [line.strip() for line in COLOURS.sub("", str(error)).splitlines() if line.strip()]
    return lines[-1][:LONGEST_REASON] if lines else type(error).__name__
