"""Target -> picture: the same target and seed give the same pixels, on every run, worker and machine.

Objects become a scene of sprites (`scenes.py`), a person a portrait (`portraits.py`). What the target does not say is chosen by
the seed alone. A portrait and its foil, drawn with one seed, differ inside the changed part and nowhere else. A scene and its
foil may differ in the grid (one and two objects, four and five), and in the background where the other object would not show.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from unisandbox.errors import InputError, Violation
from unisandbox.generators.draws import draws_of
from unisandbox.generators.families.base import Target
from unisandbox.generators.scenes import scene
from unisandbox.generators.sprites import TWEMOJI, Art

if TYPE_CHECKING:
    from PIL import Image

DEFAULT_SIZE_PX = 384
SMALLEST_PX, LARGEST_PX = 128, 1024
NOTHING: Mapping[str, str] = MappingProxyType({})
PNG_LEVEL = 6  # against 3: files 13% smaller for 1 ms more (benchmarks/render.py); they are loaded more often than written


@dataclass(frozen=True)
class Look:
    """How pictures of a release look: their side in pixels, and the art."""

    size_px: int = DEFAULT_SIZE_PX
    art: Art = TWEMOJI


def render(target: Target, seed: int, look: Look = Look(), known: Mapping[str, str] = NOTHING) -> Image.Image:
    """Return the picture of a target: square, paletted for objects, RGB for a portrait.

    Args:
        target: What the picture shows: 1 to 16 objects of at most 4 kinds, or one person.
        seed: Chooses all that the target leaves open: places, sizes, background, skin, attributes that are not asked.
        look: Size and art.
        known: What a portrait shows of the person beyond the target, by attribute: a picture must not belie what was told of
            somebody. The seed chooses the rest.

    Raises:
        InputError: The target cannot be drawn: an unknown kind, object, attribute or value, too many objects.

    >>> from unisandbox.generators.families.base import TargetObject
    >>> three = Target("objects", (TargetObject("apple", 3),))
    >>> render(three, 1).size, render(three, 1).tobytes() == render(three, 1).tobytes()
    ((384, 384), True)
    """
    if target.kind == "objects":
        return scene(target.objects, seed, size_px=look.size_px, art=look.art).image
    if target.kind == "portrait":
        return _portrait(target, seed, look.size_px, known)
    raise InputError(Violation("target.kind", repr(target.kind), "objects | portrait", "name one of them"))


def png(image: Image.Image) -> bytes:
    """Return a picture as a PNG file, paletted where 256 colours suffice; equal pixels give equal bytes with one Pillow."""
    sink = io.BytesIO()
    (paletted(image) if image.mode == "RGB" else image).save(sink, "PNG", compress_level=PNG_LEVEL)
    return sink.getvalue()


def paletted(image: Image.Image) -> Image.Image:
    """Return an RGB picture with a palette and the same pixels, or as it is if it has more than 256 colours.

    A portrait takes 10 kB so, against 25 kB, and a quarter of the time to encode. Pillow's own conversion is not exact.
    """
    from PIL import Image

    counted = image.getcolors(256)
    if counted is None:
        return image
    colours = np.array(sorted(colour for _, colour in counted), np.uint8)
    table = _table()
    table[_packed(colours)] = np.arange(len(colours), dtype=np.uint8)
    made = Image.fromarray(table[_packed(np.asarray(image))], "P")
    made.putpalette(colours.tobytes())
    return made


def _packed(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """Return colours, whose last axis is red, green, blue, as whole numbers below 2**24."""
    parts = colours.astype(np.uint32)
    found: npt.NDArray[np.uint32] = parts[..., 0] * 2**16 + parts[..., 1] * 2**8 + parts[..., 2]
    return found


@lru_cache(maxsize=1)
def _table() -> npt.NDArray[np.uint8]:
    """Return a table with a place for every colour: 16 MB, filled anew for the colours of each picture."""
    return np.empty(2**24, np.uint8)


def _portrait(target: Target, seed: int, size_px: int, known: Mapping[str, str]) -> Image.Image:
    from unisandbox.generators.portraits import BACKGROUNDS, PORTRAIT_VALUES, SKINS, portrait

    if len(target.objects) != 1 or target.objects[0].count != 1:
        found = f"{sum(one.count for one in target.objects)} persons"
        raise InputError(Violation("target.objects", found, "one person in a portrait", "draw one at a time"))
    asked = {one.name: one.value for one in target.objects[0].attributes}
    unknown = sorted(set(asked) - set(PORTRAIT_VALUES))
    if unknown:
        allowed = " | ".join(PORTRAIT_VALUES)
        raise InputError(Violation("target attribute", repr(name), allowed, "name one of them") for name in unknown)
    draws = draws_of("portrait", seed, count=2 + len(PORTRAIT_VALUES))
    skin, background = draws.below(SKINS), draws.below(BACKGROUNDS)
    # Each attribute draws its word even where it is given: else a foil would change what nobody asked for.
    open_values = {name: draws.choice(values) for name, values in PORTRAIT_VALUES.items()}
    return portrait({**open_values, **known, **asked}, skin=skin, background=background, size_px=size_px)
