from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import combinations, product

import pytest
from PIL import Image, ImageChops

from unisandbox.errors import InputError
from unisandbox.generators.draws import draws_of
from unisandbox.generators.portraits import (
    BACKGROUND_COLOURS,
    BACKGROUNDS,
    HAIR_COLOURS,
    PORTRAIT_ATTRIBUTES,
    PORTRAIT_VALUES,
    SHIRT_COLOURS,
    SKINS,
    part_mask,
    portrait,
)
from unisandbox.generators.worlds import attribute_kinds

SIZE_PX = 96
BASE = {
    "hair_colour": "brown",
    "hair_style": "long",
    "age_group": "adult",
    "glasses": "none",
    "hat": "none",
    "shirt_colour": "red",
}
# The whole that may change, in hundredths of the picture: left, top, right, bottom.
ZONES = {
    "hair_colour": (12, 14, 95, 100),
    "hair_style": (12, 14, 95, 100),
    "age_group": (8, 30, 92, 100),
    "glasses": (25, 45, 75, 67),
    "hat": (9, 2, 91, 45),
    "shirt_colour": (8, 81, 92, 100),
}


def looks(count: int) -> list[tuple[dict[str, str], int, int]]:
    """Values, skin and background of people drawn at random."""
    draws = draws_of("portraits of a test", count=count * 8)
    return [
        (
            {name: draws.choice(PORTRAIT_VALUES[name]) for name in PORTRAIT_ATTRIBUTES},
            draws.below(SKINS),
            draws.below(BACKGROUNDS),
        )
        for _ in range(count)
    ]


def share_of(colour: tuple[int, int, int], picture: Image.Image) -> float:
    """The share of the pixels that have exactly this colour."""
    counts = {found: count for count, found in picture.getcolors(picture.width * picture.height)}
    return counts.get(colour, 0) / (picture.width * picture.height)


def changed(before: Image.Image, after: Image.Image) -> Image.Image:
    """255 where any channel differs."""
    channels = ImageChops.difference(before, after).split()
    return ImageChops.lighter(ImageChops.lighter(*channels[:2]), channels[2]).point([0] + [255] * 255)


def test_attributes_and_values_are_those_of_the_list() -> None:
    listed = {kind.name: kind.value_names for kind in attribute_kinds() if kind.kind == "portrait"}
    assert dict(PORTRAIT_VALUES) == listed
    assert tuple(listed) == PORTRAIT_ATTRIBUTES
    assert (SKINS, BACKGROUNDS) == (5, 8)


def test_every_pair_of_values_is_drawn_and_no_two_people_look_alike() -> None:
    people = looks(480)
    pictures = [portrait(values, skin=skin, background=ground, size_px=SIZE_PX) for values, skin, ground in people]
    assert {(picture.mode, picture.size) for picture in pictures} == {("RGB", (SIZE_PX, SIZE_PX))}
    distinct = {(*values.values(), skin, ground) for values, skin, ground in people}
    assert len({picture.tobytes() for picture in pictures}) == len(distinct) >= 400
    for one, other in combinations(PORTRAIT_ATTRIBUTES, 2):
        wanted = set(product(PORTRAIT_VALUES[one], PORTRAIT_VALUES[other]))
        assert {(values[one], values[other]) for values, _, _ in people} == wanted


@pytest.mark.parametrize("attribute", PORTRAIT_ATTRIBUTES)
def test_a_change_of_one_attribute_is_seen_and_stays_in_its_mask(attribute: str) -> None:
    pairs = 0
    for values, skin, ground in looks(5):
        for before, after in combinations(PORTRAIT_VALUES[attribute], 2):
            old, new = (
                portrait({**values, attribute: value}, skin=skin, background=ground, size_px=SIZE_PX) for value in (before, after)
            )
            mask, differs = part_mask(attribute, before, after, values=values, size_px=SIZE_PX), changed(old, new)
            assert mask.mode == "L"
            assert set(mask.tobytes()) == {0, 255}
            assert ImageChops.subtract(differs, mask).getbbox() is None
            assert differs.histogram()[255] > 0.01 * SIZE_PX**2
            pairs += 1
    assert pairs == 5 * len(list(combinations(PORTRAIT_VALUES[attribute], 2)))


@pytest.mark.parametrize("attribute", PORTRAIT_ATTRIBUTES)
def test_a_mask_lies_in_the_zone_of_its_part_and_leaves_half_of_the_picture(attribute: str) -> None:
    left, top, right, bottom = (edge * SIZE_PX / 100 for edge in ZONES[attribute])
    seen = 0
    for values, _, _ in looks(8):
        for before, after in combinations(PORTRAIT_VALUES[attribute], 2):
            mask = part_mask(attribute, before, after, values=values, size_px=SIZE_PX)
            assert mask.histogram()[255] < 0.5 * SIZE_PX**2
            box = mask.getbbox()
            assert box is not None
            assert (box[0] >= left, box[1] >= top, box[2] <= right, box[3] <= bottom) == (True,) * 4
            seen += 1
    assert seen > 0


def test_no_change_has_an_empty_mask() -> None:
    assert part_mask("hat", "cap", "cap", values=BASE, size_px=SIZE_PX).getbbox() is None


def test_the_other_attributes_are_enough_for_a_mask() -> None:
    others = {name: value for name, value in BASE.items() if name != "hat"}
    mask = part_mask("hat", "none", "cap", values=others, size_px=SIZE_PX)
    assert mask.tobytes() == part_mask("hat", "none", "cap", values=BASE, size_px=SIZE_PX).tobytes()


def test_hair_and_shirt_show_their_flat_colours_whatever_is_worn() -> None:
    seen = 0
    for style, age, hat in product(*(PORTRAIT_VALUES[name] for name in ("hair_style", "age_group", "hat"))):
        values = {**BASE, "hair_style": style, "age_group": age, "hat": hat, "glasses": "sunglasses"}
        picture = portrait(values, skin=4, background=0, size_px=SIZE_PX)
        assert share_of(HAIR_COLOURS["brown"], picture) > 0.015
        assert share_of(SHIRT_COLOURS["red"], picture) > 0.035
        seen += 1
    assert seen == 108


@pytest.mark.parametrize(("attribute", "colours"), [("hair_colour", HAIR_COLOURS), ("shirt_colour", SHIRT_COLOURS)])
def test_no_other_colour_of_hair_or_shirt_is_in_the_picture(attribute: str, colours: Mapping[str, tuple[int, int, int]]) -> None:
    others = 0
    for values, skin, ground in looks(60):
        picture = portrait(values, skin=skin, background=ground, size_px=192)
        for name, colour in colours.items():
            if name != values[attribute]:
                assert share_of(colour, picture) < 0.001
                others += 1
    assert others == 60 * 7


@pytest.mark.parametrize("hat", [hat for hat in PORTRAIT_VALUES["hat"] if hat != "none"])
def test_hats_lie_whole_inside_the_frame(hat: str) -> None:
    box = part_mask("hat", "none", hat, values=BASE, size_px=384).getbbox()
    assert box is not None
    assert (box[0] >= 12, box[1] >= 8, box[2] <= 372) == (True,) * 3


def test_only_the_shoulders_meet_the_frame() -> None:
    edges = ((0, 0, SIZE_PX, 1), (0, 0, 1, SIZE_PX), (SIZE_PX - 1, 0, SIZE_PX, SIZE_PX))
    people = looks(60)
    for values, skin, ground in people:
        picture = portrait(values, skin=skin, background=ground, size_px=SIZE_PX)
        for edge in edges:
            strip = picture.crop(edge)
            assert strip.getcolors() == [(SIZE_PX, BACKGROUND_COLOURS[ground])]
    assert len(people) == 60


def test_pixels_are_the_same_in_every_process() -> None:
    digest = hashlib.sha256()
    for values, skin, ground in looks(30):
        digest.update(portrait(values, skin=skin, background=ground, size_px=128).tobytes())
    assert digest.hexdigest() == "9adfe4be6fe040d1e270872a2efa8f61852d1ea2b6603bd2ccfc323f2af82c45"


def test_all_that_is_wrong_is_named_with_what_is_allowed() -> None:
    with pytest.raises(InputError) as caught:
        portrait({**BASE, "hat": "fez", "beard": "long"}, skin=5, background=-1, size_px=10)
    where = [violation.where for violation in caught.value.violations]
    assert where == [f"portrait: {name}" for name in ("background", "beard", "hat", "size_px", "skin")]
    assert caught.value.violations[2].found == "'fez'"
    assert caught.value.violations[2].allowed == "none, cap, beanie, top hat, straw hat, party hat"


def test_a_missing_attribute_is_named() -> None:
    missing = {name: value for name, value in BASE.items() if name != "glasses"}
    with pytest.raises(InputError, match="portrait: glasses"):
        portrait(missing, skin=0, background=0, size_px=SIZE_PX)


def test_a_mask_of_an_unknown_value_or_attribute_is_refused() -> None:
    with pytest.raises(InputError, match="top hat"):
        part_mask("hat", "none", "fez", values=BASE, size_px=SIZE_PX)
    with pytest.raises(InputError, match="an unknown attribute"):
        part_mask("beard", "none", "long", values=BASE, size_px=SIZE_PX)
