"""Cells to pixels: the release's sprites, each in the middle of its cell, on a background from which they stand out."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import ceil, isqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from unisandbox.evaluation.models.compose import BACKGROUNDS, FILLED, GAP_SHARE, MARGIN_SHARE, OPAQUE, SEEN_APART, SIZE_PX, png_of

if TYPE_CHECKING:
    from PIL import Image

KEPT: Final = 512  # sprites, opened


def drawn_objects(cells: Sequence[str | None], sprites: Mapping[str, bytes], size_px: int = SIZE_PX) -> bytes:
    """Return a PNG file in RGB with one sprite, or nothing, in each cell of a square grid.

    Args:
        cells: Names of objects, None for an empty cell; a square number of them, row after row.
        sprites: PNG files with transparency by name, of every object named.
        size_px: Side of the picture.
    """
    from PIL import Image

    grid = isqrt(len(cells))
    margin, gap = round(size_px * MARGIN_SHARE), round(size_px * GAP_SHARE)
    side = (size_px - 2 * margin) // grid
    opened = {name: _opened(sprites[name]) for name in dict.fromkeys(cells) if name is not None}
    picture = Image.new("RGB", (size_px, size_px), _background(list(opened.values())))
    for place, name in enumerate(cells):
        if name is None:
            continue
        whole = opened[name]
        scale = FILLED * (side - gap) / max(whole.size)
        small = whole.resize((ceil(whole.width * scale), ceil(whole.height * scale)), Image.Resampling.BOX).convert("RGBA")
        row, column = divmod(place, grid)
        left, top = margin + column * side + (side - small.width) // 2, margin + row * side + (side - small.height) // 2
        picture.paste(small, (left, top), small)
    return png_of(picture)


def _background(shown: Sequence[Image.Image]) -> tuple[int, int, int]:
    """Return the background from which the object that stands out least stands out most."""
    if not shown:
        return BACKGROUNDS[0]
    return max(BACKGROUNDS, key=lambda colour: min(_standing_out(_colours(one), colour) for one in shown))


def _standing_out(colours: np.ndarray[tuple[int, int], np.dtype[np.int32]], background: tuple[int, int, int]) -> float:
    return float((np.sqrt(((colours - np.array(background)) ** 2).sum(axis=1)) >= SEEN_APART).mean())


def _colours(shown: Image.Image) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    pixels = np.asarray(shown.convert("RGBA"), np.int32)
    found: np.ndarray[tuple[int, int], np.dtype[np.int32]] = pixels[pixels[..., 3] >= OPAQUE][:, :3]
    return found


@lru_cache(maxsize=KEPT)
def _opened(sprite: bytes) -> Image.Image:
    """Return a sprite without its margin, its colours times its opacity."""
    from PIL import Image

    with Image.open(io.BytesIO(sprite)) as opened:
        whole = opened.convert("RGBA")
    return whole.crop(whole.getchannel("A").getbbox()).convert("RGBa")
