from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from unisandbox.cards.metadata import metadata, row_name, size_category
from unisandbox.schemas.manifest import Manifest

Release = Callable[..., tuple[Path, Manifest]]


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
