"""How often and after how long a request to a service is tried again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from unisandbox.evaluation.planted import share

REFUSED_FOR_NOW: Final = (408, 409, 425, 429)  # and all of 5xx


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is: seconds that only go forward, and seconds since 1970; and how to wait."""

    now: Callable[[], float] = time.monotonic
    today: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Patience:
    """When to give up.

    Attributes:
        attempts: How often a request is sent at most.
        timeouts: How often it is sent at most where no reply comes in time.
        first_s: Wait before the second attempt, without a `Retry-After`; each later one is twice as long.
        longest_s: The longest such wait.
        longest_asked_s: The longest wait that a server may ask for; one that asks for more is given up.
    """

    attempts: int = 6
    timeouts: int = 2
    first_s: float = 1.0
    longest_s: float = 60.0
    longest_asked_s: float = 300.0

    def wait_s(self, attempt: int, what: object) -> float:
        """Return how long to wait after attempt 1, 2, …: up to half less for some of `what`, so that not all come back at once.

        >>> 0.5 <= Patience().wait_s(1, "a") <= 1.0, 30 <= Patience().wait_s(20, "a") <= 60
        (True, True)
        """
        return min(self.first_s * 2.0 ** (attempt - 1), self.longest_s) * (1 - share("wait", what, attempt) / 2)


def is_passing(status: int) -> bool:
    """Return whether the same request may succeed later."""
    return status in REFUSED_FOR_NOW or status >= 500


def asked_wait_s(headers: Mapping[str, str], today: float) -> float | None:
    """Return how long a server asks to wait; None where it does not, or not in a form that there is.

    Args:
        headers: Of its response, by names in lower case.
        today: Seconds since 1970, for a response without a `Date`.

    >>> asked_wait_s({"retry-after": "3"}, 0.0), asked_wait_s({"retry-after-ms": "250"}, 0.0), asked_wait_s({}, 0.0)
    (3.0, 0.25, None)
    >>> asked_wait_s({"retry-after": "Wed, 21 Oct 2026 07:28:09 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.0)
    9.0
    """
    for name, seconds in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(float(headers[name]) * seconds, 0.0)
        except (KeyError, ValueError):
            continue
    later = _date(headers.get("retry-after"))
    if later is None:
        return None
    now = _date(headers.get("date"))
    return max(later - (today if now is None else now), 0.0)


def _date(text: str | None) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except ValueError:
        return None
