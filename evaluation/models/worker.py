"""A model in a process and environment of its own: `exec:"python worker.py"`, asked line by line.

What goes wrong costs no more than the request that it is about. After a crash, a hang or a line that is no message, the worker is
started again and each request without a reply is asked once more, alone; then it has a reply or is a fault.
"""

from __future__ import annotations

import hashlib
import shlex
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.identity import canonical
from unisandbox.evaluation.models.base import BaseModel
from unisandbox.evaluation.models.registry import refuse_arguments
from unisandbox.evaluation.models.worker_messages import (
    GarbageError,
    Hello,
    hello_of,
    message_of,
    quoted,
    request_line,
    result_of,
)
from unisandbox.evaluation.models.worker_process import WorkerProcess
from unisandbox.evaluation.protocol import Answer, AskRequest, Capabilities, Drawing, DrawRequest, Fault
from unisandbox.evaluation.settings import settings_of

Request = DrawRequest | AskRequest
Result = Drawing | Answer | Fault
LARGEST_SOURCE: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """The model's own arguments.

    Attributes:
        timeout_s: How long to wait for the next reply before the worker is killed.
        start_timeout_s: How long it may take to start: to load its weights.
        log: The file that its standard error is added to; a new one in the system's folder for such files where none is named.
    """

    timeout_s: float = 600.0
    start_timeout_s: float = 1800.0
    log: str = ""


class Worker(BaseModel):
    """A model that a worker process serves.

    Args:
        command: What is run.
        settings: How long to wait, and where its words go.

    Raises:
        InputError: It cannot be run, or does not begin as the protocol says.
    """

    def __init__(self, command: Sequence[str], settings: Settings) -> None:
        self._command, self._settings = tuple(command), settings
        self._log = Path(settings.log) if settings.log else _new_log()
        self._process: WorkerProcess | None = None
        self._asked = 0
        try:
            self._hello = self._started()
        except _LostError as error:
            self.close()
            fix = "run the command alone: its first line must be the greeting (docs/models.md)"
            raise InputError(Violation(f"exec:{shlex.join(command)}", str(error), "a worker that starts", fix)) from None

    @property
    def capabilities(self) -> Capabilities:
        """What the worker says that it can do."""
        return self._hello[0]

    def identity(self) -> Mapping[str, Any]:
        """Return what the worker says of itself, the command, and the sha256 of the files that the command names."""
        return {"kind": "exec", "command": list(self._command), "files": _files(self._command), "says": dict(self._hello[1])}

    def draw(self, requests: Sequence[DrawRequest]) -> Sequence[Drawing | Fault]:
        """Return a picture or a fault for each request, in order."""
        return self._results(requests)

    def answer(self, requests: Sequence[AskRequest]) -> Sequence[Answer | Fault]:
        """Return an answer or a fault for each request, in order."""
        return self._results(requests)

    def close(self) -> None:
        """Let the worker end."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def _results(self, requests: Sequence[Request]) -> list[Any]:
        """Return a result for each request: asked together, then each that has none alone."""
        found = dict[int, Result]()
        try:
            self._ask(requests, range(len(requests)), found)
        except _LostError as error:
            left = [index for index in range(len(requests)) if index not in found]
            for index in left:
                if isinstance(error, _NotStartedError):
                    found[index] = Fault("crashed", str(error))
                    continue
                try:
                    self._ask(requests, [index], found)
                except _LostError as again:
                    found[index] = Fault(again.kind, str(again))
                    error = again
        return [found[index] for index in range(len(requests))]

    def _ask(self, requests: Sequence[Request], indexes: Sequence[int], found: dict[int, Result]) -> None:
        """Ask for some of the requests and put what comes into `found`; the process is gone where this raises `_LostError`."""
        process = self._running()
        waiting = {self._asked + place: index for place, index in enumerate(indexes)}
        self._asked += len(waiting)
        most = len(waiting) - 1
        process.send(request_line(number, requests[index], most - place) for place, (number, index) in enumerate(waiting.items()))
        while waiting:
            line = self._line(process, self._settings.timeout_s)
            try:
                message = message_of(line)
                index = waiting.pop(_number(message, line), None)
                if index is None:
                    raise GarbageError(f"a reply to nothing that was asked: {quoted(line)}")
            except GarbageError as error:
                self._end()
                raise _LostError("bad_reply", f"the worker printed what is no reply: {error}") from None
            found[index] = result_of(message, requests[index])

    def _running(self) -> WorkerProcess:
        """Return the process, started again where it is gone."""
        if self._process is None:
            try:
                hello = self._started()
            except _LostError as error:
                raise _NotStartedError("crashed", f"it does not start again: {error}") from None
            if canonical(hello[1]) != canonical(self._hello[1]):
                self._end()
                raise _NotStartedError("crashed", "the worker started again as another model: its identity has changed")
        assert self._process is not None
        return self._process

    def _started(self) -> Hello:
        try:
            self._process = WorkerProcess(self._command, self._log)
        except OSError as error:
            raise _LostError("crashed", f"{error.strerror or error}: {self._command[0]}") from None
        until = time.monotonic() + self._settings.start_timeout_s
        line = self._line(self._process, until - time.monotonic())
        try:
            return hello_of(line)
        except GarbageError as error:
            self._end()
            raise _LostError("bad_reply", f"its first line is no greeting: {error}") from None

    def _line(self, process: WorkerProcess, timeout_s: float) -> bytes:
        """Return the next line of a process; it is gone where there is none."""
        try:
            line = process.line(timeout_s)
        except TimeoutError:
            self._end()
            raise _LostError("timeout", f"no reply within {timeout_s:g} s; the worker was killed ({self._log})") from None
        if line is None:
            ending = process.ending()
            self._end()
            raise _LostError("crashed", ending)
        return line

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process = None


class _LostError(Exception):
    """The worker is gone, and what the request that it was lost over becomes if it is lost over it again."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class _NotStartedError(_LostError):
    """The worker cannot be brought back, so asking for more is in vain."""


def open_worker(rest: str, arguments: Mapping[str, str]) -> Worker:
    """Return the model of a command, written as for a shell; raises `InputError` where it is none or does not start."""
    uri = f"exec:{rest}"
    refuse_arguments(uri, arguments, list(Settings.__dataclass_fields__))
    try:
        command = shlex.split(rest)
    except ValueError as error:
        raise InputError(Violation(uri, str(error), "a command as for a shell", "close the quotes")) from None
    if not command:
        raise InputError(Violation(uri, "no command", "a command as for a shell", "name what is to be run"))
    return Worker(command, settings_of(f"{uri}: --model-arg", arguments, Settings()))


def _number(message: Mapping[str, Any], line: bytes) -> int:
    number = message.get("id")
    if not isinstance(number, int) or isinstance(number, bool):
        raise GarbageError(quoted(line))
    return number


def _files(command: Sequence[str]) -> dict[str, str]:
    """Return the sha256 of each file among the words after the program's name: the worker's own code."""
    paths = [Path(word) for word in command[1:]]
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if path.is_file() and path.stat().st_size <= LARGEST_SOURCE
    }


def _new_log() -> Path:
    handle, name = tempfile.mkstemp(prefix="unisandbox-worker-", suffix=".log")
    with open(handle, "wb"):
        return Path(name)
