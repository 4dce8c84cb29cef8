"""Target -> picture: what the target says is drawn, the rest is chosen by the seed alone."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image, ImageChops

from unisandbox.errors import InputError
from unisandbox.generators.families.base import Attribute, Target, TargetObject
from unisandbox.generators.portraits import PORTRAIT_VALUES
from unisandbox.generators.render import Look, png, render
from unisandbox.generators.vocabulary import nouns
from unisandbox.generators.worlds import attribute_kind

APPLES = Target("objects", (TargetObject("apple", 3),))


def person(**attributes: str) -> Target:
    return Target("portrait", (TargetObject("person", 1, tuple(Attribute(*pair) for pair in attributes.items())),))


@pytest.mark.parametrize("target", [APPLES, person(hat="cap")], ids=["objects", "portrait"])
@pytest.mark.parametrize("size_px", [128, 384])
def test_a_picture_is_square_and_of_the_asked_size(target: Target, size_px: int) -> None:
    assert render(target, 1, Look(size_px)).size == (size_px, size_px)


@pytest.mark.parametrize("target", [APPLES, person(hat="cap")], ids=["objects", "portrait"])
def test_a_png_holds_the_pixels_and_is_the_same_every_time(target: Target) -> None:
    image = render(target, 5)
    read = Image.open(io.BytesIO(png(image)))
    assert png(image) == png(render(target, 5))
    assert ImageChops.difference(read.convert("RGB"), image.convert("RGB")).getbbox() is None


@pytest.mark.parametrize("attribute", sorted(PORTRAIT_VALUES))
def test_what_is_not_asked_of_a_person_is_the_same_whatever_is_asked(attribute: str) -> None:
    first, second = PORTRAIT_VALUES[attribute][:2]
    one, other = (render(person(**{attribute: value}), 7) for value in (first, second))
    assert ImageChops.difference(one, other).getbbox() is not None
    assert one.getpixel((2, 2)) == other.getpixel((2, 2))


def test_every_value_that_an_item_can_ask_for_can_be_drawn() -> None:
    drawn = 0
    for attribute, values in PORTRAIT_VALUES.items():
        assert values == attribute_kind(attribute).value_names
        for value in values:
            render(person(**{attribute: value}), 1, Look(128))
            drawn += 1
    assert drawn == 8 + 6 + 3 + 4 + 6 + 8


def test_the_pixels_are_those_on_record() -> None:
    """Equal under Pillow 10.4, 12.0 and 13.0 and resvg-py 0.2.6 and 0.5.0; another digest is another release."""
    digest, every = hashlib.sha256(), nouns()
    for number, noun in enumerate(every):
        kinds = (TargetObject(noun.name, 1 + number % 9),)
        if number % 5 == 0:
            kinds = (TargetObject(noun.name, 1 + number % 4), TargetObject(every[(number + 50) % len(every)].name, 2))
        digest.update(render(Target("objects", kinds), number).convert("RGB").tobytes())
    asked = [(name, value) for name, values in PORTRAIT_VALUES.items() for value in values]
    for number, (name, value) in enumerate(asked):
        digest.update(render(person(**{name: value}), number).tobytes())
    assert digest.hexdigest().startswith("b4cb3a9077cd87406659ef90713a4517")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (Target("scene", APPLES.objects), "target.kind: found 'scene'; allowed: objects | portrait"),
        (person(mood="glad"), "target attribute: found 'mood'; allowed: hair_colour"),
        (person(hat="crown"), "crown"),
        (Target("portrait", (TargetObject("person", 2),)), "found 2 persons"),
        (Target("portrait", ()), "found 0 persons"),
    ],
    ids=["kind", "attribute", "value", "two persons", "nobody"],
)
def test_what_cannot_be_drawn_is_refused_by_name(target: Target, message: str) -> None:
    with pytest.raises(InputError, match=message.replace("|", r"\|").replace(".", r"\.")):
        render(target, 1)
