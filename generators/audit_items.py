"""Solves again what a file of our items claims, with the documents that were published beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from unisandbox.errors import DataError, Violation
from unisandbox.generators.findings import FileAudit, Finding
from unisandbox.generators.proof import item_of, prove
from unisandbox.generators.registry import FAMILIES
from unisandbox.generators.solvers.base import Documents, Solver
from unisandbox.schemas.parquet import read_rows

NEEDS_CORPUS = "knowledge"
Report = Callable[[str, int, int], None]


def silent(_name: str, _done: int, _of: int) -> None:
    """Report nothing."""


def audit_items(name: str, rows: Iterable[Mapping[str, Any]], data: Path, solvers: dict[str, Solver]) -> FileAudit:
    """Return the audit of items.

    Args:
        name: The file, as messages name it.
        rows: The items as mappings.
        data: The folder in which the corpus of their release stands, if they need one.
        solvers: The solvers so far, by family; those that are missing are made and put in.

    Raises:
        DataError: An item is of an unknown family, or lacks the documents that it asks about.
    """
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
