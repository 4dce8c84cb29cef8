"""What must hold of a release folder before it is audited: its files are those of the manifest, its splits those promised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from unisandbox.errors import DataError, Violation
from unisandbox.generators.checks.base import Published
from unisandbox.generators.registry import FAMILIES
from unisandbox.schemas.manifest import FILE_NAME, read_manifest, verify_folder


def refuse_unlike(folder: Path, against: Path | None = None) -> None:
    """Check that a folder, and the one to compare it with, are what their manifests say.

    Raises:
        DataError: Files that are absent, altered or strange; splits that are not promised, or not there; other row counts.
    """
    broken = [*verify_folder(folder), *(verify_folder(against) if against else ()), *_unpromised(folder)]
    broken = broken or list(_miscounted(folder))
    if broken:
        raise DataError(broken)


def _unpromised(folder: Path) -> Iterator[Violation]:
    """Yield the splits of items that the release does not speak of, and those that it speaks of and that are not there."""
    published = Published(folder)
    present = {(shard.config, shard.split) for shard in published.manifest.shards if shard.config in FAMILIES}
    promised = {(promise.config, promise.split) for promise in published.promises}
    for config, split in sorted(present - promised):
        yield Violation(f"{folder / FILE_NAME}: release", f"no word of {config}/{split}", "every split", "build it again")
    for config, split in sorted(promised - present):
        yield Violation(f"{folder / FILE_NAME}: shards", f"none of {config}/{split}", "every promised split", "build it again")


def _miscounted(folder: Path) -> Iterator[Violation]:
    for shard in read_manifest(folder).shards:
        try:
            rows = pq.read_metadata(folder / shard.path).num_rows
        except pa.ArrowException as error:
            yield Violation(shard.path, str(error).partition("\n")[0], "a Parquet file", "build or download the folder again")
        else:
            if rows != shard.rows:
                yield Violation(shard.path, f"{rows} rows", f"{shard.rows} rows", "build or download the folder again")
