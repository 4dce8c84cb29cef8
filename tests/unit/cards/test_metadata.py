from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from datasets import Features
from datasets.info import DatasetInfosDict
from datasets.utils.metadata import MetadataConfigs
from huggingface_hub import DatasetCard

from unisandbox.cards.metadata import metadata, row_name, size_category
from unisandbox.schemas.manifest import Manifest

Release = Callable[..., tuple[Path, Manifest]]
pytestmark = pytest.mark.xdist_group("own_release")  # built once


@pytest.mark.parametrize(
    ("rows", "category"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (999_999, "100K<n<1M"), (10**8, "100M<n<1B"), (10**9, "n>1B")],
)
def test_a_size_category_holds_its_lower_bound_and_not_its_upper(rows: int, category: str) -> None:
    assert size_category(rows) == category


@pytest.mark.parametrize(
    ("config", "schema"),
    [("math", "item"), ("knowledge", "item"), ("knowledge_corpus", "document"), ("entities", "entity")],
)
def test_a_config_is_declared_by_the_schema_of_its_rows(config: str, schema: str) -> None:
    assert row_name(config) == schema


def test_exactly_math_is_the_default_config(release: Release) -> None:
    _, manifest = release()
    assert [config["config_name"] for config in metadata(manifest)["configs"] if config.get("default")] == ["math"]


def test_without_math_the_first_config_is_the_default(release: Release) -> None:
    _, manifest = release()
    _, other = release(shards=manifest.shards[3:])
    assert [config.get("default") for config in metadata(other)["configs"]] == [True]


def test_a_split_counts_the_rows_of_all_its_files(release: Release) -> None:
    _, manifest = release()
    train, test = metadata(manifest)["dataset_info"][0]["splits"]
    assert (train["name"], train["num_examples"]) == ("train", 5)
    assert (test["name"], test["num_examples"]) == ("test", 2)


def test_a_version_keeps_its_three_numbers(release: Release) -> None:
    _, manifest = release(version="1.2.3-rc.1")
    assert {config["version"] for config in metadata(manifest)["configs"]} == {"1.2.3"}


def test_the_readers_of_datasets_take_the_block_as_it_is_meant(own: tuple[Path, Manifest]) -> None:
    folder, manifest = own
    data = DatasetCard((folder / "README.md").read_text(encoding="utf-8")).data
    configs, infos = MetadataConfigs.from_dataset_card_data(data), DatasetInfosDict.from_dataset_card_data(data)
    assert list(configs) == list(infos) == list(manifest.configs)
    assert configs.get_default_config_name() == "math"
    assert {config["version"] for config in configs.values()} == {"1.4.2"}
    for config, info in infos.items():
        files = {split: sorted(path.name for path in (folder / "data" / config).glob(f"{split}-*")) for split in info.splits}
        assert {split: told.num_examples for split, told in info.splits.items()} == {
            split: sum(pq.read_metadata(folder / "data" / config / name).num_rows for name in names)
            for split, names in files.items()
        }
        schema = pq.read_schema(folder / manifest_path(manifest, config))
        assert info.features == Features.from_arrow_schema(schema)


def manifest_path(manifest: Manifest, config: str) -> str:
    return next(shard.path for shard in manifest.shards if shard.config == config)


def test_the_patterns_find_the_files_where_they_lie(release: Release) -> None:
    _, manifest = release()
    moved = tuple(replace(shard, path=shard.path.replace("data/", "private/")) for shard in manifest.shards)
    (first, *_) = metadata(replace(manifest, shards=moved))["configs"]
    assert first["data_files"][0] == {"split": "train", "path": "private/math/train-*.parquet"}


def test_the_names_that_the_hub_lists_are_its_own(release: Release) -> None:
    _, manifest = release()
    block = metadata(manifest)
    assert (block["license"], block["language"], block["pretty_name"]) == ("cc-by-4.0", ["en"], "unisandbox 0.1.0")
    assert block["annotations_creators"] == block["language_creators"] == ["machine-generated"]
    assert block["source_datasets"] == ["original"]
    assert block["size_categories"] == ["n<1K"]
