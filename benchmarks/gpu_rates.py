"""What a device does at best, how long something takes on it, and how busy it was meanwhile."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import torch

GIB: Final = 2**30
LOOKS_EVERY_S: Final = 0.25
SMI: Final = ("nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "--id=0")


@dataclass(frozen=True)
class Rates:
    """What was measured on the device: floating-point operations a second of a matrix product, bytes a second read in a copy."""

    flops: float
    bytes_s: float


def rates(device: torch.device, dtype: torch.dtype, size: int, megabytes: int) -> Rates:
    """Return the rates of a product of square matrices of some size, and of a copy of so many megabytes."""
    one = torch.randn(size, size, device=device, dtype=dtype)
    product_s = min(seconds(lambda: one @ one, device) for _ in range(5))
    here = torch.zeros(megabytes * 2**20, dtype=torch.uint8, device=device)
    copy_s = min(seconds(here.clone, device) for _ in range(5))
    return Rates(2 * size**3 / product_s, 2 * here.numel() / copy_s)


def seconds(work: Callable[[], Any], device: torch.device) -> float:
    """Return how long some work takes, to its end on the device."""
    _wait(device)
    start = time.perf_counter()
    work()
    _wait(device)
    return time.perf_counter() - start


def peak_gib(device: torch.device) -> float:
    """Return the most memory that was in use: on a GPU since `forget_peak`, else of the process since its start."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / GIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GIB


def forget_peak(device: torch.device) -> None:
    """Give back memory that is not in use, and begin to look for the most again."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)


class Busy:
    """Looks how busy a device is while a block runs.

    Args:
        command: Prints the share of time in per cent; None takes the processor time of this process in all its cores.
    """

    def __init__(self, command: Sequence[str] | None) -> None:
        self._command, self._over = command, threading.Event()
        self._seen = list[float]()
        self._looking = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._start = (time.process_time(), time.perf_counter())
        self._looking.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._looking.join()
        self._end = (time.process_time(), time.perf_counter())

    @property
    def share(self) -> float:
        """Share of the block's time in which the device worked, 0 to 1."""
        if self._command is not None:
            return sum(self._seen) / max(len(self._seen), 1) / 100
        used, passed = (end - start for start, end in zip(self._start, self._end, strict=True))
        return used / passed / (os.cpu_count() or 1)

    def _look(self) -> None:
        while self._command is not None and not self._over.wait(LOOKS_EVERY_S):
            self._seen.append(float(subprocess.run(self._command, capture_output=True, text=True, check=True).stdout))


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
