"""The art: a pinned picture of every object; what is missing or altered is named, in our art and in anybody's."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unisandbox.errors import DataError
from unisandbox.generators.drawn_objects import DRAWINGS
from unisandbox.generators.own_art import export_art, pin_art
from unisandbox.generators.sprites import DRAWN, SPRITE_SIZE_PX, TWEMOJI, Art, check_art, sprite, sprites
from unisandbox.generators.vocabulary import nouns

NAMES = [noun.name for noun in nouns()]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("art") / "own"
    assert export_art(folder) == len(NAMES)
    return folder


@pytest.fixture
def art(exported: Path, tmp_path: Path) -> Art:
    """A folder with the pictures and lines of three objects."""
    with (exported / "sprites.csv").open(encoding="utf-8") as file:
        head, *lines = csv.reader(file)
    kept = [line for line in lines if line[0] in ("apple", "bus", "cat")]
    for line in kept:
        (tmp_path / line[1]).write_bytes((exported / line[1]).read_bytes())
    with (tmp_path / "sprites.csv").open("w", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *kept])
    return Art(str(tmp_path))


@pytest.mark.parametrize("name", NAMES)
def test_every_object_has_the_sprite_on_record(name: str) -> None:
    image = sprite(name)  # raises where its pixels are not those of the list
    assert (image.mode, image.size) == ("RGBA", (SPRITE_SIZE_PX, SPRITE_SIZE_PX))
    covered = float((np.asarray(image)[..., 3] > 127).mean())
    assert covered > 0.05


def test_the_list_has_a_line_for_every_object_and_no_other() -> None:
    assert list(sprites()) == NAMES


def test_no_two_objects_have_one_picture() -> None:
    assert len({listed.pixels_sha256 for listed in sprites().values()}) == len(NAMES)


def test_objects_without_an_emoji_are_drawn_by_our_own_code() -> None:
    drawn = {listed.name for listed in sprites().values() if listed.source == DRAWN}
    assert drawn == set(DRAWINGS) & set(NAMES)
    assert {noun.name for noun in nouns() if not noun.emoji} <= drawn
    assert len(drawn) >= 40


def test_every_sprite_has_a_licence_that_fits_the_datas() -> None:
    assert {listed.licence.partition(",")[0] for listed in sprites().values()} == {"CC-BY-4.0"}


def test_an_exported_folder_gives_the_same_pixels(exported: Path) -> None:
    own = Art(str(exported))
    assert check_art(own, NAMES) == []
    assert all(sprite(name, own).tobytes() == sprite(name).tobytes() for name in NAMES[::10])
    assert own.sha256 != TWEMOJI.sha256


def test_all_that_a_folder_lacks_is_named_at_once(art: Art) -> None:
    found = [str(one) for one in check_art(art, ["apple", "dog", "owl"])]
    assert [text.split(": ")[1] for text in found] == ["dog", "owl"]
    assert all("found no sprite; allowed: one sprite an object; add its picture and its line" in text for text in found)


def test_an_altered_picture_is_named_and_can_be_listed_again(art: Art) -> None:
    folder = Path(art.folder)
    Image.new("RGBA", (90, 90), (200, 30, 30, 255)).save(folder / "bus.png")
    (found,) = check_art(art, ["apple"])
    assert found.where.endswith("sprites.csv: bus (bus.png)")
    with pytest.raises(DataError, match="bus"):
        sprite("bus", art)
    assert pin_art(folder) == 1
    sprites.cache_clear()
    (found,) = check_art(art, ["apple", "bus", "cat"])
    assert str(found).endswith(
        "sprites.csv: bus: found no licence; allowed: one; write the licence of your picture into its line"
    )
    lines = (folder / "sprites.csv").read_text(encoding="utf-8").splitlines()
    said = [f"{line}CC0-1.0" if line.startswith("bus,") else line for line in lines]
    (folder / "sprites.csv").write_text("\n".join([*said, ""]), encoding="utf-8")
    sprites.cache_clear()
    assert check_art(art, ["apple", "bus", "cat"]) == []
    assert pin_art(folder) == 0


@pytest.mark.parametrize("size", [(90, 40), (64, 64)], ids=["not square", "transparent"])
def test_a_picture_that_shows_no_object_whole_is_refused(art: Art, size: tuple[int, int]) -> None:
    Image.new("RGBA", size).save(Path(art.folder) / "cat.png")
    with pytest.raises(DataError, match=r"cat\.png: .*; allowed: a square picture of something"):
        pin_art(Path(art.folder))


def test_an_object_that_is_listed_twice_is_named(art: Art) -> None:
    file = Path(art.folder) / "sprites.csv"
    file.write_text(file.read_text(encoding="utf-8") + "cat,cat.png,0,MIT\n", encoding="utf-8")
    sprites.cache_clear()
    with pytest.raises(DataError, match="cat: found 2 lines; allowed: one"):
        sprites(art)


@pytest.mark.parametrize("damage", [b"", b"not a picture"], ids=["empty", "no picture"])
def test_a_file_that_is_no_picture_is_named(art: Art, damage: bytes) -> None:
    (Path(art.folder) / "cat.png").write_bytes(damage)
    assert [found.where.endswith("cat.png") for found in check_art(art, ["apple"])] == [True]
    with pytest.raises(DataError, match=r"cat\.png"):
        pin_art(Path(art.folder))


def test_a_folder_without_a_list_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="make one with `unisandbox sprites`"):
        sprites(Art(str(tmp_path)))


def test_a_list_out_of_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sprites.csv").write_text("name,source,pixels_sha256,licence\napple,apple.png\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 2: found 2 cells; allowed: 4"):
        sprites(Art(str(tmp_path)))


def test_nothing_is_written_over_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="an empty folder"):
        export_art(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
