"""Calls models and judges, which may be anybody's code: whatever it does, each request gets a result or a fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from unisandbox.evaluation.protocol import Fault

Request = TypeVar("Request")
Result = TypeVar("Result")
LONGEST_MESSAGE: Final = 300  # characters of a fault
NO_MEMORY: Final = re.compile(r"out of memory|can't allocate memory|not enough memory", re.IGNORECASE)


def results_of(call: Callable[[Sequence[Request]], Sequence[Any]], requests: Sequence[Request], kind: type[Result]) -> list[Any]:
    """Return a result of `kind` or a fault for each request, in order.

    Where a call for several raises or gives back another number of results, each is asked for alone: one bad request then costs
    one result, and one that is too large for memory in company may still fit.

    >>> results_of(lambda requests: [8 // number for number in requests], [4, 0], int)[0]
    2
    """
    try:
        found: Any = list(call(requests))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - code of others: it may raise anything, and costs its own request
        found = fault_of(error)
    if isinstance(found, list) and len(found) == len(requests):
        return [_checked(one, kind) for one in found]
    if len(requests) > 1:
        return [result for request in requests for result in results_of(call, [request], kind)]
    if isinstance(found, list):
        found = Fault("crashed", f"{len(found)} results for one request")
    return [found]


def _checked(found: Any, kind: type[Result]) -> Result | Fault:
    if isinstance(found, kind | Fault):
        return found
    return Fault("crashed", f"a result of type {type(found).__name__}; {kind.__name__} or Fault was expected")


def fault_of(error: BaseException) -> Fault:
    """Return the fault that an error is: `out_of_memory`, `timeout` or `crashed`, with the first line that it says.

    >>> fault_of(RuntimeError("CUDA error: out of memory")).kind
    'out_of_memory'
    """
    said = str(error).strip().splitlines()
    message = f"{type(error).__name__}: {said[0]}" if said else type(error).__name__
    # torch names its own kind of it OutOfMemoryError; nothing here imports torch to ask
    is_memory = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
    out = is_memory or (isinstance(error, RuntimeError) and bool(NO_MEMORY.search(message)))
    kind = "out_of_memory" if out else "timeout" if isinstance(error, TimeoutError) else "crashed"
    return Fault(kind, message[:LONGEST_MESSAGE])
