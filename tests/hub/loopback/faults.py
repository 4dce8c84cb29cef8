"""What goes wrong, and when: faults that hit the at-th request from the moment they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

KINDS = ("before", "after", "drop", "drop_after", "kill", "call")


@dataclass
class Fault:
    """A fault that waits: for `waits` more requests of its kind, then it hits `hits` of them (None: all that follow)."""

    kind: str
    status: int
    waits: int
    hits: int | None
    only: str
    call: Callable[[], object] | None

    def strikes(self, line: str) -> bool:
        """Return whether this request ("METHOD /path") is hit, and count it."""
        if self.only not in line or self.hits == 0:
            return False
        self.waits -= 1
        if self.waits >= 0:
            return False
        self.hits = None if self.hits is None else self.hits - 1
        return True


def fault(at: int, kind: str, status: int, times: int | None, only: str, call: Callable[[], object] | None) -> Fault:
    """Return the fault that is asked for; `kill` is a Hub that drops this request and every later one."""
    if kind not in KINDS:
        raise ValueError(f"no fault of kind {kind!r}; there are {', '.join(KINDS)}")
    if (kind == "call") != (call is not None):
        raise ValueError("a fault of kind 'call' needs call=, and no other takes it")
    return Fault("drop" if kind == "kill" else kind, status, at, None if kind == "kill" else times, only, call)
