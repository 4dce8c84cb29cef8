"""Sprites as tiles of palette indexes: turned and scaled once, pasted as numbers, on whatever background.

A tile holds, for each pixel, one of a few flat colours and one of eight degrees of cover. The background comes in with the
palette alone, so that one tile serves every picture, and pictures are paletted PNG files without a search for colours.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from unisandbox.generators.sprites import Art, sprite

if TYPE_CHECKING:
    from PIL import Image

COVERS = 7  # degrees of cover above none; with eight in all, edges look smooth at any size that is drawn
PALETTE_SIZE = 256  # of a paletted PNG; index 0 is the background
BORDER_PX = 2
TILES_KEPT = 4096  # of about 10 kB

Colour = tuple[int, int, int]
Indexes = npt.NDArray[np.uint8]


def colours_for(kinds: int) -> int:
    """Return how many flat colours each of so many kinds of object can have in one palette.

    >>> colours_for(1), colours_for(3)
    (36, 12)
    """
    return (PALETTE_SIZE - 1) // COVERS // kinds


@lru_cache(maxsize=1024)
def flat_colours(name: str, art: Art, colours: int) -> tuple[Colour, ...]:
    """Return the flat colours of a sprite: at most so many, by median cut."""
    values = np.asarray(_flat(name, art, colours).getpalette() or [], np.uint8).reshape(-1, 3)
    return tuple((int(red), int(green), int(blue)) for red, green, blue in values[:colours])


@lru_cache(maxsize=1024)
def _flat(name: str, art: Art, colours: int) -> Image.Image:
    """Return the opaque pixels of a sprite as one row, reduced to a palette by median cut."""
    from PIL import Image

    pixels = np.asarray(sprite(name, art))
    opaque = pixels[pixels[..., 3] >= 250][:, :3]
    row = Image.fromarray(np.ascontiguousarray(opaque[np.newaxis]), "RGB")
    return row.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


@lru_cache(maxsize=TILES_KEPT)
def tile(name: str, art: Art, longest_px: int, angle_degrees: int, colours: int) -> Indexes:
    """Return a sprite turned and scaled as (height, width) indexes, 0 where nothing is; shared, do not change them.

    Before turning, its opaque part is `longest_px` on its longer side.
    """
    from PIL import Image

    turned = turned_sprite(name, art, longest_px, angle_degrees)
    flat = turned.convert("RGB").quantize(palette=_flat(name, art, colours), dither=Image.Dither.NONE)
    cover = (np.asarray(turned.getchannel("A"), np.uint16) * COVERS + 127) // 255
    indexes = np.asarray(flat, np.uint16) * COVERS + cover
    found: Indexes = np.where(cover == 0, 0, indexes).astype(np.uint8)
    return found


@lru_cache(maxsize=512)
def trimmed(name: str, art: Art) -> Image.Image:
    """Return a sprite without the empty margin around it."""
    image = sprite(name, art)
    return image.crop(image.getchannel("A").getbbox())


def turned_sprite(name: str, art: Art, longest_px: int, angle_degrees: int) -> Image.Image:
    """Return a sprite turned and scaled, RGBA, without margin."""
    from PIL import Image

    source = _source(name, art, max(_longest(name, art) // longest_px, 1).bit_length() - 1)
    scale = (max(source.size) - 2 * BORDER_PX) / longest_px
    turn = math.radians(angle_degrees)
    across, up = math.cos(turn), math.sin(turn)
    width = math.ceil((source.width * across + source.height * abs(up)) / scale) + 2
    height = math.ceil((source.width * abs(up) + source.height * across) / scale) + 2
    # One step for both, from a picture at most twice as large: a third of the time of scaling the whole sprite, then turning it.
    matrix = (across * scale, -up * scale, 0.0, up * scale, across * scale, 0.0)
    shift = [
        middle - matrix[row] * width / 2 - matrix[row + 1] * height / 2
        for middle, row in ((source.width / 2, 0), (source.height / 2, 3))
    ]
    to_source = (*matrix[:2], shift[0], *matrix[3:5], shift[1])
    turned = source.transform((width, height), Image.Transform.AFFINE, to_source, Image.Resampling.BICUBIC)
    return turned.crop(turned.getchannel("A").getbbox())


def _longest(name: str, art: Art) -> int:
    return max(trimmed(name, art).size)


def _source(name: str, art: Art, halvings: int) -> Image.Image:
    """Return a sprite halved so many times, with a thin margin: without it, edges that touch the frame are cut, not blended."""
    from PIL import ImageOps

    return ImageOps.expand(_halved(name, art, halvings) if halvings else trimmed(name, art), BORDER_PX)


@lru_cache(maxsize=1024)
def _halved(name: str, art: Art, times: int) -> Image.Image:
    return trimmed(name, art).reduce(2**times)


@lru_cache(maxsize=8192)  # of 768 bytes
def palette_of(kinds: tuple[str, ...], art: Art, background: Colour) -> bytes:
    """Return the palette of a picture with these kinds of object on a background: 768 bytes at most, RGB after RGB."""
    colours = colours_for(len(kinds))
    shares = np.arange(1, COVERS + 1).reshape(1, COVERS, 1) / COVERS
    entries = [np.array([background], np.uint8)]
    for name in kinds:
        flat = np.zeros((colours, 1, 3))
        found = flat_colours(name, art, colours)
        flat[: len(found), 0] = found
        mixed = flat * shares + np.array(background) * (1 - shares)
        entries.append(np.rint(mixed).astype(np.uint8).reshape(-1, 3))
    return np.concatenate(entries).tobytes()
