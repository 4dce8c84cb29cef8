from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from unisandbox.evaluation.calls import results_of
from unisandbox.evaluation.protocol import Answer, Fault


class OutOfMemoryError(RuntimeError):
    """As torch names it."""


def raising(error: BaseException) -> Callable[[Sequence[int]], Sequence[Answer]]:
    def call(requests: Sequence[int]) -> Sequence[Answer]:
        if 2 in requests:
            raise error
        return [Answer(str(request)) for request in requests]

    return call


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (RuntimeError("first line\nsecond line"), "crashed", "RuntimeError: first line"),
        (KeyError(), "crashed", "KeyError"),
        (MemoryError(), "out_of_memory", "MemoryError"),
        (OutOfMemoryError("CUDA out of memory."), "out_of_memory", "OutOfMemoryError: CUDA out of memory."),
        (TimeoutError("after 60 s"), "timeout", "TimeoutError: after 60 s"),
        (SystemExit(3), "crashed", "SystemExit: 3"),
        (ValueError("x" * 5000), "crashed", f"ValueError: {'x' * 288}"),
    ],
)
def test_one_request_that_raises_costs_its_own_result_alone(error: BaseException, kind: str, message: str) -> None:
    found = results_of(raising(error), [1, 2, 3], Answer)
    assert found == [Answer("1"), Fault(kind, message), Answer("3")]


def test_a_batch_that_works_is_asked_for_once() -> None:
    asked: list[list[int]] = []

    def call(requests: Sequence[int]) -> Sequence[Answer]:
        asked.append(list(requests))
        return [Answer("a")] * len(requests)

    assert len(results_of(call, [1, 2, 3], Answer)) == 3
    assert asked == [[1, 2, 3]]


@pytest.mark.parametrize("given", [[], [Answer("a")], [Answer("a")] * 5])
def test_another_number_of_results_is_asked_for_again_one_by_one(given: list[Answer]) -> None:
    def call(requests: Sequence[int]) -> Sequence[Answer]:
        return given if len(requests) > 1 else [Answer(str(requests[0]))]

    assert results_of(call, [1, 2, 3], Answer) == [Answer("1"), Answer("2"), Answer("3")]


@pytest.mark.parametrize("given", [None, 7, [], [Answer("a"), Answer("b")]])
def test_a_call_that_never_gives_one_result_is_a_fault(given: Any) -> None:
    (found,) = results_of(lambda _: given, [1], Answer)
    assert isinstance(found, Fault)
    assert found.kind == "crashed"


@pytest.mark.parametrize("given", [None, "text", {"text": "a"}, b"png"])
def test_a_result_of_another_type_is_a_fault_that_names_it(given: Any) -> None:
    (found,) = results_of(lambda _: [given], [1], Answer)
    assert found == Fault("crashed", f"a result of type {type(given).__name__}; Answer or Fault was expected")


def test_ctrl_c_is_not_taken_for_a_fault() -> None:
    def call(_: Sequence[int]) -> Sequence[Answer]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        results_of(call, [1], Answer)
