"""Pictures of objects: as many as asked, whole, apart, on a ground from which they stand out; the same for the same seed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from unisandbox.errors import DataError, InputError
from unisandbox.generators.families.base import TargetObject
from unisandbox.generators.scenes import BACKGROUNDS, MOST_OBJECTS, Placed, Scene, scene, seen_on
from unisandbox.generators.sprites import TWEMOJI
from unisandbox.generators.tiles import colours_for, palette_of
from unisandbox.generators.vocabulary import nouns

SIDES = (128, 256, 384, 512)
NAMES = [noun.name for noun in nouns()][::7]


def drawn(*objects: tuple[str, int], seed: int = 1, size_px: int = 384) -> Scene:
    return scene([TargetObject(name, count) for name, count in objects], seed, size_px=size_px, art=TWEMOJI)


def apart(one: Placed, other: Placed) -> bool:
    return (
        one.left_px + one.width_px <= other.left_px
        or other.left_px + other.width_px <= one.left_px
        or one.top_px + one.height_px <= other.top_px
        or other.top_px + other.height_px <= one.top_px
    )


@pytest.mark.parametrize("size_px", SIDES)
@pytest.mark.parametrize("count", range(1, MOST_OBJECTS + 1))
def test_objects_are_as_many_as_asked_whole_and_apart(count: int, size_px: int) -> None:
    for seed, name in enumerate(NAMES[:8]):
        placed = drawn((name, count), seed=seed, size_px=size_px).placed
        assert [one.name for one in placed] == [name] * count
        assert all(apart(one, other) for one, other in itertools.combinations(placed, 2))
        assert all(min(one.left_px, one.top_px) > 0 for one in placed)
        assert all(max(one.left_px + one.width_px, one.top_px + one.height_px) < size_px for one in placed)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_but_the_ground_lies_outside_the_places(name: str) -> None:
    made = drawn((name, 5), seed=3)
    rest = np.asarray(made.image).copy()
    for one in made.placed:
        inside = rest[one.top_px : one.top_px + one.height_px, one.left_px : one.left_px + one.width_px]
        assert inside.any()
        inside[:] = 0
    assert not rest.any()


def test_the_same_seed_gives_the_same_pixels_and_another_seed_another_picture() -> None:
    seeds = [drawn(("apple", 4), seed=seed).image.convert("RGB").tobytes() for seed in range(20)]
    again = [drawn(("apple", 4), seed=seed).image.convert("RGB").tobytes() for seed in range(20)]
    assert seeds == again
    assert len(set(seeds)) == 20


def test_one_object_more_leaves_the_others_where_they_are_while_the_grid_does() -> None:
    five, six = drawn(("apple", 5), seed=2), drawn(("apple", 6), seed=2)
    assert six.placed[:5] == five.placed


def test_several_kinds_are_counted_each() -> None:
    placed = drawn(("apple", 3), ("cat", 2), ("bus", 1), ("chair", 4), seed=9).placed
    found = {name: sum(one.name == name for one in placed) for name in ("apple", "cat", "bus", "chair")}
    assert found == {"apple": 3, "cat": 2, "bus": 1, "chair": 4}


@pytest.mark.parametrize("name", [noun.name for noun in nouns()])
def test_every_object_has_grounds_from_which_it_stands_out(name: str) -> None:
    assert 3 <= len(seen_on((name,), TWEMOJI)) <= len(BACKGROUNDS)


@pytest.mark.parametrize("kinds", [("apple",), ("apple", "cat"), ("apple", "cat", "bus"), ("apple", "cat", "bus", "chair")])
def test_a_palette_fits_into_a_png_and_begins_with_the_ground(kinds: tuple[str, ...]) -> None:
    palette = palette_of(kinds, TWEMOJI, (1, 2, 3))
    assert palette[:3] == bytes((1, 2, 3))
    assert len(palette) == 3 * (1 + 7 * colours_for(len(kinds)) * len(kinds))
    assert len(palette) <= 768


@pytest.mark.parametrize(
    "objects",
    [[], [("apple", 17)], [("apple", 1), ("cat", 1), ("bus", 1), ("chair", 1), ("dog", 1)]],
    ids=["none", "too many", "too many kinds"],
)
def test_what_no_picture_can_hold_is_refused(objects: list[tuple[str, int]]) -> None:
    with pytest.raises(InputError, match="allowed: 1 to 16 objects of at most 4 kinds"):
        drawn(*objects)


def test_an_object_without_a_sprite_is_named() -> None:
    with pytest.raises(DataError, match=r"sprites\.csv: unicorn: found no sprite"):
        drawn(("unicorn", 1))
