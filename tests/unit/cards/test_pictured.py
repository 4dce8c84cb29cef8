"""A release with pictures says so: in its card, and by the rows that it declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from unisandbox.cards.companions import write_companions
from unisandbox.cards.metadata import metadata, row_name, row_names
from unisandbox.cards.render import card_text
from unisandbox.schemas.arrow import yaml_features
from unisandbox.schemas.manifest import Manifest

Release = Callable[..., tuple[Path, Manifest]]
IMAGES = {"size_px": 384, "art": "twemoji", "licences": ["CC-BY-4.0"], "splits": {"math/test": "reference"}}


@pytest.mark.parametrize(
    ("config", "plain", "pictured"),
    [
        ("math", "item", "pictured_item"),
        ("knowledge", "item", "pictured_item"),
        ("knowledge_corpus", "document", "document"),
        ("entities", "entity", "entity"),
        ("vocabulary", "noun", "noun"),
    ],
)
def test_pictures_make_other_rows_of_items_alone(config: str, plain: str, pictured: str) -> None:
    assert (row_name(config), row_name(config, pictured=True)) == (plain, pictured)


def test_the_features_and_the_tag_are_those_of_the_pictures(release: Release) -> None:
    _, manifest = release()
    plain, pictured = metadata(manifest), metadata(replace(manifest, images=IMAGES))
    assert [info["features"] for info in plain["dataset_info"]] == [yaml_features("item")] * 2
    assert [info["features"] for info in pictured["dataset_info"]] == [yaml_features("pictured_item")] * 2
    assert pictured["tags"] == [*plain["tags"], "image"]
    assert pictured["task_categories"] == plain["task_categories"]


def test_the_card_has_the_columns_of_the_rows(release: Release) -> None:
    _, manifest = release()
    assert row_names(manifest) == {"math": "item", "mapping": "item"}
    assert "| `foils` |" not in card_text(manifest)
    assert "| `image` | `image` |" in card_text(replace(manifest, images=IMAGES))
    assert "| `foils` |" in card_text(replace(manifest, images=IMAGES))


def test_the_card_credits_the_art(release: Release) -> None:
    _, manifest = release(images=IMAGES)
    assert "| `math/test` | reference |" in card_text(manifest)
    assert "graphics, © Twitter, Inc." in card_text(manifest)
    own = card_text(replace(manifest, images={**IMAGES, "art": "a folder of its own", "licences": ["CC0-1.0, © Me", "MIT"]}))
    assert "Pictures of objects: CC0-1.0, © Me; MIT." in own
    assert "Twitter" not in own


def test_the_folder_holds_the_one_declaration_of_items(release: Release) -> None:
    folder, manifest = release(images=IMAGES)
    write_companions(folder, manifest)
    assert sorted(path.name for path in (folder / "schemas").iterdir()) == ["item.schema.json", "manifest.schema.json"]
