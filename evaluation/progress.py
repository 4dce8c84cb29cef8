"""How far a run is: what is done, with which outcomes, and how fast."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

PENDING: Final = "not judged"


@dataclass(slots=True)
class Progress:
    """Counts that any thread may add to.

    Attributes:
        total: How many results there are to be.
        before: How many stood there when the run began.
        counts: Outcome -> results of this run; `not judged` where no judge is asked.
        stopping: Whether the user wants to stop, and what is being done is waited for.
    """

    total: int
    before: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    stopping: bool = False
    started: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, outcome: str | None) -> None:
        """Count a result."""
        with self._lock:
            self.counts[outcome or PENDING] += 1

    @property
    def done(self) -> int:
        """How many results there are."""
        return self.before + sum(self.counts.values())

    @property
    def per_second(self) -> float:
        """How many results a second this run has made so far."""
        return sum(self.counts.values()) / max(time.monotonic() - self.started, 1e-3)
