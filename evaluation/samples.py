"""Reads a file of samples: what one model answered, a line an item and arm, as `schemas/sample.schema.json` declares it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from unisandbox.errors import DataError, Violation
from unisandbox.schemas.jsonl import read_json_lines
from unisandbox.schemas.validate import check_rows

LARGEST_FILE_BYTES = 2**30  # of 10,000 items in four arms with their thoughts it takes some 60 MB
Row = dict[str, Any]
Line = tuple[int, Row]


class Samples(NamedTuple):
    """The samples of one file, in its order, and the model that answered them."""

    path: Path
    model: str
    rows: tuple[Row, ...]


def read_samples(path: Path) -> Samples:
    """Return the samples of a JSONL file; keys that the schema does not declare are left alone.

    Raises:
        DataError: No such file, a line that is no sample, a second model, or an item that occurs twice in an arm.
    """
    if not path.is_file():
        raise DataError(Violation(str(path), "no such file", "a JSONL file of samples", "check the path"))
    lines = list(read_json_lines(path, LARGEST_FILE_BYTES))
    rows = tuple(row for _, row in lines)
    wrong = check_rows(rows, "sample", where=lambda index, _: f"{path}: line {lines[index][0]}")
    wrong = wrong or [*_second_models(path, lines), *_repeated(path, lines)]
    if wrong:
        raise DataError(wrong)
    return Samples(path, rows[0]["model"], rows)


def _second_models(path: Path, lines: list[Line]) -> Iterator[Violation]:
    """Yield the first line of each model after the first."""
    first: dict[str, int] = {}
    for number, row in lines:
        first.setdefault(row["model"], number)
    model, *others = first
    for other in others:
        yield Violation(f"{path}: line {first[other]}", f"model {other!r}", f"{model!r} alone", "write a file for each model")


def _repeated(path: Path, lines: list[Line]) -> Iterator[Violation]:
    first: dict[tuple[str, str, str], int] = {}
    for number, row in lines:
        earlier = first.setdefault((row["id"], row["arm"], str(row.get("sample"))), number)
        if earlier != number:
            found = f"{row['id']} in arm {row['arm']}, as in line {earlier}"
            allowed = "each item once an arm, or each `sample` of it"
            yield Violation(f"{path}: line {number}", found, allowed, "remove one of the two")
