"""A release with pictures says so: by the rows that it declares, and by crediting the art."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from unisandbox.cards.companions import companions
from unisandbox.cards.metadata import metadata, row_name, row_names
from unisandbox.schemas.arrow import yaml_features
from unisandbox.schemas.manifest import Manifest

Own = tuple[Path, Manifest]
Release = Callable[..., Own]
pytestmark = pytest.mark.xdist_group("own_release")  # built once
IMAGES = {"size_px": 384, "art": "twemoji", "licences": ["CC-BY-4.0"], "splits": {"math/test": "reference"}}


def card(folder: Path, manifest: Manifest) -> str:
    return companions(folder, manifest)["README.md"].decode()


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
    assert pictured["task_categories"] == plain["task_categories"] == ["text-to-image", "question-answering"]


def test_the_card_has_the_columns_of_the_rows(release: Release, own: Own) -> None:
    folder, manifest = release()
    assert row_names(manifest) == {"math": "item", "mapping": "item"}
    plain, pictured = card(folder, manifest), card(*own)
    assert "| `foils` |" not in plain
    assert "`foils`" not in plain
    assert "| pictures |" not in plain
    assert "| `image` | `image` |" in pictured
    assert "| `foils` |" in pictured
    assert "A judge that takes a foil for the target" in pictured


def test_the_card_credits_the_art(own: Own) -> None:
    folder, manifest = own
    assert "graphics, © Twitter, Inc." in card(folder, manifest)
    images = {**(manifest.images or {}), "art": "a folder of its own", "licences": ["CC0-1.0, © Me", "MIT"]}
    text = card(folder, replace(manifest, images=images))
    assert "Pictures of objects: CC0-1.0, © Me; MIT." in text
    assert "Twitter" not in text


def test_the_card_links_the_contact_sheets_that_are_there(own: Own) -> None:
    folder, manifest = own
    assert "More pictures" not in card(folder, manifest)
    for name in ("contact-sheet.png", "contact-sheet-math.png"):
        (folder / name).write_bytes(b"PNG")
    text = card(folder, manifest)
    assert "More pictures: [math](contact-sheet-math.png), [all together](contact-sheet.png)." in text


def test_the_folder_holds_the_one_declaration_of_items(own: Own) -> None:
    folder, manifest = own
    made = [path.removeprefix("schemas/") for path in companions(folder, manifest) if path.startswith("schemas/")]
    kinds = ("audit", "document", "entity", "item", "manifest", "noun", "versions")
    assert made == [f"{kind}.schema.json" for kind in kinds]
