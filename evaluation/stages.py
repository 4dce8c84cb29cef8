"""Generating and judging at the same time: some threads ask the model, others check its pictures, others ask the judge.

Between them are bounded queues, so that a fast model waits for a slow judge instead of filling the memory. Every result is in a
ledger before the next step begins, so whatever ends the process, nothing that was done is done again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from unisandbox.errors import UnisandboxError
from unisandbox.evaluation.arms import Unit
from unisandbox.evaluation.channel import Channel
from unisandbox.evaluation.generation import Kept, batches, generation_row, results_for
from unisandbox.evaluation.intake import take_in
from unisandbox.evaluation.judging import Asking, Task, verdict_row, verdicts_of
from unisandbox.evaluation.protocol import Answer, Drawing, Fault, Judge, Model
from unisandbox.evaluation.run_folder import RunFiles

INTAKE_WORKERS: Final = 2
LOOK_EVERY_S: Final = 0.1
PATIENCE_S: Final = 30.0  # after the first Ctrl-C, for what the model is drawing


class InterruptedRunError(UnisandboxError):
    """The user stopped a run; the same line goes on with it."""

    exit_code = 130


@dataclass(frozen=True, slots=True)
class Drawer:
    """A model at work: the digest of its identity, and how many threads may ask it at once."""

    model: Model
    sha256: str
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Reader:
    """A judge at work: the digest of its identity, what it is asked, and how many threads may ask it at once."""

    judge: Judge
    sha256: str
    asking: Asking
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Work:
    """What is left to do."""

    to_generate: Sequence[Unit] = ()
    to_judge: Sequence[Task] = ()


class Stages:
    """The threads of one run.

    Args:
        files: Where results go.
        drawer: None where nothing is to be generated.
        reader: None where nothing is to be judged; pictures are then kept for later.
        finished: Called with each unit that has its last result, from any thread.
        look: Called by the main thread ten times a second while the others work, with whether the user wants to stop.
    """

    def __init__(
        self,
        files: RunFiles,
        drawer: Drawer | None,
        reader: Reader | None,
        *,
        finished: Callable[[Unit], None],
        look: Callable[[bool], None],
    ) -> None:
        self._files, self._drawer, self._reader = files, drawer, reader
        self._finished, self._look = finished, look
        self._stop, self._error = threading.Event(), list[BaseException]()
        self._lock, self._claims = threading.Lock(), dict[str, list[Unit]]()

    def run(self, work: Work) -> None:
        """Do the work, or as much of it as the user lets.

        Raises:
            InterruptedRunError: Ctrl-C; everything that was finished is kept.
            Exception: The first that a thread met, such as a full disk; faults of single requests are results.
        """
        self._drawers_left = self._drawer.workers if self._drawer else 1
        self._batches = Channel[list[Unit]](1, batches(work.to_generate, self._most_drawn()) if self._drawer else ())
        self._batches.close()
        room = max(4, 2 * self._most_drawn() * self._drawers_left)
        self._drawn = Channel[tuple[Unit, Drawing, float]](room)
        self._to_judge = Channel[Task](max(room, 4 * self._most_read()), work.to_judge)
        self._intakes_left = INTAKE_WORKERS
        workers = self._reader.workers if self._reader else 0
        threads = [
            *(
                threading.Thread(target=self._guarded, args=(self._generate,), name="generate", daemon=True)
                for _ in range(self._drawers_left)
            ),
            *(
                threading.Thread(target=self._guarded, args=(self._take_in,), name="intake", daemon=True)
                for _ in range(INTAKE_WORKERS)
            ),
            *(threading.Thread(target=self._guarded, args=(self._judge,), name="judge", daemon=True) for _ in range(workers)),
        ]
        for thread in threads:
            thread.start()
        self._wait(threads)
        if self._error:
            raise self._error[0]

    def _wait(self, threads: Sequence[threading.Thread]) -> None:
        """Wait for the threads; at Ctrl-C start nothing new, take in what comes, and after a second one leave at once."""
        try:
            while any(thread.is_alive() for thread in threads):
                _first_alive(threads).join(LOOK_EVERY_S)
                self._look(False)
        except KeyboardInterrupt:
            self._stop.set()
            self._to_judge.give_up()
            with suppress(KeyboardInterrupt):
                self._wait_for_the_last(threads)
            raise InterruptedRunError("stopped; what was finished is kept, and the same line goes on with the rest") from None

    def _wait_for_the_last(self, threads: Sequence[threading.Thread]) -> None:
        until = time.monotonic() + PATIENCE_S
        while any(thread.is_alive() for thread in threads) and time.monotonic() < until:
            self._look(True)
            _first_alive(threads).join(LOOK_EVERY_S)

    def _guarded(self, step: Callable[..., None], *arguments: object) -> None:
        """Run a step of the work; what it raises ends the run and is raised in the main thread."""
        try:
            step(*arguments)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the run was asked for
            self._error.append(error)
            self._stop.set()
            self._drawn.give_up()
            self._to_judge.give_up()

    def _generate(self) -> None:
        try:
            while self._drawer and not self._stop.is_set() and (taken := self._batches.take(1)):
                self._generate_batch(self._drawer, taken[0])
        finally:
            with self._lock:
                self._drawers_left -= 1
                if not self._drawers_left:
                    self._drawn.close()

    def _generate_batch(self, drawer: Drawer, batch: Sequence[Unit]) -> None:
        start = time.perf_counter()
        results = results_for(drawer.model, batch)
        seconds = (time.perf_counter() - start) / len(batch)
        for unit, result in zip(batch, results, strict=True):
            if isinstance(result, Drawing):
                self._drawn.put((unit, result, seconds))
            else:
                self._keep(unit, result, None, seconds)

    def _take_in(self) -> None:
        try:
            while taken := self._drawn.take(1):
                self._take_in_one(*taken[0])
        finally:
            with self._lock:
                self._intakes_left -= 1
                if not self._intakes_left:
                    self._to_judge.close()

    def _take_in_one(self, unit: Unit, drawing: Drawing, seconds: float) -> None:
        found = take_in(drawing.picture, f"{unit.item.id}, {unit.arm}, sample {unit.request.sample}")
        if isinstance(found, Fault):
            self._keep(unit, found, None, seconds)
            return
        kept = Kept(self._files.images.put(found.png), found.width_px, found.height_px)
        self._keep(unit, drawing, kept, seconds)

    def _keep(self, unit: Unit, result: Drawing | Answer | Fault, kept: Kept | None, seconds: float) -> None:
        """Write a generation, and pass its picture on to the judge."""
        assert self._drawer is not None
        self._files.generations.append(generation_row(unit, self._drawer.sha256, result, kept, seconds))
        if kept and self._reader:
            self._to_judge.put(self._reader.asking.task(unit, kept.sha256))
        else:
            self._finished(unit)

    def _judge(self) -> None:
        assert self._reader is not None
        while taken := self._to_judge.take(self._most_read()):
            if tasks := [task for task in taken if self._claimed(task)]:
                self._judge_batch(self._reader, tasks)

    def _judge_batch(self, reader: Reader, tasks: Sequence[Task]) -> None:
        start = time.perf_counter()
        verdicts = verdicts_of(reader.judge, tasks, self._files.images)
        seconds = (time.perf_counter() - start) / len(tasks)
        for task, verdict in zip(tasks, verdicts, strict=True):
            self._files.verdicts.append(verdict_row(task, reader.sha256, verdict, seconds))
            with self._lock:
                units = self._claims.pop(task.key)
            for unit in units:
                self._finished(unit)

    def _claimed(self, task: Task) -> bool:
        """Return whether a picture is still to be judged, by this thread alone; equal pictures share one verdict."""
        with self._lock:
            is_done = task.key in self._files.verdicts.rows
            others = self._claims.setdefault(task.key, []) if not is_done else None
            if others is not None:
                others.append(task.unit)
        if is_done:
            self._finished(task.unit)
        return others is not None and len(others) == 1

    def _most_drawn(self) -> int:
        return max(self._drawer.model.capabilities.batch, 1) if self._drawer else 1

    def _most_read(self) -> int:
        return max(self._reader.judge.batch, 1) if self._reader else 1


def _first_alive(threads: Sequence[threading.Thread]) -> threading.Thread:
    return next((thread for thread in threads if thread.is_alive()), threads[0])
