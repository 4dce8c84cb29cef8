"""Reads JSON lines that anybody may have written: each line an object, or one message that says where the file goes wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from unisandbox.errors import DataError, Violation

LARGEST_FILE_BYTES = 64 * 2**20  # a benchmark file has thousands of rows; what is larger is something else
SHOWN = 60  # characters of a line that a message quotes


def read_json_lines(path: Path, largest_bytes: int = LARGEST_FILE_BYTES) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number (from 1) and the object of every line; blank lines are passed over, a byte order mark is fine.

    Raises:
        DataError: No file, a folder, too large, empty, not UTF-8, or a line that is no JSON object: one violation.
    """
    text = _text(path, largest_bytes)
    if not text.strip():
        raise _wrong(str(path), "an empty file", "one JSON object a line", "check the path, or write the file again")
    if text.lstrip().startswith("["):
        raise _wrong(str(path), "a JSON array", "one JSON object a line", "write each element on a line of its own")
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _object(path, number, line, is_cut=number == len(lines))


def _text(path: Path, largest_bytes: int) -> str:
    if not path.exists():
        raise _wrong(str(path), "no such file", "a JSONL or Parquet file, or a release folder", "check the path")
    if not path.is_file():
        raise _wrong(str(path), "no regular file", "a JSONL file", "check the path")
    size = path.stat().st_size
    if size > largest_bytes:
        allowed = f"at most {largest_bytes // 10**6} MB of JSON lines"
        raise _wrong(str(path), f"{size // 10**6} MB", allowed, "split the file, or keep the items as Parquet")
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{raw[error.start]:02x}, which is no UTF-8"
        raise _wrong(f"{path}: line {line}", found, "UTF-8", "save the file as UTF-8") from None


def _object(path: Path, number: int, line: str, *, is_cut: bool) -> dict[str, Any]:
    where = f"{path}: line {number}"
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:  # ValueError: also a number of thousands of digits
        problem = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply, or a number too long"
        if is_cut:
            found = f"half a line: {line[-SHOWN:]!r}"
            raise _wrong(where, found, "a whole JSON object", "write or download the file again") from None
        raise _wrong(where, f"{line[:SHOWN]!r} ({problem})", "one JSON object a line", "mend the line") from None
    if not isinstance(found, dict):
        raise _wrong(where, f"a JSON {type(found).__name__}", "a JSON object", "write the row as an object with keys")
    return found


def _wrong(where: str, found: str, allowed: str, fix: str) -> DataError:
    return DataError(Violation(where, found, allowed, fix))
