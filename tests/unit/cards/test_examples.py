"""The items that a card shows are rows of the release, with the pictures that stand in them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image

from unisandbox.cards.examples import examples, shown
from unisandbox.cards.figures import item_splits
from unisandbox.schemas.manifest import Manifest

Own = tuple[Path, Manifest]
pytestmark = pytest.mark.xdist_group("own_release")  # built once


def test_each_family_shows_a_row_of_the_test_with_most_pictures(own: Own) -> None:
    folder, manifest = own
    found = examples(folder, manifest, item_splits(folder, manifest))
    assert [example.family for example in found] == ["math", "mapping", "knowledge"]
    assert [example.row["id"] for example in found] == [
        "math/2/exam/000000",
        "mapping/1/strange_things/000000",
        "knowledge/2/exam/000000",
    ]


def test_the_pictures_are_copies_of_those_in_the_row(own: Own) -> None:
    folder, manifest = own
    for example in examples(folder, manifest, item_splits(folder, manifest)):
        split = example.row["split"]
        files = sorted((folder / "data" / example.family).glob(f"{split}-*"))
        rows = [row for path in files for row in pq.read_table(path).to_pylist()]
        (row,) = [row for row in rows if row["id"] == example.row["id"]]
        held = [row["image"], *(foil["image"] for foil in row["foils"] if foil["image"] is not None)]
        assert [picture.content for picture in example.pictures] == [image["bytes"] for image in held]
        assert [Image.open(io.BytesIO(picture.content)).format for picture in example.pictures] == ["PNG"] * len(held)
        assert [picture.path for picture in example.pictures] == [f"card/{example.family}-{n}.png" for n in range(len(held))]
        assert example.pictures[0].change == "target"
        assert example.pictures[0].shows == shown(row["target"])


def test_the_split_with_foils_shows_them(own: Own) -> None:
    folder, manifest = own
    math = examples(folder, manifest, item_splits(folder, manifest))[0]
    assert len(math.pictures) > 1
    assert all(picture.change != "target" for picture in math.pictures[1:])


def test_a_release_without_pictures_shows_the_words_alone(release: Callable[..., Own]) -> None:
    folder, manifest = release()
    found = examples(folder, manifest, item_splits(folder, manifest))
    assert [(example.row["id"], example.pictures) for example in found] == [
        ("math/1/test/test-00000-of-00001-0", ()),
        ("mapping/1/test/test-00000-of-00001-0", ()),
    ]


def test_a_portrait_is_told_by_its_attributes() -> None:
    hat = [{"name": "hat", "value": "cap"}, {"name": "hair_colour", "value": "red"}]
    assert (
        shown({"kind": "portrait", "objects": [{"name": "Bo", "count": 1, "attributes": hat}]}) == "Bo: hat cap, hair colour red"
    )
