from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from datasets import Value, get_dataset_config_names, load_dataset
from datasets.exceptions import NonMatchingSplitsSizesError
from jinja2 import UndefinedError

from unisandbox.cards import render
from unisandbox.cards.render import card_text, columns, write_card
from unisandbox.schemas.declarations import row_field
from unisandbox.schemas.manifest import Manifest

Release = Callable[..., tuple[Path, Manifest]]


@pytest.fixture(autouse=True)
def _cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")


def test_a_folder_with_its_card_is_a_dataset_with_typed_splits(release: Release) -> None:
    folder, manifest = release()
    write_card(folder, manifest)
    loaded = load_dataset(str(folder), "math")
    assert {split: len(rows) for split, rows in loaded.items()} == {"train": 5, "test": 2}
    features = loaded["train"].features
    assert list(features) == [name for name, _ in row_field("item").members]
    assert features["level"] == Value("int32")
    assert loaded["test"][0]["target"]["objects"][0]["name"] == "apple"
    assert str(loaded["test"].info.version) == "0.1.0"


def test_a_folder_with_its_card_streams(release: Release) -> None:
    folder, manifest = release()
    write_card(folder, manifest)
    rows = list(load_dataset(str(folder), "mapping", split="test", streaming=True))
    assert [row["answer"] for row in rows] == ["2"]


def test_the_configs_are_those_of_the_manifest_and_math_needs_no_name(release: Release) -> None:
    folder, manifest = release()
    write_card(folder, manifest)
    assert get_dataset_config_names(str(folder)) == ["math", "mapping"]
    assert set(load_dataset(str(folder))) == {"train", "test"}


def test_a_file_that_lost_rows_does_not_load(release: Release) -> None:
    folder, manifest = release()
    write_card(folder, manifest)
    (folder / manifest.shards[1].path).unlink()
    with pytest.raises(NonMatchingSplitsSizesError, match="num_examples=5"):
        load_dataset(str(folder), "math")


def test_the_body_has_every_split_and_every_column(release: Release) -> None:
    _, manifest = release()
    body = card_text(manifest).split("---\n", 2)[2]
    assert "| `math` | `train` | 5 |" in body
    assert "| `mapping` | `test` | 1 |" in body
    assert len(columns("item")) == len(row_field("item").members)
    assert all(f"| `{name}` | `{kind}` | {text} |" in body for name, kind, text in columns("item"))


def test_the_card_says_the_same_for_the_same_manifest(release: Release) -> None:
    folder, manifest = release()
    write_card(folder, manifest)
    first = (folder / "README.md").stat().st_mtime_ns
    write_card(folder, manifest)
    assert (folder / "README.md").stat().st_mtime_ns == first
    assert (folder / "README.md").read_text(encoding="utf-8") == card_text(manifest)


def test_a_card_with_a_blank_is_refused(release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, manifest = release()
    (tmp_path / render.TEMPLATE).write_text("by {{ curators }}")
    monkeypatch.setattr(render, "files", {"unisandbox.cards": tmp_path}.get)
    with pytest.raises(UndefinedError, match="'curators' is undefined"):
        card_text(manifest)
