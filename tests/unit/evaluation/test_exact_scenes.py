from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
from PIL import Image, ImageChops, ImageDraw

from unisandbox.errors import DataError
from unisandbox.evaluation.exact.scenes import Seen, read_scene
from unisandbox.evaluation.exact.sprites import Sprites
from unisandbox.evaluation.exact.unreadable import UnreadableError
from unisandbox.generators.draws import Draws, draws_of
from unisandbox.generators.families.base import Target, TargetObject
from unisandbox.generators.render import Look, png, render
from unisandbox.generators.scenes import MOST_OBJECTS
from unisandbox.generators.sprites import sprite, sprites
from unisandbox.generators.vocabulary import nouns

pytestmark = pytest.mark.xdist_group("exact scenes")  # what these tests build stands once

NAMES = tuple(noun.name for noun in nouns() if noun.name in sprites())
HARD_PAIRS = tuple((noun.name, noun.hard_pair) for noun in nouns() if noun.hard_pair and {noun.name, noun.hard_pair} <= {*NAMES})


@pytest.fixture(scope="module")
def pngs() -> Mapping[str, bytes]:
    assert len(NAMES) >= 250
    return {name: png(sprite(name)) for name in NAMES}


@pytest.fixture(scope="module")
def known(pngs: Mapping[str, bytes]) -> Sprites:
    return Sprites.from_pngs(pngs)


def objects_of(**counts: int) -> Target:
    return Target("objects", tuple(TargetObject(name, count) for name, count in counts.items()))


def targets(kinds: int, scenes: int, draws: Draws) -> Iterator[Target]:
    """Targets of so many kinds each, in which every object has its turn before one has its second."""
    order: list[str] = []
    for _ in range(scenes):
        if len(order) < kinds:
            order = draws.shuffled(NAMES)
        chosen, order = order[:kinds], order[kinds:]
        yield Target("objects", tuple(TargetObject(name, 1 + draws.below(min(9, MOST_OBJECTS // kinds))) for name in chosen))


def misread(kinds: int, scenes: int, known: Sprites, look: Look) -> tuple[list[Target], Counter[str]]:
    """Targets that were read as something else, and how often each object was in a picture."""
    draws = draws_of(
        "exact scenes", kinds, scenes, count=scenes * (kinds + 8) + 2 * len(NAMES) * (1 + scenes * kinds // len(NAMES))
    )
    wrong, shown = list[Target](), Counter[str]()
    for seed, target in enumerate(targets(kinds, scenes, draws)):
        want = tuple(sorted(Seen(one.name, one.count) for one in target.objects))
        shown.update(one.name for one in want)
        if read_scene(render(target, seed, look), known) != want:
            wrong.append(target)
    return wrong, shown


@pytest.mark.parametrize(("kinds", "scenes"), [(1, 24), (2, 10), (3, 10), (4, 24)])
def test_what_was_rendered_is_read(kinds: int, scenes: int, known: Sprites) -> None:
    wrong, shown = misread(kinds, scenes, known, Look())
    assert not wrong
    assert len(shown) == min(kinds * scenes, len(NAMES))


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [1, 2, 3, 4])
def test_a_thousand_pictures_of_every_kind_are_read(kinds: int, known: Sprites) -> None:
    wrong, shown = misread(kinds, 1000, known, Look())
    assert not wrong
    assert set(shown) == set(NAMES)


@pytest.mark.parametrize("size_px", [256, 512, 1024])
def test_pictures_of_other_sizes_are_read(size_px: int, known: Sprites) -> None:
    wrong, shown = misread(2, 12, known, Look(size_px=size_px))
    assert not wrong
    assert len(shown) == 24


def test_small_pictures_are_read_right_or_not_at_all(known: Sprites) -> None:
    refused = 0
    for seed, target in enumerate(targets(4, 30, draws_of("small scenes", count=2 * len(NAMES)))):
        want = tuple(sorted(Seen(one.name, one.count) for one in target.objects))
        try:
            assert read_scene(render(target, seed, Look(size_px=128)), known) == want
        except UnreadableError:
            refused += 1
    assert refused <= 3


def test_hard_pairs_are_told_apart(known: Sprites) -> None:
    assert HARD_PAIRS
    for seed, (one, other) in enumerate(HARD_PAIRS):
        target = Target("objects", (TargetObject(one, 2), TargetObject(other, 3)))
        assert read_scene(render(target, seed), known) == tuple(sorted((Seen(one, 2), Seen(other, 3))))


def test_a_picture_that_was_pasted_by_hand_is_read(pngs: Mapping[str, bytes], known: Sprites) -> None:
    picture = Image.new("RGB", (400, 400), (205, 228, 247))
    with Image.open(io.BytesIO(pngs["apple"])) as opened:
        apple = opened.convert("RGBA").resize((130, 130))
    for corner in ((30, 40), (230, 220)):
        picture.paste(apple, corner, apple)
    assert read_scene(picture, known) == (Seen("apple", 2),)


def test_a_background_alone_shows_nothing(known: Sprites) -> None:
    assert read_scene(Image.new("RGB", (384, 384), (205, 228, 247)), known) == ()


def test_an_object_that_is_not_known_is_never_taken_for_another(pngs: Mapping[str, bytes]) -> None:
    unknown = NAMES[::12]
    others = Sprites.from_pngs({name: png for name, png in pngs.items() if name not in unknown})
    assert len(unknown) > 20
    for seed, name in enumerate(unknown):
        with pytest.raises(UnreadableError, match="nothing known"):
            read_scene(render(objects_of(**{name: 2}), seed), others)


def test_two_names_for_one_sprite_are_no_reading(pngs: Mapping[str, bytes]) -> None:
    twins = Sprites.from_pngs({"apple": pngs["apple"], "twin": pngs["apple"], "car": pngs["car"]})
    assert read_scene(render(objects_of(car=2), 1), twins) == (Seen("car", 2),)
    with pytest.raises(UnreadableError, match="apple or twin"):
        read_scene(render(objects_of(apple=1), 1), twins)


def test_a_blot_on_an_object_is_no_reading(known: Sprites) -> None:
    picture = render(objects_of(apple=1), 1).convert("RGB")
    assert read_scene(picture, known) == (Seen("apple", 1),)
    left, top, right, bottom = box_of(picture)
    ImageDraw.Draw(picture).rectangle((left, top, (left + right) // 2, (top + bottom) // 2), fill=(20, 20, 200))
    with pytest.raises(UnreadableError, match="nothing known"):
        read_scene(picture, known)


def test_a_speck_beside_the_objects_is_no_reading(known: Sprites) -> None:
    picture = render(objects_of(apple=1), 1).convert("RGB")
    left, top, _, _ = box_of(picture)
    ImageDraw.Draw(picture).rectangle((left - 12, top - 12, left - 9, top - 9), fill=(20, 20, 200))
    with pytest.raises(UnreadableError):
        read_scene(picture, known)


def test_an_object_that_is_cut_off_is_no_reading(known: Sprites) -> None:
    picture = render(objects_of(apple=1), 1).convert("RGB")
    left, top, right, bottom = box_of(picture)
    half = Image.new("RGB", picture.size, picture.getpixel((0, 0)))
    half.paste(picture.crop((left, top, (left + right) // 2, bottom)), (left, top))
    with pytest.raises(UnreadableError, match="nothing known"):
        read_scene(half, known)


def test_pictures_that_are_no_scenes_are_no_reading(known: Sprites) -> None:
    person = Target("portrait", (TargetObject("person", 1),))
    with pytest.raises(UnreadableError, match="border of several colours"):
        read_scene(render(person, 1), known)
    with pytest.raises(UnreadableError, match="a square"):
        read_scene(Image.new("RGB", (384, 300)), known)


def test_sprites_that_cannot_be_read_are_named() -> None:
    with pytest.raises(DataError) as caught:
        Sprites.from_pngs({"b": b"no picture", "a": png(Image.new("RGBA", (8, 8)))})
    assert [violation.where for violation in caught.value.violations] == ["sprite a", "sprite b"]
    with pytest.raises(DataError, match="none"):
        Sprites.from_pngs({})


def box_of(picture: Image.Image) -> tuple[int, int, int, int]:
    """The box of the one object of a picture."""
    plain = Image.new("RGB", picture.size, picture.getpixel((0, 0)))
    box = ImageChops.difference(picture, plain).getbbox()
    assert box
    return box
