"""Portraits of coined persons, drawn by our own code: six attributes that are asked, skin and background that are not.

Every attribute changes its own layers and nothing else, in every combination; `part_mask` says where. Hair and shirt are flat
fills of published colours. The same arguments give the same pixels in every process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, zip_longest
from typing import NamedTuple

from PIL import Image, ImageChops

from unisandbox.errors import InputError, Violation
from unisandbox.generators.portrait_face import body, head, shirt
from unisandbox.generators.portrait_hair import hair_behind, hair_over_head, hair_over_shirt
from unisandbox.generators.portrait_parts import Colour, Ink, Paint, Part, painted
from unisandbox.generators.portrait_wear import COVERING, glasses, hat

HAIR_COLOURS: Mapping[str, Colour] = {
    "black": (52, 50, 58),
    "brown": (134, 80, 34),
    "blond": (250, 212, 84),
    "red": (206, 52, 32),
    "white": (240, 240, 242),
    "blue": (44, 104, 220),
    "green": (44, 160, 76),
    "purple": (140, 62, 190),
}
SHIRT_COLOURS: Mapping[str, Colour] = {
    "red": (214, 38, 48),
    "yellow": (252, 214, 36),
    "green": (46, 158, 74),
    "blue": (40, 100, 222),
    "purple": (136, 64, 192),
    "pink": (252, 142, 190),
    "white": (250, 250, 252),
    "black": (46, 46, 54),
}
PORTRAIT_VALUES: Mapping[str, tuple[str, ...]] = {
    "hair_colour": tuple(HAIR_COLOURS),
    "hair_style": ("short", "long", "curly", "braids", "bun", "ponytail"),
    "age_group": ("child", "adult", "elderly"),
    "glasses": ("none", "round", "square", "sunglasses"),
    "hat": ("none", "cap", "beanie", "top hat", "straw hat", "party hat"),
    "shirt_colour": tuple(SHIRT_COLOURS),
}
PORTRAIT_ATTRIBUTES: tuple[str, ...] = tuple(PORTRAIT_VALUES)


class Skin(NamedTuple):
    """A skin tone, its shade, the lines of wrinkles, and the cheeks of a child."""

    tone: Colour
    shade: Colour
    wrinkle: Colour
    blush: Colour


SKIN_TONES = (
    Skin((255, 226, 202), (240, 192, 162), (176, 112, 88), (250, 160, 148)),
    Skin((240, 196, 152), (216, 162, 116), (146, 88, 54), (234, 132, 108)),
    Skin((204, 148, 102), (174, 118, 76), (110, 64, 36), (206, 100, 78)),
    Skin((160, 106, 72), (130, 80, 52), (78, 42, 24), (190, 78, 66)),
    Skin((104, 68, 52), (74, 45, 34), (38, 20, 14), (156, 66, 60)),
)
BACKGROUND_COLOURS: tuple[Colour, ...] = (
    (178, 208, 236),
    (172, 226, 196),
    (204, 190, 240),
    (240, 232, 168),
    (158, 220, 228),
    (246, 196, 204),
    (198, 194, 186),
    (206, 220, 150),
)
SKINS = len(SKIN_TONES)
BACKGROUNDS = len(BACKGROUND_COLOURS)
NEARLY_BLACK = 80
LAYERS_KEPT = 128  # one size has 49
SIZES_PX = range(64, 1025)  # below, wrinkles and frames are no longer seen


def portrait(values: Mapping[str, str], *, skin: int, background: int, size_px: int) -> Image.Image:
    """Return the portrait of a person, mode RGB, `size_px` wide and high (64 to 1024).

    Args:
        values: A value of each of `PORTRAIT_ATTRIBUTES`.
        skin: The skin tone, from 0 to `SKINS` - 1.
        background: The plain colour behind the person, from 0 to `BACKGROUNDS` - 1.
        size_px: Width and height of the picture.

    Raises:
        InputError: An attribute is missing or unknown, or something is out of its range; all of it is named.

    >>> looks = {"hair_colour": "red", "hair_style": "bun", "age_group": "adult", "glasses": "none", "hat": "cap"}
    >>> portrait({**looks, "shirt_colour": "blue"}, skin=0, background=0, size_px=128).size
    (128, 128)
    """
    _check(values, (("skin", skin, range(SKINS)), ("background", background, range(BACKGROUNDS)), ("size_px", size_px, SIZES_PX)))
    palette = _palette(values, SKIN_TONES[skin])
    picture = Image.new("RGB", (size_px, size_px), BACKGROUND_COLOURS[background])
    for paint in chain.from_iterable(_layers(values, size_px)):
        picture.paste(_resolved(paint.ink, palette), paint.corner, paint.mask)
    return picture


def part_mask(attribute: str, before: str, after: str, *, values: Mapping[str, str], size_px: int) -> Image.Image:
    """Return where a portrait may change when `attribute` goes from `before` to `after`: mode L, 255 there and 0 elsewhere.

    It compares the paints of both portraits one by one: where all of them lie equally thick in equal colours, the pixels are
    equal whatever skin and background. `values` gives the other attributes; a value of `attribute` in it is not looked at.

    Raises:
        InputError: An attribute is missing or unknown, or a value is not allowed.
    """
    looks = [{**values, attribute: value} for value in (before, after)]
    for look in looks:
        _check(look, (("size_px", size_px, SIZES_PX),))
    mask = Image.new("L", (size_px, size_px))
    for layers in zip(*(_resolved_layers(look, size_px) for look in looks), strict=True):
        for old, new in zip_longest(*layers):
            if old != new:
                mask = ImageChops.lighter(mask, _difference(old, new, size_px))
    return mask.point([0] + [255] * 255)


def _check(values: Mapping[str, str], numbers: tuple[tuple[str, int, range], ...]) -> None:
    found = [
        Violation(f"portrait: {name}", repr(number), f"{allowed[0]} to {allowed[-1]}", "choose one of these numbers")
        for name, number, allowed in numbers
        if number not in allowed
    ]
    for name in sorted({*values, *PORTRAIT_ATTRIBUTES}):
        if name not in PORTRAIT_VALUES:
            found.append(Violation(f"portrait: {name}", "an unknown attribute", ", ".join(PORTRAIT_ATTRIBUTES), "remove it"))
        elif values.get(name) not in PORTRAIT_VALUES[name]:
            allowed_values = ", ".join(PORTRAIT_VALUES[name])
            found.append(Violation(f"portrait: {name}", repr(values.get(name)), allowed_values, "give one of these values"))
    if found:
        raise InputError(found)


@lru_cache(maxsize=LAYERS_KEPT)
def _layer(draw: Callable[..., tuple[Part, ...]], arguments: tuple[str | bool, ...], size_px: int) -> tuple[Paint, ...]:
    return painted(draw(*arguments), size_px)


def _layers(values: Mapping[str, str], size_px: int) -> Iterator[tuple[Paint, ...]]:
    """The layers back to front; each hangs on the shape of one attribute, and hair on whether a hat covers it."""
    style, age, covered = values["hair_style"], values["age_group"], values["hat"] in COVERING
    yield _layer(hair_behind, (style, covered), size_px)
    yield _layer(body, (age,), size_px)
    yield _layer(shirt, (age,), size_px)
    yield _layer(hair_over_shirt, (style,), size_px)
    yield _layer(head, (age,), size_px)
    yield _layer(hair_over_head, (style, covered), size_px)
    yield _layer(glasses, (values["glasses"],), size_px)
    yield _layer(hat, (values["hat"],), size_px)


def _resolved_layers(values: Mapping[str, str], size_px: int) -> Iterator[tuple[Paint, ...]]:
    palette = _palette(values, SKIN_TONES[0])  # the skin is the same before and after
    for layer in _layers(values, size_px):
        yield tuple(paint._replace(ink=_resolved(paint.ink, palette)) for paint in layer)


def _difference(old: Paint | None, new: Paint | None, size_px: int) -> Image.Image:
    """Non-zero where two paints, one of which may be missing, differ."""
    placed = []
    for paint in (old, new):
        whole = Image.new("L", (size_px, size_px))
        if paint:
            whole.paste(paint.mask, paint.corner)
        placed.append(whole)
    same_ink = old and new and old.ink == new.ink
    return ImageChops.difference(*placed) if same_ink else ImageChops.lighter(*placed)


def _palette(values: Mapping[str, str], skin: Skin) -> Mapping[str, Colour]:
    hair, fabric = HAIR_COLOURS[values["hair_colour"]], SHIRT_COLOURS[values["shirt_colour"]]
    return {
        "hair": hair,
        "hair shade": _shade(hair),
        "shirt": fabric,
        "shirt shade": _shade(fabric),
        "skin": skin.tone,
        "skin shade": skin.shade,
        "wrinkle": skin.wrinkle,
        "blush": skin.blush,
    }


def _resolved(ink: Ink, palette: Mapping[str, Colour]) -> Colour:
    return palette[ink] if isinstance(ink, str) else ink


def _shade(colour: Colour) -> Colour:
    """A tone for lines on a colour: darker, but lighter on one that is nearly black."""
    red, green, blue = colour
    if max(colour) < NEARLY_BLACK:
        return red + 44, green + 44, blue + 44
    return red * 72 // 100, green * 72 // 100, blue * 72 // 100
