from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from unisandbox.errors import DataError
from unisandbox.evaluation.items import read_items
from unisandbox.schemas.manifest import Manifest

Release = Callable[..., tuple[Path, Manifest]]


def test_the_items_of_a_split_come_in_the_order_of_its_files(release: Release) -> None:
    folder, _ = release()
    names = [row["id"].rpartition("/")[2] for row in read_items(folder, "math", "train")]
    files = ("train-00000-of-00002", "train-00001-of-00002")
    assert names == [f"{files[0]}-0", f"{files[0]}-1", f"{files[0]}-2", f"{files[1]}-0", f"{files[1]}-1"]


def test_an_item_has_its_nested_values(release: Release) -> None:
    folder, _ = release()
    row = next(iter(read_items(folder, "mapping", "test")))
    assert row["target"]["objects"] == [{"name": "apple", "count": 2, "attributes": [{"name": "colour", "value": "red"}]}]
    assert row["factors"]["direction"] is None


def test_a_changed_file_is_refused_before_the_first_item(release: Release) -> None:
    folder, manifest = release()
    path = folder / manifest.shards[1].path
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"train-00001-of-00002\.parquet: found sha256 .*; allowed: sha256 "):
        read_items(folder, "math", "train")


def test_a_missing_file_is_refused(release: Release) -> None:
    folder, manifest = release()
    (folder / manifest.shards[0].path).unlink()
    with pytest.raises(DataError, match="no file; allowed: a file of"):
        read_items(folder, "math", "train")


def test_files_of_other_splits_are_not_looked_at(release: Release) -> None:
    folder, manifest = release()
    (folder / manifest.shards[0].path).unlink()
    assert len(list(read_items(folder, "math", "test"))) == 2


def test_a_split_that_is_not_there_is_refused_with_those_that_are(release: Release) -> None:
    folder, _ = release()
    with pytest.raises(DataError, match="no math/tset; allowed: mapping/test, math/test, math/train"):
        read_items(folder, "math", "tset")


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"manifest\.json: found no file"):
        read_items(tmp_path, "math", "test")
