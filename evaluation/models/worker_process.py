"""A worker's process: started, written to, read from line by line, and ended with all its children."""

from __future__ import annotations

import io
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from unisandbox.evaluation.models.worker_messages import MOST_BYTES

LONGEST_LINE: Final = 2 * MOST_BYTES  # base64 takes a third more
CLOSING_S: Final = 10.0
TAIL_BYTES: Final = 2000


class WorkerProcess:
    """One life of a worker.

    Args:
        command: What is run.
        log: The file that its standard error is added to.

    Raises:
        OSError: It cannot be run.
    """

    def __init__(self, command: Sequence[str], log: Path) -> None:
        with log.open("ab") as sink:
            # a session of its own: Ctrl-C then reaches the scorer alone, and its children can be ended with it
            # unbuffered: closing a buffered pipe waits for whoever writes to it, and a worker that hangs does not read
            self._process = subprocess.Popen(
                list(command), bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sink, start_new_session=True
            )
        self._log = log
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="worker lines", daemon=True)
        self._reader.start()

    def send(self, lines: Iterable[bytes]) -> None:
        """Write lines without waiting: a worker that does not read would hold up whoever waits for its replies."""
        threading.Thread(target=self._write, args=(list(lines),), name="worker requests", daemon=True).start()

    def line(self, timeout_s: float) -> bytes | None:
        """Return the next line; None where the worker has ended.

        Raises:
            TimeoutError: None came in time.
        """
        try:
            return self._lines.get(timeout=timeout_s)
        except queue.Empty:
            raise TimeoutError from None

    def ending(self) -> str:
        """Return how it ended and the last line that it printed, for people."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(CLOSING_S)
        code = self._process.returncode
        how = "still runs" if code is None else f"ended with {signal.Signals(-code).name if code < 0 else f'exit code {code}'}"
        last = last_line(self._log)
        return f"the worker {how}" + (f"; it last said {last!r}" if last else "") + f" ({self._log})"

    def close(self) -> None:
        """Let it end by itself, and kill it if it does not."""
        with suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(CLOSING_S)
        self.kill()

    def kill(self) -> None:
        """End it and its children at once."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._reader.join(CLOSING_S)

    def _write(self, lines: Sequence[bytes]) -> None:
        with suppress(OSError, ValueError):  # it has ended: whoever waits for its lines sees that
            assert self._process.stdin is not None
            for line in lines:
                self._process.stdin.write(line)
            self._process.stdin.flush()

    def _read(self) -> None:
        with suppress(OSError, ValueError), io.BufferedReader(self._process.stdout) as lines:  # type: ignore[type-var]
            while line := lines.readline(LONGEST_LINE):
                self._lines.put(line)
        self._lines.put(None)


def last_line(path: Path) -> str:
    """Return the last line of a text file that is not empty; nothing where there is none."""
    with path.open("rb") as source:
        source.seek(0, os.SEEK_END)
        source.seek(max(source.tell() - TAIL_BYTES, 0))
        lines = source.read().decode("utf-8", "replace").split("\n")
    return next((line.strip()[-200:] for line in reversed(lines) if line.strip()), "")
