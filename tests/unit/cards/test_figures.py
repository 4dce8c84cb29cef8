"""The numbers of a card are counted in the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from unisandbox.cards.figures import item_splits, other_rows
from unisandbox.errors import DataError
from unisandbox.schemas.manifest import Manifest

Own = tuple[Path, Manifest]
Release = Callable[..., Own]
pytestmark = pytest.mark.xdist_group("own_release")  # built once


def test_counts_and_guess_rates_are_those_of_the_rows(own: Own) -> None:
    folder, manifest = own
    found = {(split.config, split.name): split for split in item_splits(folder, manifest)}
    assert list(found) == [(family, split) for family in ("math", "mapping", "knowledge") for split in _named(manifest, family)]
    for (config, name), split in found.items():
        rows = [row for path in sorted((folder / "data" / config).glob(f"{name}-*")) for row in pq.read_table(path).to_pylist()]
        assert split.rows == len(rows)
        assert list(split.levels) == sorted({row["level"] for row in rows})
        for level, told in split.levels.items():
            chances = [row["chance"] for row in rows if row["level"] == level]
            assert told.rows == len(chances)
            assert told.guess_rate == pytest.approx(sum(chances) / len(chances), abs=1e-12)


def _named(manifest: Manifest, family: str) -> list[str]:
    return list(dict.fromkeys(shard.split for shard in manifest.shards if shard.config == family))


def test_a_split_tells_what_it_holds_out_and_shows(own: Own) -> None:
    folder, manifest = own
    told = {f"{split.config}/{split.name}": (split.held_out, split.pictures) for split in item_splits(folder, manifest)}
    assert told["math/train"] == ((), "none")
    assert told["math/exam"] == (("key", "depth"), "reference+foils")
    assert told["mapping/strange_things"] == (("key", "object"), "reference")


def test_the_mean_does_not_depend_on_how_rows_are_cut_into_files(own: Own) -> None:
    folder, manifest = own
    shards = [shard for shard in manifest.shards if (shard.config, shard.split) == ("knowledge", "train")]
    assert len(shards) > 1
    whole = pa.concat_tables(pq.read_table(folder / shard.path) for shard in shards)
    pq.write_table(whole, folder / shards[0].path)
    one = replace(manifest, shards=(replace(shards[0], rows=whole.num_rows),))
    cut = replace(manifest, shards=tuple(shards))
    (together,) = item_splits(folder, one)
    for shard, at in zip(shards, range(0, whole.num_rows, shards[0].rows), strict=True):
        pq.write_table(whole.slice(at, shard.rows), folder / shard.path)
    assert item_splits(folder, cut) == (together,)


def test_a_file_with_other_rows_than_the_manifest_says_gives_no_numbers(own: Own) -> None:
    folder, manifest = own
    path = folder / manifest.shards[0].path
    pq.write_table(pq.read_table(path).slice(1), path)
    with pytest.raises(DataError, match=r"train-00000-of-00002\.parquet: found 29 rows; allowed: 30 rows, as the manifest says"):
        item_splits(folder, manifest)


def test_tables_without_items_are_counted_by_the_manifest(own: Own) -> None:
    _, manifest = own
    rows = other_rows(manifest)
    assert list(rows) == [("knowledge_corpus", "train"), ("entities", "train"), ("vocabulary", "train")]
    assert rows["entities", "train"] == 40


def test_an_old_manifest_tells_no_promises(release: Release) -> None:
    folder, manifest = release()
    assert [(split.config, split.name, split.held_out, split.pictures) for split in item_splits(folder, manifest)] == [
        ("math", "train", (), "none"),
        ("math", "test", (), "none"),
        ("mapping", "test", (), "none"),
    ]
