"""Solves again what a file or a release folder claims: our own items from Parquet or JSONL, other people's questions from JSONL."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from unisandbox.errors import DataError, Violation
from unisandbox.generators.findings import Finding
from unisandbox.generators.foreign import FileAudit, audit_file
from unisandbox.generators.proof import Documents, Prover, item_of
from unisandbox.generators.registry import FAMILIES
from unisandbox.schemas.manifest import Manifest, read_manifest, verify_folder
from unisandbox.schemas.parquet import read_rows

CORPUS = "{family}_corpus"
Report = Callable[[str, int, int], None]


def audit(path: Path, report: Report = lambda name, done, of: None) -> list[FileAudit]:
    """Return the audit of a release folder (each of its item files), of one Parquet file of items, or of a JSONL file.

    Args:
        path: What to audit.
        report: Told of each file that is done: its name, how many are done, of how many.

    Raises:
        DataError: The path holds nothing that can be audited.
    """
    if path.is_dir():
        return list(_audit_folder(path, report))
    if path.suffix == ".parquet":
        return [_audit_items(path, path.name, {})]
    return [audit_file(path)]


def _audit_folder(folder: Path, report: Report) -> Iterator[FileAudit]:
    manifest = read_manifest(folder)
    broken = verify_folder(folder)
    if broken:
        raise DataError(broken)
    files = [shard.path for shard in manifest.shards if shard.config in FAMILIES]
    provers: dict[str, Prover] = {}
    for done, name in enumerate(files, start=1):
        yield _audit_items(folder / name, name, provers)
        report(name, done, len(files))


def _audit_items(path: Path, name: str, provers: dict[str, Prover]) -> FileAudit:
    count, found = 0, []
    for row in read_rows(path, "item"):
        count += 1
        family = row["family"]
        if family not in FAMILIES:
            allowed = " | ".join(FAMILIES)
            raise DataError(Violation(f"{path}: {row['id']}: family", repr(family), allowed, "audit items of these families"))
        if family not in provers:
            provers[family] = FAMILIES[family].prover(published_documents(path, family))
        found += provers[family](item_of(row))
    return FileAudit(name, count, tuple(found))


def published_documents(path: Path, family: str) -> Documents:
    """Yield the turns of the documents that stand beside an item file of a release folder, sorted by file."""
    folder = path.parent.parent / CORPUS.format(family=family)
    for file in sorted(folder.glob("*.parquet")):
        for row in read_rows(file, "document"):
            yield tuple(turn["content"] for turn in row["messages"])
