"""A map file: `map.jsonl` or `map.csv` in a folder of pictures says of which item, arm and sample each file is."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from unisandbox.errors import DataError, Violation
from unisandbox.evaluation.models.picture_files import Listing, leads_inside
from unisandbox.evaluation.protocol import DRAWN_ARMS
from unisandbox.schemas.jsonl import LARGEST_FILE_BYTES, read_json_lines

MAPS: Final = ("map.jsonl", "map.csv")
KEYS: Final = ("item", "path", "arm", "sample")
FIX: Final = "mend the line"


@dataclass(frozen=True, slots=True)
class Mapped:
    """A line of a map: a picture inside the folder, its item, its arm where the line says it, and which sample it is."""

    item: str
    path: str
    arm: str | None
    sample: int


def mapped(found: Listing) -> list[Mapped]:
    """Return the lines of the folder's map whose files are there; what is not there is missing of its item.

    Raises:
        DataError: Two maps, one that cannot be read, or lines that say no place: all of them.
    """
    there = [found.folder / name for name in MAPS if (found.folder / name).is_file()]
    if len(there) != 1:
        told = " and ".join(path.name for path in there) or "no map"
        raise DataError(Violation(str(found.folder), told, "map.jsonl or map.csv", "keep one of them"))
    lines = list(read_json_lines(there[0]) if there[0].suffix == ".jsonl" else _csv_lines(there[0]))
    wrong = [violation for number, row in lines for violation in _wrong(f"{there[0]}: line {number}", row, found.folder)]
    if wrong:
        raise DataError(wrong)
    read = [Mapped(row["item"], _plain(row["path"]), row.get("arm") or None, int(row.get("sample") or 0)) for _, row in lines]
    return [one for one in read if leads_inside(found.folder, found.folder / one.path)]


def _csv_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    if path.stat().st_size > LARGEST_FILE_BYTES:
        found, allowed = f"{path.stat().st_size // 10**6} MB", f"at most {LARGEST_FILE_BYTES // 10**6} MB"
        raise DataError(Violation(str(path), found, allowed, "leave out what is no item of the release"))
    try:
        with open(path, encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source, strict=True)
            missing = [key for key in ("item", "path") if key not in (reader.fieldnames or ())]
            if missing:
                told = f"no column {' and '.join(missing)}"
                raise DataError(Violation(f"{path}: line 1", told, ", ".join(KEYS), "name the columns in the first line"))
            for row in reader:
                yield reader.line_num, row
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(Violation(str(path), str(error), "CSV in UTF-8", "save the file again")) from None


def _wrong(where: str, row: Mapping[str, Any], folder: Path) -> Iterator[Violation]:
    for key in ("item", "path"):
        if not isinstance(row.get(key), str) or not row[key]:
            yield Violation(f"{where}: {key}", repr(row.get(key))[:80], "a text", FIX)
    path = row.get("path")
    if isinstance(path, str) and path and not _is_safe(folder, path):
        yield Violation(f"{where}: path", repr(path)[:80], "a path inside the folder", "move the file into the folder")
    if row.get("arm") not in (None, "", *DRAWN_ARMS):
        yield Violation(f"{where}: arm", repr(row["arm"])[:80], ", ".join(DRAWN_ARMS), FIX)
    if not _is_sample(row.get("sample")):
        yield Violation(f"{where}: sample", repr(row["sample"])[:80], "a whole number from 0", FIX)


def _is_safe(folder: Path, path: str) -> bool:
    """Return whether a path stays inside the folder, links followed."""
    try:
        return not Path(path).is_absolute() and (folder / path).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):  # a name that no system takes
        return False


def _plain(path: str) -> str:
    return Path(path).as_posix()


def _is_sample(value: object) -> bool:
    if value is None or value == "":
        return True
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 6
    return is_digits or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**6)
