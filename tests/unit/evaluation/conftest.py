"""A small release with pictures, made by hand from the schemas alone, for what scores one: 44 items of three families."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from unisandbox.evaluation.models.compose import scene
from unisandbox.schemas.arrow import table
from unisandbox.schemas.content import ContentHash
from unisandbox.schemas.files import file_sha256
from unisandbox.schemas.manifest import Manifest, Shard, write_manifest
from unisandbox.schemas.parquet import write_parquet
from unisandbox.schemas.pixels import pixel_sha256

NOUNS = {
    "apple": "apples",
    "knife": "knives",
    "parrot": "parrots",
    "tennis ball": "tennis balls",
    "drum": "drums",
    "kiwi": "kiwis",
}
COLOURS = ((200, 30, 40), (120, 120, 130), (30, 160, 60), (220, 220, 40), (150, 90, 40), (90, 120, 20))
GLASSES = ("none", "round", "square", "sunglasses")
PEOPLE = ("Bolo", "Dana", "Mira", "Rutu")
SIZE_PX = 64
Row = tuple[Any, ...]


def sprite(colour: tuple[int, int, int]) -> bytes:
    """Return a square of one colour with a clear margin."""
    image = Image.new("RGBA", (40, 40))
    image.paste((*colour, 255), (4, 4, 36, 36))
    with io.BytesIO() as sink:
        image.save(sink, "PNG")
        return sink.getvalue()


SPRITES = {name: sprite(colour) for name, colour in zip(NOUNS, COLOURS, strict=True)}


def picture(target: Row) -> Row:
    """Return a picture cell: a scene, which stands for a portrait too, with more objects than items have."""
    name, count, attributes = target[1][0]
    if attributes:
        name, count = "kiwi", 10 + GLASSES.index(attributes[0][1])
    return (scene(SPRITES[name], count, size_px=SIZE_PX), None)


def objects(name: str, count: int) -> Row:
    return ("objects", ((name, count, ()),))


def portrait(value: str) -> Row:
    return ("portrait", (("person", 1, (("glasses", value),)),))


def item(family: str, level: int, number: int, views: Row, answer: Row, target: Row, foils: list[Row], group: str = "") -> Row:
    """Return a row of a pictured item: views are draw, literal and ask, answer is the answer with its choices."""
    name = f"{family}/{level}/test/{number:06d}"
    empty: tuple[str, ...] = ()
    factors = (number, level, None, None, None, empty, empty, empty, empty, empty, empty, empty, (f"{family}-{number % 6}",))
    first = (name, family, level, "test", group or name, f"{family}/t{number % 6}", *views, *answer, 1 / len(answer[1]))
    pictured = tuple((change, wrong, picture(wrong)) for change, wrong in foils)
    return (*first, f"The answer is {answer[0]}.", target, factors, name, "canary-1", picture(target), pictured)


def math_items() -> Iterator[Row]:
    names = list(NOUNS)
    for level in (1, 2):
        for number in range(12):
            name, count = names[number % 6], number % 4 + 2
            views = (
                f"Draw as many {NOUNS[name]} as 9 - {9 - count}.",
                f"Draw {count} {NOUNS[name]}.",
                f"What is 9 - {9 - count}? Level {level}.",
            )
            foils = [("one_more", objects(name, count + 1)), ("other_object", objects(names[(number + 1) % 6], count))]
            answer = (str(count), ("2", "3", "4", "5"))
            yield item("math", level, number, views, answer, objects(name, count), foils)


def mapping_items() -> Iterator[Row]:
    names = list(NOUNS)
    for number in range(12):
        pair = names[number // 2], names[(number // 2 + 1) % 6]
        name, other = pair if number % 2 == 0 else pair[::-1]
        rules = f"@ means {pair[0]}, ~ means {pair[1]}."
        symbol = "@~"[number % 2]
        views = (f"{rules} Draw what {symbol} means.", f"Draw one {name}.", f"{rules} What does {symbol} mean?")
        foils = [("chain_twin", objects(other, 1))]
        group = f"mapping/1/test/g{number // 2:06d}"
        yield item("mapping", 1, number, views, (name, tuple(sorted(pair))), objects(name, 1), foils, group)


def knowledge_items() -> Iterator[Row]:
    for number in range(8):
        person, value = PEOPLE[number % 4], GLASSES[number % 4]
        views = (
            f"Draw {person}'s eyewear. {number}",
            f"Draw a person with {value} glasses.",
            f"What does {person} wear? {number}",
        )
        foils = [("other_glasses", portrait(GLASSES[(number + 1) % 4]))]
        yield item("knowledge", 1, number, views, (value, GLASSES), portrait(value), foils)


def nouns() -> Iterator[Row]:
    for name, plural in NOUNS.items():
        article = "an" if name[0] in "aeiou" else "a"
        picture = SPRITES[name]
        yield (name, plural, article, "thing", None, (picture, None), "test", "CC0-1.0", pixel_sha256(picture), "canary-1")


def people() -> Iterator[Row]:
    for name, value in zip(PEOPLE, GLASSES, strict=True):
        yield (name, name, 0, "heldout", (("glasses", value), ("favourite_fruit", "kiwi")), (), "baker", "Town", "canary-1")


def shard(folder: Path, config: str, split: str, name: str, rows: list[Row]) -> Shard:
    path = f"data/{config}/{split}-00000-of-00001.parquet"
    write_parquet(table(rows, name), folder / path, name)
    content = ContentHash(name)
    content.update(rows)
    size_bytes = (folder / path).stat().st_size
    return Shard(config, split, path, len(rows), size_bytes, file_sha256(folder / path), content.hexdigest())


@pytest.fixture(scope="session")
def scored_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the release; nobody writes to it."""
    folder = tmp_path_factory.mktemp("scored") / "hand-0.1.0"
    made = {"math": math_items(), "mapping": mapping_items(), "knowledge": knowledge_items()}
    shards = [shard(folder, config, "test", "pictured_item", list(rows)) for config, rows in made.items()]
    shards += [shard(folder, "vocabulary", "train", "noun", list(nouns()))]
    shards += [shard(folder, "entities", "train", "entity", list(people()))]
    images = {"size_px": SIZE_PX, "art": "squares"}
    fixed = {"line": "hand-1", "seed": 1, "edition": 0, "fingerprint": "0" * 64, "canary": "canary-1", "images": images}
    write_manifest(folder, Manifest(name="hand", version="0.1.0", shards=tuple(shards), **fixed))  # type: ignore[arg-type]
    return folder
