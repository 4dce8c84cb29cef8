"""Append-only files of JSON lines, one line a finished piece of work, which a killed run leaves in order.

A line is given to the system at once, so a killed process loses none; it is forced to the disk within a second, so a power cut
loses a second of work at most. What a cut left half written is at the end, and is taken off when the file is opened again.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.collection import collection_paused

SYNC_EVERY_S: Final = 1.0
LOCK_NAME: Final = ".lock"

Row = dict[str, Any]


class Ledger:
    """The lines of one file by key, and the way to add to them from any thread; of lines with one key the last holds.

    Attributes:
        rows: Key -> row, of the lines that stood there and of those appended.
    """

    def __init__(self, path: Path, *, sync_every_s: float = SYNC_EVERY_S) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with collection_paused():
            self.rows, whole_bytes = _read(path)
        self._path, self._sync_every_s = path, sync_every_s
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o644)
        if os.fstat(self._file).st_size != whole_bytes:  # a cut of nothing would still change the time of the file
            os.ftruncate(self._file, whole_bytes)
        self._lock, self._closing, self._unsynced = threading.Lock(), threading.Event(), False
        self._failed: OSError | None = None
        self._syncer = threading.Thread(target=self._sync_until_closed, name=f"sync {path.name}", daemon=True)
        self._syncer.start()

    def append(self, row: Mapping[str, Any]) -> None:
        """Add a line; its `key` names it.

        Raises:
            OSError: The line could not be written, or an earlier one could not be forced to the disk.
            ValueError: A number that is not finite.
        """
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        line = f"{_whole(text)}\n".encode()
        left = memoryview(line)
        with self._lock:
            if self._closing.is_set():
                raise ValueError(f"{self._path} is closed")
            try:
                while left and not self._failed:
                    left = left[os.write(self._file, left) :]
            except OSError as error:  # a full disk; another line must not be glued to the half one
                self._failed = OSError(error.errno, error.strerror, str(self._path))
            if self._failed:
                raise self._failed
            self.rows[row["key"]] = json.loads(line)  # what another process will read, to the letter
            self._unsynced = True

    def close(self) -> None:
        """Force what is written to the disk and let go of the file."""
        self._closing.set()
        self._syncer.join()
        os.close(self._file)
        if self._failed:
            raise self._failed

    def _sync_until_closed(self) -> None:
        while not self._closing.wait(self._sync_every_s):
            self._sync()
        self._sync()

    def _sync(self) -> None:
        with self._lock:
            waiting, self._unsynced = self._unsynced, False
        try:
            if waiting:
                os.fsync(self._file)
        except OSError as error:
            self._failed = error


def _whole(text: str) -> str:
    """Return text that can be written as UTF-8: half a surrogate pair, which a reply may hold, becomes U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_ledger(path: Path) -> dict[str, Row]:
    """Return the rows of a ledger by key without touching the file; none where there is no file; raises as `Ledger` does."""
    with collection_paused():
        return _read(path)[0]


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep a folder to one process while the block runs; the system lets go of it however the process ends.

    Raises:
        DataError: Another process writes to the folder.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        fix = "wait for it, stop it, or write elsewhere with --out"
        raise DataError(Violation(str(folder), "a run that another process is writing", "one process a folder", fix)) from None
    try:
        yield
    finally:
        lock.release()


def _read(path: Path) -> tuple[dict[str, Row], int]:
    """Return the rows and how many bytes hold them; what follows was cut."""
    rows: dict[str, Row] = {}
    if not path.exists():
        return rows, 0
    content = path.read_bytes()
    whole_bytes = 0
    lines = content.split(b"\n")[:-1]  # after the last line break there is nothing, or half a line
    for number, line in enumerate(lines, start=1):
        row = _row(line)
        if row is None:
            _refuse_damage(path, number, lines[number:])
            break
        rows[row["key"]] = row
        whole_bytes += len(line) + 1
    return rows, whole_bytes


def _row(line: bytes) -> Row | None:
    try:
        row = json.loads(line.decode())
    except ValueError:
        return None
    return row if isinstance(row, dict) and isinstance(row.get("key"), str) else None


def _refuse_damage(path: Path, number: int, after: list[bytes]) -> None:
    """Raise if rows follow the broken line: a cut leaves nothing behind it, so somebody has edited the file."""
    if any(_row(line) is not None for line in after):
        raise DataError(
            Violation(f"{path}: line {number}", "no row", "a JSON object with a key", "remove the line and run again")
        )
