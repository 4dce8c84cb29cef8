"""croissant.json names every file with its sha256, and its reader finds the rows by it, without a network."""

from __future__ import annotations

import hashlib
import io
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from unisandbox.cards.companions import write_companions
from unisandbox.cards.croissant import REQUIRED, check_required
from unisandbox.cards.croissant_fields import fields
from unisandbox.errors import DataError
from unisandbox.schemas.declarations import row_field
from unisandbox.schemas.manifest import Manifest

Own = tuple[Path, Manifest]
pytestmark = [
    pytest.mark.xdist_group("own_release"),  # built once
    # rdflib warns of itself, and pandas of mlcroissant 1.1.1:
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.reset_index:DeprecationWarning"),
]


def document(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "croissant.json").read_text(encoding="utf-8"))
    return told


def leaf(record: dict[str, Any], name: str) -> Any:
    return next(value for key, value in record.items() if key.endswith(f"/{name}"))


@pytest.fixture(scope="module")
def opened(built: Path) -> Any:
    """The folder as mlcroissant reads it, once it has found nothing wrong but that there is no date."""
    import mlcroissant  # takes seconds, as its check does

    told = io.StringIO()
    handler = logging.StreamHandler(told)
    logging.getLogger("absl").addHandler(handler)
    dataset = mlcroissant.Dataset(str(built / "croissant.json"))
    logging.getLogger("absl").removeHandler(handler)
    assert "1 warning(s)" in told.getvalue()
    assert "datePublished" in told.getvalue()
    assert "not standard" not in told.getvalue()
    return dataset


def test_every_file_is_named_with_its_size_and_sha256(own: Own) -> None:
    folder, manifest = own
    told = {file["@id"]: file for file in document(folder)["distribution"]}
    assert sorted(told) == sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet"))
    assert len(told) == len(manifest.shards) > 10
    for path, file in told.items():
        content = (folder / path).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["contentSize"] == f"{len(content)} B"
        assert (file["contentUrl"], file["encodingFormat"]) == (path, "application/x-parquet")


def test_in_a_repository_files_have_the_address_of_their_version(own: Own) -> None:
    folder, manifest = own
    write_companions(folder, manifest, repo="org/name")
    told = document(folder)
    for file in told["distribution"]:
        assert file["contentUrl"] == f"https://huggingface.co/datasets/org/name/resolve/v1.4.2/{file['@id']}"
    assert told["url"] == "https://huggingface.co/datasets/org/name"
    assert told["version"] == "1.4.2"


def test_every_split_is_a_record_set_and_one_in_several_files_is_one_a_file(own: Own) -> None:
    folder, manifest = own
    names = [one["@id"] for one in document(folder)["recordSet"]]
    assert len(names) == len(set(names)) == len(manifest.shards)
    assert names[:4] == ["math/train/1", "math/train/2", "math/exam/1", "math/exam/2"]
    assert "mapping/strange_things" in names


@pytest.mark.parametrize(
    "name",
    ["math/exam/1", "mapping/train", "knowledge/exam/1", "knowledge_corpus/train/1", "entities/train/1", "vocabulary/train/1"],
)
def test_records_are_the_rows_of_their_files(built: Path, opened: Any, name: str) -> None:
    (told,) = [one for one in document(built)["recordSet"] if one["@id"] == name]
    rows = pq.read_table(built / told["field"][0]["source"]["fileObject"]["@id"]).to_pylist()
    records = list(opened.records(name))
    assert [leaf(record, "id").decode() for record in records] == [row["id"] for row in rows]
    for record, row in zip(records, rows, strict=True):
        for key, value in record.items():
            column = key.removeprefix(f"{name}/")
            if isinstance(value, bytes):
                assert value.decode() == row[column]
            elif isinstance(value, int | float):
                assert value == row[column]


def test_pictures_and_what_lies_in_structs_and_lists_are_read(built: Path, opened: Any) -> None:
    record = next(iter(opened.records("math/exam/1")))
    row = pq.read_table(built / "data/math/exam-00000-of-00002.parquet").slice(0, 1).to_pylist()[0]
    assert leaf(record, "image").size == (128, 128)
    assert [leaf(foil, "image").size for foil in leaf(record, "foils")] == [(128, 128)] * len(row["foils"])
    assert [leaf(foil, "change").decode() for foil in leaf(record, "foils")] == [foil["change"] for foil in row["foils"]]
    assert leaf(leaf(record, "target/objects")[0], "count") == row["target"]["objects"][0]["count"]
    assert leaf(leaf(record, "factors"), "expression").decode() == row["factors"]["expression"]
    assert [choice.decode() for choice in leaf(record, "choices")] == row["choices"]


def test_a_split_without_pictures_has_none(opened: Any) -> None:
    record = next(iter(opened.records("math/train/1")))
    assert leaf(record, "image") is None
    assert {leaf(foil, "image") for foil in leaf(record, "foils")} == {None}


@pytest.mark.parametrize("rows", ["item", "pictured_item", "document", "entity", "noun"])
def test_every_column_is_a_field(rows: str) -> None:
    made = list(fields(rows, "a/b", "file"))
    assert [field["name"] for field in made] == [name for name, _ in row_field(rows).members]


def test_a_field_says_where_its_value_lies() -> None:
    made = {field["name"]: field for field in fields("pictured_item", "a/b", "file")}
    assert made["image"]["dataType"] == "sc:ImageObject"
    assert made["image"]["source"]["transform"] == {"jsonPath": "bytes"}
    assert made["chance"]["dataType"] == "sc:Float"
    assert made["choices"]["isArray"] is True
    (kind, objects) = made["target"]["subField"]
    assert kind["source"] == {"fileObject": {"@id": "file"}, "extract": {"column": "target"}, "transform": {"jsonPath": "kind"}}
    assert [field["name"] for field in objects["subField"]] == ["name", "count"]  # attributes are a list in a list


def test_responsible_use_is_told_in_the_words_of_the_card(own: Own) -> None:
    folder, _ = own
    told, card = document(folder), (folder / "README.md").read_text(encoding="utf-8")
    plain = " ".join(card.split())
    for key in ("rai:dataLimitations", "rai:dataBiases"):
        assert len(told[key]) >= 2
        assert [point for point in told[key] if f"- {point}" not in plain] == []
    for key in ("rai:personalSensitiveInformation", "rai:dataSocialImpact", "rai:dataReleaseMaintenancePlan"):
        assert told[key] in plain
    assert told["rai:hasSyntheticData"] is True
    assert told["rai:dataCollectionType"] == "Synthetic"
    assert told["prov:wasDerivedFrom"] == ["https://arxiv.org/abs/2511.20561", "https://github.com/jdecked/twemoji"]
    assert "unisandbox 0." in told["prov:wasGeneratedBy"]


@pytest.mark.parametrize("key", [*REQUIRED, "distribution: sha256", "distribution: contentUrl"])
def test_what_a_reader_needs_and_the_validator_misses_is_checked(own: Own, key: str) -> None:
    told = document(own[0])
    check_required(told)
    if key.startswith("distribution: "):
        told["distribution"][1][key.removeprefix("distribution: ")] = ""
        said = rf"croissant\.json: distribution\[1\]: {key.removeprefix('distribution: ')}: found nothing"
    else:
        del told[key]
        said = rf"croissant\.json: {key}: found nothing; allowed: a value"
    with pytest.raises(DataError, match=said):
        check_required(told)


def test_a_release_without_pictures_derives_from_no_art(release: Callable[..., Own]) -> None:
    folder, manifest = release()
    write_companions(folder, manifest)
    assert document(folder)["prov:wasDerivedFrom"] == ["https://arxiv.org/abs/2511.20561"]
    assert "image" not in document(folder)["keywords"]
