"""Pictures of objects for the baselines: sprites of the release in a plain grid, as its own scenes stand, nothing turned."""

from __future__ import annotations

import io
from functools import lru_cache
from math import ceil, isqrt
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

SIZE_PX: Final = 384
MARGIN_SHARE: Final = 0.03  # of the picture on each side; the grid is that of rendered scenes, so that one reader reads both
GAP_SHARE: Final = 0.02
FILLED: Final = 0.75  # of a cell
MOST_OBJECTS: Final = 16
BACKGROUNDS: Final = ((247, 244, 236), (205, 228, 247), (94, 128, 160), (52, 64, 92))  # ivory, sky, steel, navy
SEEN_APART: Final = 60  # distance in RGB
OPAQUE: Final = 128


def scene(sprite: bytes, count: int, *, size_px: int = SIZE_PX) -> bytes:
    """Return a PNG file in RGB with so many copies of a sprite, 1 to 16 (more are drawn as 16), on a background of one colour.

    Args:
        sprite: A PNG file with transparency.
        count: How many.
        size_px: Side of the picture.
    """
    from PIL import Image

    count = min(max(count, 1), MOST_OBJECTS)
    grid = isqrt(count - 1) + 1
    margin, gap = round(size_px * MARGIN_SHARE), round(size_px * GAP_SHARE)
    side = (size_px - 2 * margin) // grid
    opened, background = _opened(sprite)
    scale = FILLED * (side - gap) / max(opened.size)
    drawn = opened.resize((ceil(opened.width * scale), ceil(opened.height * scale)), Image.Resampling.BOX).convert("RGBA")
    picture = Image.new("RGB", (size_px, size_px), background)
    for cell in range(count):
        row, column = divmod(cell, grid)
        left = margin + column * side + (side - drawn.width) // 2
        picture.paste(drawn, (left, margin + row * side + (side - drawn.height) // 2), drawn)
    return png_of(picture)


def png_of(picture: Image.Image) -> bytes:
    """Return a picture as a PNG file, packed fast rather than small."""
    with io.BytesIO() as sink:
        picture.save(sink, "PNG", compress_level=1)
        return sink.getvalue()


@lru_cache(maxsize=512)
def _opened(sprite: bytes) -> tuple[Image.Image, tuple[int, int, int]]:
    """Return a sprite without margin, colours times opacity, and the background from which most of it stands out."""
    from PIL import Image

    with Image.open(io.BytesIO(sprite)) as opened:
        whole = opened.convert("RGBA")
    shown = whole.crop(whole.getchannel("A").getbbox())
    pixels = np.asarray(shown, np.int32)
    colours = pixels[pixels[..., 3] >= OPAQUE][:, :3]
    apart = [float((np.sqrt(((colours - one) ** 2).sum(axis=1)) >= SEEN_APART).mean()) for one in np.array(BACKGROUNDS)]
    return shown.convert("RGBa"), BACKGROUNDS[int(np.argmax(apart))]
