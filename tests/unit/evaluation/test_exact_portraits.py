from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest
from PIL import Image, ImageDraw

from unisandbox.evaluation.exact.portraits import read_portrait
from unisandbox.evaluation.exact.unreadable import UnreadableError
from unisandbox.generators.draws import draws_of
from unisandbox.generators.families.base import Attribute, Target, TargetObject
from unisandbox.generators.portraits import BACKGROUNDS, PORTRAIT_VALUES, SKINS, portrait
from unisandbox.generators.render import render

pytestmark = pytest.mark.xdist_group("exact portraits")  # what these tests build stands once

LOOKS = {
    "hair_colour": "red",
    "hair_style": "bun",
    "age_group": "adult",
    "glasses": "none",
    "hat": "none",
    "shirt_colour": "blue",
}


def misread(portraits: int, size_px: int) -> tuple[list[Mapping[str, str]], Counter[tuple[str, str | int]]]:
    """Values that were read as something else, and how often each value, skin and background was drawn."""
    wrong, shown = list[Mapping[str, str]](), Counter[tuple[str, str | int]]()
    for number in range(portraits):
        draws = draws_of("exact portraits", size_px, number, count=2 + len(PORTRAIT_VALUES))
        values = {name: draws.choice(values) for name, values in PORTRAIT_VALUES.items()}
        skin, background = draws.below(SKINS), draws.below(BACKGROUNDS)
        if read_portrait(portrait(values, skin=skin, background=background, size_px=size_px)) != values:
            wrong.append(values)
        shown.update([*values.items(), ("skin", skin), ("background", background)])
    return wrong, shown


@pytest.mark.parametrize(("portraits", "size_px"), [(500, 384), (120, 256), (80, 512)])
def test_every_value_is_read_on_every_skin_and_background(portraits: int, size_px: int) -> None:
    wrong, shown = misread(portraits, size_px)
    assert not wrong
    assert len(shown) == sum(len(values) for values in PORTRAIT_VALUES.values()) + SKINS + BACKGROUNDS


@pytest.mark.slow
def test_five_thousand_portraits_are_read() -> None:
    wrong, shown = misread(5000, 384)
    assert not wrong
    assert shown.total() == 5000 * (len(PORTRAIT_VALUES) + 2)


@pytest.mark.parametrize("name", sorted(PORTRAIT_VALUES))
def test_each_value_of_an_attribute_is_read_with_every_hair_style_hat_and_skin(name: str) -> None:
    for value in PORTRAIT_VALUES[name]:
        for style in PORTRAIT_VALUES["hair_style"]:
            for number, hat in enumerate(PORTRAIT_VALUES["hat"]):
                values = {**LOOKS, "hair_style": style, "hat": hat, name: value}
                assert read_portrait(portrait(values, skin=number % SKINS, background=number, size_px=256)) == values


def test_a_target_is_read_as_it_was_asked() -> None:
    asked = {"hair_colour": "green", "hat": "top hat"}
    attributes = tuple(Attribute(name, value) for name, value in asked.items())
    for seed in range(10):
        read = read_portrait(render(Target("portrait", (TargetObject("person", 1, attributes),)), seed))
        assert {name: read[name] for name in asked} == asked


def test_an_attribute_that_is_covered_is_named() -> None:
    picture = portrait(LOOKS, skin=0, background=0, size_px=384)
    assert read_portrait(picture) == LOOKS
    ImageDraw.Draw(picture).rectangle((100, 345, 290, 383), fill=(120, 120, 120))
    with pytest.raises(UnreadableError) as caught:
        read_portrait(picture)
    assert [violation.where for violation in caught.value.violations] == ["portrait: shirt_colour"]


def test_pictures_that_are_no_portraits_are_no_reading() -> None:
    scene = render(Target("objects", (TargetObject("apple", 9),)), 1)
    for picture in (scene, Image.new("RGB", (384, 384), (178, 208, 236))):
        with pytest.raises(UnreadableError, match="nothing that shows it"):
            read_portrait(picture)
    with pytest.raises(UnreadableError, match="a square"):
        read_portrait(Image.new("RGB", (384, 300)))
    with pytest.raises(UnreadableError, match="192 pixels a side or more"):
        read_portrait(portrait(LOOKS, skin=0, background=0, size_px=128))
