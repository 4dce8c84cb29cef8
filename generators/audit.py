"""Solves again what a file or a release folder claims: our own items, or other people's questions from JSONL."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from unisandbox.errors import DataError, Violation
from unisandbox.generators.findings import FileAudit, Finding
from unisandbox.generators.foreign import audit_questions
from unisandbox.generators.proof import item_of, prove
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.solvers.base import Documents, Solver
from unisandbox.schemas.jsonl import read_json_lines
from unisandbox.schemas.manifest import read_manifest, verify_folder
from unisandbox.schemas.parquet import read_rows
from unisandbox.schemas.validate import check_rows

NEEDS_CORPUS = "knowledge"
Report = Callable[[str, int, int], None]


def silent(_name: str, _done: int, _of: int) -> None:
    """Report nothing."""


def audit(path: Path, report: Report = silent) -> list[FileAudit]:
    """Return the audit of a release folder (one for each of its item files), of one Parquet file of items, or of a JSONL file.

    Args:
        path: What to audit.
        report: Told of each file that is done: its name, how many are done, of how many.

    Raises:
        DataError: The path holds nothing that can be audited.
    """
    if path.is_dir():
        return list(_audit_folder(path, report))
    if path.suffix == ".parquet":
        return [_audit_items(path.name, read_rows(path, "item"), path.parent.parent, {})]
    return [_audit_json_lines(path)]


def _audit_folder(folder: Path, report: Report) -> Iterator[FileAudit]:
    manifest = read_manifest(folder)
    broken = verify_folder(folder)
    if broken:
        raise DataError(broken)
    files = [shard.path for shard in manifest.shards if shard.config in FAMILIES]
    solvers: dict[str, Solver] = {}
    for done, name in enumerate(files, start=1):
        yield _audit_items(name, read_rows(folder / name, "item"), folder / "data", solvers)
        report(name, done, len(files))


def _audit_json_lines(path: Path) -> FileAudit:
    """Return the audit of JSON lines: our own items if the first row has a `draw`, foreign questions otherwise."""
    rows = read_json_lines(path)
    first = next(rows)
    every = itertools.chain([first], rows)
    if "draw" not in first[1]:
        return audit_questions(path, every)
    items = [row for _, row in every]
    broken = check_rows(items, "item", where=lambda index, _: f"{path}: line {index + 1}")
    if broken:
        raise DataError(broken)
    return _audit_items(path.name, items, path.parent, {})


def _audit_items(name: str, rows: Iterable[Mapping[str, Any]], data: Path, solvers: dict[str, Solver]) -> FileAudit:
    """Return the audit of items; `data` is the folder in which the corpus of their release stands, if they need one."""
    count = 0
    found: list[Finding] = []
    for row in rows:
        count += 1
        family = row["family"]
        if family not in FAMILIES:
            allowed = " | ".join(FAMILIES)
            raise DataError(Violation(f"{name}: {row['id']}: family", repr(family), allowed, "audit items of these families"))
        if family not in solvers:
            solvers[family] = FAMILIES[family].solver(_documents(name, data / f"{family}_corpus", family))
        found += prove(item_of(row), solvers[family])
    return FileAudit(name, count, tuple(found))


def _documents(name: str, folder: Path, family: str) -> Documents:
    """Yield the turns of the documents that were published with the items, file by file in order."""
    files = sorted(folder.glob("*.parquet"))
    if family == NEEDS_CORPUS and not files:
        found = f"{family} items without {folder}"
        raise DataError(Violation(name, found, "items beside their corpus", "audit the release folder"))
    for file in files:
        for row in read_rows(file, "document"):
            yield tuple(turn["content"] for turn in row["messages"])
