from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from unisandbox.errors import DataError
from unisandbox.schemas.declarations import declaration
from unisandbox.schemas.files import file_sha256
from unisandbox.schemas.manifest import (
    Manifest,
    Shard,
    canonical_sha256,
    document_of,
    read_manifest,
    verify_folder,
    write_manifest,
)
from unisandbox.schemas.seals import Seal, SealedLevel, SealedSplit

CONTENT = {"math": b"math rows", "mapping": b"mapping rows"}


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


LEVEL = SealedLevel(level=2, rows=200, first=5000, end=10000, candidates=4000)
SPLIT = SealedSplit(config="math", split="sealed_test", twin="test", levels=(LEVEL,), root=sha(b"root"))
SEAL = Seal(name="sealed", scheme=1, commitment=sha(b"rows"), splits=(SPLIT,))


def shard_of(config: str) -> Shard:
    data = CONTENT[config]
    path = f"data/{config}/train-00000-of-00001.parquet"
    return Shard(config, "train", path, rows=3, size_bytes=len(data), sha256=sha(data), content_sha256=sha(data * 2))


@pytest.fixture
def manifest() -> Manifest:
    return Manifest(
        name="unisandbox",
        version="0.1.0",
        line="2026",
        seed=1,
        edition=0,
        fingerprint=sha(b"release"),
        canary="canary",
        shards=tuple(shard_of(config) for config in CONTENT),
        versions={"unisandbox": "0.1.0", "pyarrow": "26.0.1"},
        facts={"names_refused_share": 0.03, "answers": {"math": [1, 2]}},
    )


@pytest.fixture
def folder(tmp_path: Path, manifest: Manifest) -> Path:
    for shard in manifest.shards:
        path = tmp_path / shard.path
        path.parent.mkdir(parents=True)
        path.write_bytes(CONTENT[shard.config])
    write_manifest(tmp_path, manifest)
    return tmp_path


def said(folder: Path) -> list[str]:
    return [str(violation) for violation in verify_folder(folder)]


def test_the_manifest_mirrors_its_declaration(manifest: Manifest) -> None:
    properties = declaration("manifest")["properties"]
    whole = replace(manifest, images={}, release={}, seals=(SEAL,), private=True)
    assert set(document_of(whole)) == set(properties) == {field.name for field in fields(Manifest)} | {"digest"}
    assert [field.name for field in fields(Shard)] == list(properties["shards"]["items"]["properties"])
    of_seal = properties["seals"]["items"]["properties"]
    of_split = of_seal["splits"]["items"]["properties"]
    declared = (of_seal, of_split, of_split["levels"]["items"]["properties"])
    for kind, names in zip((Seal, SealedSplit, SealedLevel), declared, strict=True):
        assert {field.name for field in fields(kind)} == set(names), kind


def test_seals_come_back_as_they_were_written_and_leave_the_digest_alone(manifest: Manifest, tmp_path: Path) -> None:
    for name, sealed in {
        "sealed": replace(manifest, seals=(SEAL, replace(SEAL, name="spring"))),
        "revealed": replace(manifest, seals=(replace(SEAL, salt=sha(b"salt")),)),
        "private": replace(manifest, seals=(SEAL,), private=True),
    }.items():
        write_manifest(tmp_path / name, sealed)
        assert read_manifest(tmp_path / name) == sealed
        assert sealed.digest == manifest.digest
    assert {"seals", "private"} & set(document_of(manifest)) == set()
    assert "salt" not in json.dumps(document_of(replace(manifest, seals=(SEAL,))))


def test_a_release_that_does_not_hash_to_the_fingerprint_is_refused(folder: Path, manifest: Manifest) -> None:
    told = {"line": "2026", "configs": [{"family": "math"}]}
    write_manifest(folder, replace(manifest, release=told, fingerprint=canonical_sha256(told)))
    assert read_manifest(folder).release == told
    write_manifest(folder, replace(manifest, release={**told, "line": "2027"}, fingerprint=canonical_sha256(told)))
    with pytest.raises(DataError, match="fingerprint: found"):
        read_manifest(folder)


def test_a_manifest_comes_back_as_it_was_written(folder: Path, manifest: Manifest) -> None:
    assert read_manifest(folder) == manifest
    assert manifest.configs == ("math", "mapping")


def test_pictures_are_named_only_where_there_are_some(folder: Path, manifest: Manifest, tmp_path: Path) -> None:
    assert "images" not in document_of(manifest)
    assert document_of(manifest).keys() == json.loads((folder / "manifest.json").read_text(encoding="utf-8")).keys()
    pictured = replace(manifest, images={"size_px": 384, "art": "twemoji", "splits": {"math/test": "reference+foils"}})
    write_manifest(tmp_path / "pictured", pictured)
    assert read_manifest(tmp_path / "pictured") == pictured
    assert list(document_of(pictured)["images"]) == ["art", "size_px", "splits"]
    assert pictured.digest == manifest.digest


def test_equal_manifests_have_equal_bytes(folder: Path, manifest: Manifest, tmp_path: Path) -> None:
    turned = replace(manifest, versions=dict(reversed(manifest.versions.items())), facts=dict(reversed(manifest.facts.items())))
    first = (folder / "manifest.json").read_bytes()
    assert write_manifest(tmp_path / "again", turned).read_bytes() == first
    assert [path.name for path in (tmp_path / "again").iterdir()] == ["manifest.json"]


def test_the_digest_is_of_the_content_in_any_order(manifest: Manifest) -> None:
    turned = replace(manifest, shards=manifest.shards[::-1], versions={})
    rewritten = replace(
        manifest, shards=tuple(replace(shard, sha256=sha(b"other writer"), size_bytes=1) for shard in manifest.shards)
    )
    assert turned.digest == rewritten.digest == manifest.digest


@pytest.mark.parametrize("change", [{"rows": 4}, {"content_sha256": sha(b"other")}, {"split": "test"}])
def test_other_content_has_another_digest(manifest: Manifest, change: dict[str, Any]) -> None:
    other = replace(manifest, shards=(replace(manifest.shards[0], **change), manifest.shards[1]))
    assert other.digest != manifest.digest


def test_a_manifest_that_could_not_be_read_back_is_not_written(manifest: Manifest, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"manifest.json: shards: found \[\]; allowed: at least 1 element"):
        write_manifest(tmp_path, replace(manifest, shards=()))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_manifest_is_called_unfinished(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"manifest.json: found no file; allowed: a release folder; .* unfinished"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "found Expecting property name enclosed in double quotes at line 1; allowed: JSON;"),
        (b"\xff{}", "found a byte that is not UTF-8 at 0; allowed: JSON in UTF-8;"),
        (b"[]", r"manifest.json: found \[\]; allowed: an object;"),
        (b"{}", "manifest.json: canary: found nothing; allowed: a value; add the field"),
    ],
)
def test_a_malformed_manifest_is_refused(tmp_path: Path, text: bytes, message: str) -> None:
    (tmp_path / "manifest.json").write_bytes(text)
    with pytest.raises(DataError, match=message):
        read_manifest(tmp_path)


def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(DataError, match=r"manifest.json: found .*; allowed: a file that can be read"):
        read_manifest(tmp_path)


def test_a_digest_that_the_shards_do_not_give_is_refused(folder: Path) -> None:
    path = folder / "manifest.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["shards"][0]["rows"] += 1
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DataError, match=r"manifest.json: digest: found .*, from its shards"):
        read_manifest(folder)


def test_an_untouched_folder_is_accepted(folder: Path) -> None:
    assert said(folder) == []


def test_each_way_in_which_a_folder_differs_is_named(folder: Path, manifest: Manifest) -> None:
    math, mapping = (shard.path for shard in manifest.shards)
    (folder / math).write_bytes(b"other row")
    (folder / mapping).unlink()
    (folder / "data" / "extra.parquet").write_bytes(b"")
    fix = "build or download the folder again"
    assert said(folder) == [
        "data/extra.parquet: found a file; allowed: no file that the manifest does not list; remove it",
        f"{mapping}: found no file; allowed: a file of 12 bytes; {fix}",
        f"{math}: found sha256 {sha(b'other row')}; allowed: sha256 {sha(CONTENT['math'])}; {fix}",
    ]


def test_a_cut_file_is_named_by_its_size(folder: Path, manifest: Manifest) -> None:
    (folder / manifest.shards[0].path).write_bytes(b"math")
    assert [line.split(";")[0] for line in said(folder)] == ["data/math/train-00000-of-00001.parquet: found 4 bytes"]


def test_the_sha256_of_a_file_is_read_in_pieces(tmp_path: Path) -> None:
    data = bytes(range(256)) * 10_000
    (tmp_path / "a").write_bytes(data)
    assert file_sha256(tmp_path / "a") == sha(data)
