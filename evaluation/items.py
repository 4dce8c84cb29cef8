"""Reads a split of a built release, after it has proved that the split's files are those that the manifest names.

A score is only worth something beside the exact data that it was measured on, so nothing is read from a file that was cut short,
edited or taken from another version.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from unisandbox.errors import DataError, Violation
from unisandbox.schemas.manifest import Manifest, Shard, read_manifest, shard_violations
from unisandbox.schemas.parquet import read_rows


def read_items(folder: Path, config: str, split: str) -> Iterator[dict[str, Any]]:
    """Return the items of a split in the order of its files; all files are checked before the first item is given out.

    Args:
        folder: A built release: the folder that holds `manifest.json`.
        config: A config of items, e.g. `math`.
        split: One of its splits, e.g. `test_deeper`.

    Raises:
        DataError: The manifest is absent or malformed, it does not name the split, or a file is not the one that it names.
    """
    shards = _shards(read_manifest(folder), folder, config, split)
    wrong = [violation for shard in shards for violation in shard_violations(folder, shard)]
    if wrong:
        raise DataError(wrong)
    return (row for shard in shards for row in read_rows(folder / shard.path, "item"))


def _shards(manifest: Manifest, folder: Path, config: str, split: str) -> list[Shard]:
    shards = [shard for shard in manifest.shards if (shard.config, shard.split) == (config, split)]
    if not shards:
        known = sorted({f"{shard.config}/{shard.split}" for shard in manifest.shards})
        raise DataError(Violation(str(folder), f"no {config}/{split}", ", ".join(known), "name a split that the release has"))
    return sorted(shards, key=lambda shard: shard.path)
