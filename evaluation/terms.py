"""Which optional parameters a service takes: servers differ, and say so in an error of the first request."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import Any, Final

from unisandbox.evaluation.endpoint import Endpoint
from unisandbox.evaluation.service_faults import ServiceError

REPLACED: Final = {"max_tokens": "max_completion_tokens"}  # how OpenAI's newer models want it
WORDS_OF_PROMPTS: Final = ("seed", "size", "n", "temperature")  # count only where a server puts them between quotes
REFUSED: Final = (400, 422)


class Terms:
    """Sends bodies without what the service refused before; each parameter is tried once for all threads.

    Args:
        endpoint: The service.
        optional: Parameters that a request can do without.
    """

    def __init__(self, endpoint: Endpoint, optional: tuple[str, ...]) -> None:
        self.endpoint, self._optional = endpoint, optional
        self._refused: set[str] = set()
        self._lock = threading.Lock()

    @property
    def refused(self) -> tuple[str, ...]:
        """What the service has refused so far, sorted."""
        return tuple(sorted(self._refused))

    def post(self, route: str, body: Mapping[str, Any], bad: str = "bad_reply") -> Mapping[str, Any]:
        """Return what a route answers; raises as `Endpoint.post`."""
        while True:
            sent = self.fitted(body)
            try:
                return self.endpoint.post(route, sent, bad)
            except ServiceError as error:
                if not self._learns(error, sent):
                    raise

    def fitted(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a body without what the service refused, or with what it wants instead."""
        replaced = {REPLACED[name]: body[name] for name in REPLACED if name in body and name in self._refused}
        return {name: value for name, value in {**body, **replaced}.items() if name not in self._refused}

    def _learns(self, error: ServiceError, sent: Mapping[str, Any]) -> bool:
        """Return whether the error is about parameters that were sent and can be left out, and leave them out from now on."""
        if error.status not in REFUSED or error.fault.kind == "refused":
            return False
        named = {name for name in self._optional if name in sent and _names(error, name)}
        with self._lock:
            self._refused |= named
        return bool(named)


def _names(error: ServiceError, name: str) -> bool:
    if error.parameter is not None:
        return error.parameter.rpartition(".")[2] == name
    around = r"[\"'`‘’]" if name in WORDS_OF_PROMPTS else r"\b"
    return re.search(f"{around}{name}{around}", error.words) is not None
