"""Batches: the fastest size is found once, memory that ends halves it, and a bad request costs itself alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from unisandbox.evaluation.local.batching import BatchRunner
from unisandbox.evaluation.protocol import Fault

POINTS = (2, 4, 8)


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


class Work:
    """Doubles numbers, takes as long as it is told for a batch of a size, and fails where it is told to."""

    def __init__(self, seconds: dict[int, float] | None = None, memory: int = 1000, bad: Sequence[int] = ()) -> None:
        self.seconds, self.memory, self.bad = seconds or {}, memory, bad
        self.sizes: list[int] = []
        self.now = 0.0

    def __call__(self, batch: Sequence[int]) -> list[int]:
        self.sizes.append(len(batch))
        self.now += self.seconds.get(len(batch), 1.0)
        if len(batch) > self.memory:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB\nmore words")
        if any(one in self.bad for one in batch):
            raise ValueError("a bad one")
        return [2 * one for one in batch]


def runner(work: Work, size: int | None = None, key: str = "", **settings: bool) -> BatchRunner:
    return BatchRunner(POINTS, size, key or str(id(work)), lambda: work.now, **settings)


def test_a_size_that_was_given_is_kept() -> None:
    work = Work()
    run = runner(work, 3)
    assert run.run(range(8), work) == [0, 2, 4, 6, 8, 10, 12, 14]
    assert work.sizes == [3, 3, 2]
    assert run.most == 3


def test_the_first_batch_does_not_count_then_each_point_is_tried_and_the_fastest_stays() -> None:
    work = Work({2: 2.0, 4: 1.0, 8: 8.0})
    run = runner(work)
    run.run(range(24), work)
    assert work.sizes == [2, 2, 4, 8, 4, 4]
    assert (run.size, run.most) == (4, 4)


def test_where_it_compiles_the_first_batch_of_each_size_does_not_count() -> None:
    work = Work({2: 2.0, 4: 1.0, 8: 8.0})
    runner(work, compiled=True).run(range(32), work)
    assert work.sizes == [2, 2, 4, 4, 8, 8, 4]


def test_of_sizes_as_fast_as_each_other_the_smaller_one_stays() -> None:
    work = Work({2: 2.0, 4: 2.02, 8: 4.0})
    runner(work).run(range(20), work)
    assert work.sizes == [2, 2, 4, 8, 4]


def test_what_was_measured_is_remembered_for_the_same_key_alone() -> None:
    first = Work({2: 2.0, 4: 1.0, 8: 8.0})
    runner(first, key="model a").run(range(16), first)
    again, other = Work(), Work()
    assert runner(again, key="model a").size == 4
    assert runner(again, key="model a").run(range(8), again)[-1] == 14
    assert again.sizes == [4, 4]
    assert runner(other, key="model b").size is None


def test_too_few_requests_are_no_measurement() -> None:
    work = Work()
    run = runner(work, key="short")
    run.run(range(7), work)
    assert work.sizes == [2, 2, 3]
    assert runner(work, key="short").size is None


def test_memory_that_ends_halves_the_batch_for_good() -> None:
    work = Work(memory=3)
    run = runner(work, 8)
    assert run.run(range(10), work) == [2 * one for one in range(10)]
    assert work.sizes == [8, 4, 2, 2, 2, 2, 2]
    assert run.size == 2


def test_a_point_without_room_is_not_chosen() -> None:
    work = Work({2: 2.0, 4: 1.0}, memory=5)
    run = runner(work)
    run.run(range(24), work)
    assert work.sizes == [2, 2, 4, 8, 4, 4, 4, 4]
    assert run.size == 4


def test_memory_that_does_for_no_request_is_a_fault_of_each() -> None:
    work = Work(memory=0)
    found = runner(work, 4).run(range(2), work)
    assert found == [Fault("out_of_memory", "OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB")] * 2


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried")])
def test_the_memory_of_a_cpu_is_memory_too(error: Exception) -> None:
    def work(batch: Sequence[int]) -> list[int]:
        if len(batch) > 1:
            raise error
        return [*batch]

    assert BatchRunner(POINTS, 4, "cpu").run(range(4), work) == [0, 1, 2, 3]


def test_one_bad_request_costs_itself_alone() -> None:
    work = Work(bad=[2])
    found = runner(work, 4).run(range(8), work)
    assert found == [0, 2, Fault("crashed", "ValueError: a bad one"), 6, 8, 10, 12, 14]
    assert work.sizes == [4, 1, 1, 1, 1, 4]


def test_another_number_of_results_is_a_fault_not_a_shift() -> None:
    found = BatchRunner(POINTS, 4, "few").run(range(2), lambda batch: [7] * (len(batch) - 1))
    assert found == [Fault("crashed", "0 results for 1 requests")] * 2


def test_a_smaller_limit_of_one_kind_of_work_holds() -> None:
    work = Work()
    runner(work, 8).run(range(6), work, most=4)
    assert work.sizes == [4, 2]


_keys = count()


@settings(deadline=None, max_examples=20)
@given(
    st.integers(0, 40),
    st.none() | st.integers(1, 12),
    st.integers(1, 12),
    st.sets(st.integers(0, 39)),
)
def test_whatever_fails_each_request_has_its_own_result(amount: int, size: int | None, memory: int, bad: set[int]) -> None:
    work = Work(memory=memory, bad=sorted(bad))
    found = runner(work, size, f"property {next(_keys)}").run(range(amount), work)
    assert [isinstance(one, Fault) for one in found] == [one in bad for one in range(amount)]
    assert [one for one in found if not isinstance(one, Fault)] == [2 * one for one in range(amount) if one not in bad]
