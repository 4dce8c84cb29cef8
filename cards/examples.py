"""One real item of each family for the card, with its pictures: copies of the files that stand in the row."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from unisandbox.cards.eval_file import NO_TEST
from unisandbox.cards.figures import Split
from unisandbox.cards.metadata import row_name
from unisandbox.cards.promises import PICTURES
from unisandbox.schemas.manifest import Manifest

FOLDER: Final = "card"
SAID: Final = {"chain_twin": "other chain"}  # of a change, where its name alone tells little
SHOWN_LEVEL: Final = 2  # where a split has it: the lowest level of some families asks for no inference that is worth a look


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of an item: its path in the release folder, what it is (`target` or a change), what it shows, the PNG file."""

    path: str
    change: str
    shows: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Example:
    """An item as a card shows it; `row` is the row as JSON gives it."""

    family: str
    row: Mapping[str, Any]
    pictures: tuple[Picture, ...]


def examples(folder: Path, manifest: Manifest, splits: Sequence[Split]) -> tuple[Example, ...]:
    """Return an item of each family, in the order of the manifest: of a test with pictures where there is one."""
    return tuple(_example(folder, manifest, family, splits) for family in dict.fromkeys(split.config for split in splits))


def shown(target: Mapping[str, Any]) -> str:
    """Return what a picture of a target shows, in words.

    >>> shown({"kind": "objects", "objects": [{"name": "apple", "count": 2, "attributes": []}]})
    '2 × apple'
    """
    return ", ".join(_object(one, alone=target["kind"] == "portrait") for one in target["objects"])


def _object(one: Mapping[str, Any], *, alone: bool) -> str:
    name = one["name"] if alone else f"{one['count']} × {one['name']}"
    attributes = [f"{_words(each['name'])} {each['value']}" for each in one["attributes"]]
    return f"{name}: {', '.join(attributes)}" if attributes else name


def _words(name: str) -> str:
    return SAID.get(name, name.replace("_", " "))


def _example(folder: Path, manifest: Manifest, family: str, splits: Sequence[Split]) -> Example:
    split = min((one for one in splits if one.config == family), key=_worth)
    level = SHOWN_LEVEL if SHOWN_LEVEL in split.levels else min(split.levels)
    row = _first_row(folder, manifest, split, level)
    return Example(family, row, tuple(_pictures(family, row)))


def _worth(split: Split) -> tuple[bool, int, bool]:
    """Return a key by which the split to show comes first: a test, one with many pictures, the one named so."""
    return split.name in NO_TEST, -PICTURES.index(split.pictures), split.name != "test"


def _first_row(folder: Path, manifest: Manifest, split: Split, level: int) -> dict[str, Any]:
    from unisandbox.schemas.arrow import mappings
    from unisandbox.schemas.parquet import read_tables

    name = row_name(split.config, pictured=manifest.images is not None)
    paths = [shard.path for shard in manifest.shards if (shard.config, shard.split) == (split.config, split.name)]
    for path in paths:
        for table in read_tables(folder / path, name):
            levels = table["level"].to_pylist()
            if level in levels:
                return mappings(table.slice(levels.index(level), 1), name)[0]
    raise AssertionError(f"{split.config}/{split.name} has no item of level {level}, and just had one")


def _pictures(family: str, row: Mapping[str, Any]) -> list[Picture]:
    """Return the pictures of an item, the target's first; a split without pictures of foils has none of them."""
    every = [("target", row["target"], row.get("image"))]
    every += [(foil["change"], foil["target"], foil["image"]) for foil in row.get("foils") or ()]
    held = [(change, target, base64.b64decode(image["bytes"])) for change, target, image in every if image is not None]
    return [
        Picture(f"{FOLDER}/{family}-{number}.png", _words(change), shown(target), content)
        for number, (change, target, content) in enumerate(held)
    ]
