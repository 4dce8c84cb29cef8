"""Files that are whole or not there: written under another name, forced to the disk, then renamed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

TEMPORARY: Final = ".tmp"  # what a file's name ends in while it is written
READ_AT_ONCE: Final = 1 << 20  # bytes


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Yield a binary file that takes the place of `path` when the block ends without an error; otherwise `path` is untouched.

    Folders are made. A process that is killed leaves its own `<path>.<process>.tmp`; `remove_unfinished` clears those away.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY}")  # its own, so that no two processes write one file
    try:
        with open(temporary, "wb") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def remove_unfinished(path: Path) -> None:
    """Remove what killed processes left of a file, or of all files inside a folder."""
    left = path.rglob(f"*{TEMPORARY}") if path.is_dir() else path.parent.glob(f"{path.name}.*{TEMPORARY}")
    for temporary in sorted(left):
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last through a power cut, where a system can sync a folder."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file's bytes in hex, read in pieces; raises `OSError` where it cannot be read."""
    digest = hashlib.sha256()
    with open(path, "rb") as source:
        while piece := source.read(READ_AT_ONCE):
            digest.update(piece)
    return digest.hexdigest()
