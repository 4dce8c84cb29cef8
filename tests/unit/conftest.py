"""A small release folder, made by hand from the schemas alone: two math splits, one of them in two files, and a mapping test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unisandbox.schemas.arrow import table
from unisandbox.schemas.content import ContentHash
from unisandbox.schemas.files import file_sha256
from unisandbox.schemas.manifest import Manifest, Shard, write_manifest
from unisandbox.schemas.parquet import write_parquet

FILES = (  # config, split, file of files, rows
    ("math", "train", "train-00000-of-00002", 3),
    ("math", "train", "train-00001-of-00002", 2),
    ("math", "test", "test-00000-of-00001", 2),
    ("mapping", "test", "test-00000-of-00001", 1),
)


def item(name: str, config: str, split: str) -> tuple[Any, ...]:
    """Return a row in the column order of the item schema."""
    target = ("objects", (("apple", 2, (("colour", "red"),)),))
    empty: tuple[str, ...] = ()
    factors = (0, 1, None, "symbols", "8 / 4", ("/",), ("apple",), empty, empty, empty, empty, empty, ("math-draw-1",))
    texts = ("Draw as many apples as 8 / 4.", "Draw 2 apples.", "What is 8 / 4?", "2")
    start = (name, config, 1, split, name, "c1", *texts, ("1", "2"), 0.5)
    return (*start, "8 / 4 = 2. The answer is 2. The picture shows 2 apples.", target, factors, f"8/4 {name}", "canary-1")


def shard(folder: Path, config: str, split: str, file: str, count: int) -> Shard:
    """Write one file of items and return its line of the manifest."""
    path = f"data/{config}/{file}.parquet"
    rows = [item(f"{config}/1/{split}/{file}-{i}", config, split) for i in range(count)]
    write_parquet(table(rows, "item"), folder / path, "item")
    digest = ContentHash("item")
    digest.update(rows)
    written = folder / path
    return Shard(config, split, path, count, written.stat().st_size, file_sha256(written), digest.hexdigest())


@pytest.fixture
def release(tmp_path: Path) -> Callable[..., tuple[Path, Manifest]]:
    """A function that builds the folder and returns it with its manifest; its arguments replace the manifest's."""

    def build(**changes: Any) -> tuple[Path, Manifest]:
        folder = tmp_path / "unisandbox-0.1.0"
        shards = tuple(shard(folder, *file) for file in FILES)
        named: dict[str, Any] = {"name": "unisandbox", "version": "0.1.0", "line": "unisandbox-1", "seed": 1, "edition": 0}
        manifest = Manifest(**{**named, "fingerprint": "0" * 64, "canary": "canary-1", "shards": shards, **changes})
        write_manifest(folder, manifest)
        return folder, manifest

    return build
