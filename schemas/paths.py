"""Checks what lies at a path against the contract: a release folder, a Parquet file, or a JSONL file of items."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from unisandbox.errors import DataError, Violation
from unisandbox.schemas.arrow import mappings
from unisandbox.schemas.checks import check_table
from unisandbox.schemas.declarations import ROW_NAMES
from unisandbox.schemas.findings import RowName
from unisandbox.schemas.jsonl import read_json_lines
from unisandbox.schemas.manifest import FILE_NAME, read_manifest, verify_folder
from unisandbox.schemas.parquet import read_tables
from unisandbox.schemas.pictures import check_pictures
from unisandbox.schemas.rows import columns, columns_with_bytes
from unisandbox.schemas.validate import check_rows

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Checked:
    """What was looked at, and everything that breaks the contract, sorted within a file."""

    files: int
    rows: int
    violations: tuple[Violation, ...]


def check_path(path: Path, report: Report) -> Checked:
    """Return the check of a release folder with its manifest, of one Parquet file, or of one JSONL file of items.

    Args:
        path: What to check.
        report: Told of each file that is done: its name, how many are done, of how many.

    Raises:
        DataError: There is nothing that can be checked.
    """
    if path.is_dir():
        return _check_folder(path, report)
    if path.suffix == ".parquet":
        rows, violations = _check_parquet(path, path.name)
    else:
        lines = [row for _, row in read_json_lines(path)]
        rows, violations = len(lines), _check_lines(lines, lambda index, _: f"{path.name}: line {index + 1}")
    return Checked(1, rows, tuple(violations))


def _check_lines(lines: list[dict[str, Any]], where: RowName) -> list[Violation]:
    return check_rows(lines, "item", where=where) or check_pictures(lines, "pictured_item", where=where)


def _check_folder(folder: Path, report: Report) -> Checked:
    manifest = read_manifest(folder)
    violations = verify_folder(folder)
    broken = {violation.where for violation in violations}
    total, shards = 0, manifest.shards
    for done, shard in enumerate(shards, start=1):
        if shard.path not in broken:
            rows, found = _check_parquet(folder / shard.path, shard.path)
            violations += [*found, *_wrong_count(shard.path, rows, shard.rows)]
            total += rows
        report(shard.path, done, len(shards))
    return Checked(len(shards) + 1, total, tuple(violations))


def _wrong_count(path: str, rows: int, promised: int) -> Iterator[Violation]:
    if rows != promised:
        yield Violation(path, f"{rows} rows", f"{promised}, as {FILE_NAME} says", "build or download the folder again")


def _check_parquet(path: Path, name: str) -> tuple[int, list[Violation]]:
    """Return the rows of a file and what is wrong with them; ids that occur twice are wrong too."""
    schema = _schema_of(path)
    rows, violations = 0, list[Violation]()
    seen: set[str] = set()
    pictures = columns_with_bytes(schema)
    for table in read_tables(path, schema):
        rows += table.num_rows
        found = check_table(table, schema, where=lambda _, row: f"{name}: {row.get('id')}")
        if pictures and not found:
            shown = mappings(table.select(["id", *pictures]), schema)
            found = check_pictures(shown, schema, where=lambda _, row: f"{name}: {row['id']}")
        violations += found
        for row_id in table.column("id").to_pylist():
            if row_id in seen:
                violations.append(Violation(f"{name}: {row_id}: id", "an id that occurs twice", "each id once", "build it again"))
            seen.add(row_id)
    return rows, violations


def _schema_of(path: Path) -> str:
    """Return the declaration that a Parquet file's columns fit best; `read_tables` then says what is amiss."""
    try:
        names = set(pq.read_schema(path).names)
    except (OSError, ValueError) as error:
        first_line = str(error).partition("\n")[0]
        raise DataError(Violation(str(path), first_line, "a Parquet file", "check the path, or build it again")) from error
    return max(ROW_NAMES, key=lambda name: len(names & set(columns(name))))
