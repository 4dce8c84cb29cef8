"""A release folder is loaded as it stands on the disk: proved, by name, and never from a cache that remembers another."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import unisandbox
from unisandbox.cards.load import load
from unisandbox.errors import DataError
from unisandbox.generators.build import build
from unisandbox.generators.release_file import parse_release
from unisandbox.schemas.files import file_sha256
from unisandbox.schemas.manifest import Manifest, write_manifest

Release = Callable[..., tuple[Path, Manifest]]
TEST = "data/math/test-00000-of-00001.parquet"
PICTURED = """
name = "pictured"
version = "0.0.1"
line = "pictured-line"
seed = 5
editions = 2
canary = "pictured-canary"
images = "reference+foils"
image_size_px = 128

[math.splits.test]
levels = [1]
rows = 6
held_out = ["key"]
"""


@pytest.fixture
def folder(release: Release) -> Path:
    return release()[0]


def refused(*arguments: Any, **named: Any) -> str:
    """Return the whole text of the refusal; each of its lines has four parts."""
    with pytest.raises(DataError) as error:
        load(*arguments, **named)
    assert all(": found " in line and "; allowed: " in line and line.count("; ") >= 2 for line in str(error.value).splitlines())
    return str(error.value)


def test_a_config_is_returned_with_all_its_splits(folder: Path, tmp_path: Path) -> None:
    loaded = load(folder, "math", cache_dir=tmp_path / "kept")
    assert list(loaded) == ["train", "test"]
    assert [rows.num_rows for rows in loaded.values()] == [5, 2]
    assert loaded["train"]["id"][3:] == [f"math/1/train/train-00001-of-00002-{i}" for i in range(2)]


def test_a_split_is_returned_alone_and_says_its_version(folder: Path, tmp_path: Path) -> None:
    rows = load(str(folder), "math", "test", cache_dir=tmp_path / "kept")
    assert (rows.num_rows, str(rows.info.version), rows.info.config_name) == (2, "0.1.0", "math")
    assert rows[0]["target"]["objects"][0]["count"] == 2


def test_the_front_of_the_package_loads_too(folder: Path, tmp_path: Path) -> None:
    rows = unisandbox.load(folder, "mapping", "test", cache_dir=tmp_path / "kept")
    assert rows["id"] == load(folder, "mapping", "test", cache_dir=tmp_path / "kept")["id"]


def test_pictures_are_decoded(tmp_path: Path) -> None:
    assert build(parse_release(PICTURED, where="pictured"), tmp_path / "pictured", workers=1).manifest is not None
    rows = load(tmp_path / "pictured", "math", "test", cache_dir=tmp_path / "kept")
    assert [row["image"].size for row in rows] == [(128, 128)] * 6
    assert all(foil["image"].size == (128, 128) for row in rows for foil in row["foils"])


def test_a_folder_that_was_written_anew_gives_its_new_rows(release: Release, tmp_path: Path) -> None:
    folder, manifest = release()
    old = load(folder, "math", "test", cache_dir=tmp_path / "kept")
    path, (shard,) = folder / TEST, [one for one in manifest.shards if one.path == TEST]
    stood = path.stat()
    rows = pq.read_table(path)
    pq.write_table(rows.set_column(0, rows.schema.field("id"), [["math/1/test/new-0", "math/1/test/new-1"]]), path)
    os.utime(path, ns=(stood.st_atime_ns, stood.st_mtime_ns))  # of the same age too
    new = replace(shard, sha256=file_sha256(path), size_bytes=path.stat().st_size, content_sha256="b" * 64)
    write_manifest(folder, replace(manifest, shards=tuple(new if one is shard else one for one in manifest.shards)))
    assert load(folder, "math", "test", cache_dir=tmp_path / "kept")["id"] == ["math/1/test/new-0", "math/1/test/new-1"]
    assert old["id"] == [f"math/1/test/test-00000-of-00001-{i}" for i in range(2)]


def test_a_folder_that_was_moved_gives_its_own_rows(release: Release, tmp_path: Path) -> None:
    folder, _ = release()
    moved = Path(shutil.move(folder, tmp_path / "moved"))
    other, _ = release(version="0.2.0")
    for one, version in ((moved, "0.1.0"), (other, "0.2.0")):
        assert str(load(one, "math", "test", cache_dir=tmp_path / "kept").info.version) == version


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-9]), "bytes; allowed: "),
        (lambda path: path.write_bytes(b"x" + path.read_bytes()[1:]), "sha256 "),
        (lambda path: path.unlink(), "no file"),
    ],
    ids=["truncated", "edited", "removed"],
)
def test_a_file_that_is_not_the_manifests_is_refused(folder: Path, tmp_path: Path, change: Any, said: str) -> None:
    load(folder, "math", cache_dir=tmp_path / "kept")
    change(folder / TEST)
    text = refused(folder, "math", "test", cache_dir=tmp_path / "kept")
    assert text.startswith(f"{folder}: {TEST}: found ")
    assert said in text
    assert text.endswith("build or download the folder again")
    assert load(folder, "math", "train", cache_dir=tmp_path / "kept").num_rows == 5  # a file that nobody asked for breaks nothing
    assert load(folder, "mapping", cache_dir=tmp_path / "kept").num_rows == {"test": 1}


def test_fewer_rows_than_the_manifest_promises_are_refused(release: Release, tmp_path: Path) -> None:
    folder, manifest = release()
    shards = tuple(replace(one, rows=9) if one.path == TEST else one for one in manifest.shards)
    write_manifest(folder, replace(manifest, shards=shards))
    assert f"{folder}: test: found 2 rows; allowed: 9, as manifest.json says" in refused(
        folder, "math", cache_dir=tmp_path / "kept"
    )


def test_a_config_or_split_that_is_not_there_is_refused_with_those_that_are(folder: Path) -> None:
    assert refused(folder, "maths") == f"{folder}: config: found 'maths'; allowed: math, mapping; name one of these"
    wanted = f"{folder}: split of math: found 'validation'; allowed: train, test; name one of these"
    assert refused(folder, "math", "validation") == wanted


def test_what_is_no_release_folder_is_refused(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "no file" in refused(tmp_path, "math")
    assert "manifest.json" in refused(folder / TEST, "math")
    for text in ("nowhere", "no/where/at-all", f"{folder.name}/nothing", "org/name@0.1.0", "org/name@main"):
        assert "allowed: org/name@vX.Y.Z, e.g. org/name@v0.2.0, or a folder that exists" in refused(text, "math")
