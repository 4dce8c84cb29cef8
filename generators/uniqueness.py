"""The checks across shards, on what stands in the files: no id or draw twice, no key on both sides of a hold-out.

Rows are compared by 64-bit digests of their text in flat arrays; only where two digests are equal are the rows read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from unisandbox.errors import Violation
from unisandbox.generators.release import Release
from unisandbox.schemas.manifest import Shard

Digests = npt.NDArray[np.uint64]

MOST_SHOWN = 20
BINS = ("train", "validation")


def check_uniqueness(release: Release, folder: Path, shards: Sequence[Shard]) -> list[Violation]:
    """Return the rows of a folder that repeat another's id or draw, or whose key is on both sides of a hold-out; at most 20."""
    families = {config.family for config in release.configs}
    found: list[Violation] = []
    for config in sorted({shard.config for shard in shards}):
        own = [shard for shard in shards if shard.config == config]
        found += _repeats(folder, own, "id")
        if config in families:
            found += [*_repeats(folder, own, "draw"), *_shared_keys(folder, own)]
    return found[:MOST_SHOWN]


def digests(folder: Path, shard: Shard, column: str) -> Digests:
    """Return a 64-bit digest of every text of a column."""
    parts = []
    for texts in _texts(folder / shard.path, (column,)):
        parts += [_digest(text) for (text,) in texts]
    return np.frombuffer(b"".join(parts), np.dtype("<u8"))


def digest(text: str) -> int:
    """Return the 64-bit digest of one text, as `digests` has it."""
    return int.from_bytes(_digest(text), "little")


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def _texts(path: Path, columns: Sequence[str]) -> Iterator[list[tuple[str, ...]]]:
    """Yield columns of a file, some thousands of rows at a time."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=list(columns)):
            yield list(zip(*(batch.column(name).to_pylist() for name in columns), strict=True))


def _repeats(folder: Path, shards: Sequence[Shard], column: str) -> Iterator[Violation]:
    every = np.concatenate([digests(folder, shard, column) for shard in shards])
    values, counts = np.unique(every, return_counts=True)
    repeated = values[counts > 1][:MOST_SHOWN]
    if len(repeated):
        yield from _named(folder, shards, column, repeated, "once in a config")


def _shared_keys(folder: Path, shards: Sequence[Shard]) -> Iterator[Violation]:
    """Yield rows outside train whose key train has too, and test rows whose key validation has."""
    bins: dict[str, list[Digests]] = {"train": [], "validation": [], "test": []}
    for shard in shards:
        bins[shard.split if shard.split in BINS else "test"].append(digests(folder, shard, "key"))
    keys = {name: np.unique(np.concatenate(parts)) if parts else np.array([], np.uint64) for name, parts in bins.items()}
    for left, right in (("train", "validation"), ("train", "test"), ("validation", "test")):
        shared = np.intersect1d(keys[left], keys[right])[:MOST_SHOWN]
        if len(shared):
            yield from _named(folder, shards, "key", shared, f"a key of {left} or of {right}, not both")


def _named(folder: Path, shards: Sequence[Shard], column: str, wanted: Digests, allowed: str) -> Iterator[Violation]:
    """Yield a violation for each row whose text has one of the digests."""
    for shard in shards:
        texts = (pair for chunk in _texts(folder / shard.path, ("id", column)) for pair in chunk)
        hits = np.isin(digests(folder, shard, column), wanted)
        for hit, (row_id, text) in zip(hits.tolist(), texts, strict=True):
            if hit:
                yield Violation(f"{shard.path}: {row_id}: {column}", text[:120], allowed, "mend the family's space")
