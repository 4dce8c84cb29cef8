"""Reads which objects, and how many of each, a rendered scene shows: exactly, or not at all.

A scene is a square grid of 1 to 4 cells a side on a background of one colour, with at most one object in a cell. The reader finds
the grid by its empty lines, names each object by the sprite that is nearest at a small size, and then looks closely: outline and
colours have to fit that sprite, and must not fit the second nearest. It shares no code with the renderer, so that the one can
prove the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from unisandbox.evaluation.exact.sprites import LARGE_PX, SEEN_OPACITY, Floats, Sprites, Template, small_look
from unisandbox.evaluation.exact.unreadable import UnreadableError, unreadable

GRIDS = (4, 3, 2, 1)  # cells a side; the finest first, as the empty lines of a fine grid hold those of a coarse one
MARGIN_SHARE = 0.03  # of the picture, on each side of the grid
LINE_PX = 2  # width of what must be empty between two cells; the gap is 2 pixels in the smallest picture
BLOCK_PX = 4  # colours are compared in the mean of such squares: the smooth edges of both pictures need not agree
# Every object of 4,000 pictures 384 pixels wide keeps these; of 312 sprites that were left out, no other one passed for any.
MOST_MISSED = 0.02
MOST_COLOUR_DIFFERENCE = 25.0
NEAR = (32 / 255) ** 2  # distance at the first look below which the second nearest is looked at too
CLEARLY = 1.5  # a dresser and a wardrobe have one outline and the same colours, and still differ twice as much as this asks

HALF = 128  # opacity from which a sprite has to be seen
SPARE_PX = 8  # of an outline: where an object is 20 pixels wide, its corners lie between two pixels

Box = tuple[int, int, int, int]
Mask = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, order=True)
class Seen:
    """An object that a picture shows, and how often."""

    name: str
    count: int


class Fit(NamedTuple):
    """How well a sprite fits: the share of the object's outline area that differs, and the mean difference of a colour band."""

    missed: float
    colour_difference: float

    @property
    def strain(self) -> float:
        """How near the worse of the two is to its limit; 1 is the limit."""
        return max(self.missed / MOST_MISSED, self.colour_difference / MOST_COLOUR_DIFFERENCE)

    @property
    def holds(self) -> bool:
        """Whether the picture may show this sprite."""
        return self.strain <= 1

    def beats(self, other: Fit) -> bool:
        """Whether the picture shows this sprite rather than the other."""
        return not other.holds or CLEARLY * self.colour_difference <= other.colour_difference


class Bare(NamedTuple):
    """How much of the outermost pixels of a box an object does not cover, on each side."""

    left: float
    top: float
    right: float
    bottom: float


# Straight edges fill their pixels, turned ones do so by half; and one side may be a line too faint for all but a few pixels.
BARE_PX = (Bare(0, 0, 0, 0), Bare(0.5, 0.5, 0.5, 0.5), Bare(1, 0, 0, 0), Bare(0, 1, 0, 0), Bare(0, 0, 1, 0), Bare(0, 0, 0, 1))


class Ground(NamedTuple):
    """A picture taken apart: its pixels, the colour of its background, and where it shows something else."""

    image: Image.Image
    background: tuple[int, ...]
    seen: Mask


def read_scene(image: Image.Image, sprites: Sprites) -> tuple[Seen, ...]:
    """Return the objects of a picture, sorted by name; none where the picture is only background.

    Args:
        image: A rendered scene, without loss. From 256 pixels a side all of them are read; of smaller ones a few are refused.
        sprites: The objects that may be in it.

    Raises:
        UnreadableError: The picture has no background of one colour, no grid, or something that fits no sprite, or two.
    """
    ground = _ground(image)
    if not ground.seen.any():
        return ()
    failed: UnreadableError | None = None
    for boxes in _grids(ground.seen):
        try:
            return _named(ground, boxes, sprites)
        except UnreadableError as error:  # the lines of this grid may run between the parts of one object
            failed = failed or error  # but where no grid does better, the finest one tells most
    raise failed or unreadable("scene", "objects that stand in no grid", "one object a cell, with space between them")


def _ground(image: Image.Image) -> Ground:
    colours = image.convert("RGB")
    pixels = np.asarray(colours)
    background = pixels[0, 0]
    seen = (pixels != background).any(axis=2)
    if image.width != image.height:
        raise unreadable("scene", f"{image.width} x {image.height} pixels", "a square")
    if seen[[0, -1]].any() or seen[:, [0, -1]].any():
        raise unreadable("scene", "a border of several colours", "a border of one colour, the background")
    return Ground(colours, tuple(int(band) for band in background), seen)


def _grids(seen: Mask) -> Iterator[list[Box]]:
    """Yield, for each grid whose lines are empty, the boxes of what its cells show."""
    size_px = len(seen)
    margin = round(size_px * MARGIN_SHARE)
    for grid in GRIDS:
        side = (size_px - 2 * margin) // grid
        lines = [margin + number * side for number in range(1, grid)]
        across = [line + step for line in lines for step in range(-(LINE_PX // 2), LINE_PX - LINE_PX // 2)]
        if not seen[across].any() and not seen[:, across].any():
            edges = [0, *lines, size_px]
            yield [
                box
                for top, bottom in pairwise(edges)
                for left, right in pairwise(edges)
                if (box := _box(seen, left, top, right, bottom))
            ]


def _box(seen: Mask, left: int, top: int, right: int, bottom: int) -> Box | None:
    """Return the box of what a cell shows."""
    cell = seen[top:bottom, left:right]
    rows, columns = np.flatnonzero(cell.any(axis=1)), np.flatnonzero(cell.any(axis=0))
    if not len(rows):
        return None
    return left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1


def _named(ground: Ground, boxes: list[Box], sprites: Sprites) -> tuple[Seen, ...]:
    looks = np.stack([small_look(ground.image.crop(box), ground.background) for box in boxes])
    distances = sprites.distances(looks, np.array(ground.background, np.float32))
    counts = Counter(_name(ground, box, row, sprites) for box, row in zip(boxes, distances, strict=True))
    return tuple(Seen(name, counts[name]) for name in sorted(counts))


def _name(ground: Ground, box: Box, distances: Floats, sprites: Sprites) -> str:
    """Return the name of the object in a box; the nearest sprite must fit and the nearest of another name must not."""
    nearest = sprites.templates[int(distances.argmin())]
    others = np.where(sprites.names == nearest.name, np.inf, distances)
    other = sprites.templates[int(others.argmin())]
    where = f"scene: object at {box[0]}, {box[1]}"
    fit = _fit(ground, box, nearest)
    if not fit.holds:
        raise unreadable(where, f"nothing known (nearest: {nearest.name})", "an object of the vocabulary, whole and alone")
    if others.min() < NEAR and not fit.beats(_fit(ground, box, other)):
        raise unreadable(where, f"{nearest.name} or {other.name}", "objects that can be told apart")
    return nearest.name


def _fit(ground: Ground, box: Box, template: Template) -> Fit:
    """Return how well a template, stretched into the box, fits what is seen there: the first way that holds, or the best."""
    left, top, right, bottom = box
    scale = min(1.0, LARGE_PX / max(right - left, bottom - top))
    size = max(round((right - left) * scale), 1), max(round((bottom - top) * scale), 1)
    found = np.asarray(ground.image.crop(box).resize(size, Image.Resampling.BOX), np.float32)
    seen = Image.fromarray(ground.seen[top:bottom, left:right].astype(np.uint8) * 255)
    shown = np.asarray(seen.resize(size, Image.Resampling.BOX))
    fits = []
    for bare in BARE_PX:
        fits.append(_compared(_fitted(template.pixels, size, bare), found, shown, ground))
        if fits[-1].holds:
            break
    return min(fits, key=attrgetter("strain"))


def _fitted(pixels: Image.Image, size: tuple[int, int], bare: Bare) -> Image.Image:
    """Return a sprite stretched into a box that is counted in whole pixels, of which the outermost are bare by so much."""
    step_x = pixels.width / max(size[0] - bare.left - bare.right, 1)
    step_y = pixels.height / max(size[1] - bare.top - bare.bottom, 1)
    room = 1 + int(max(step_x, step_y))
    padded = pixels.crop((-room, -room, pixels.width + room, pixels.height + room))
    left, top = room - bare.left * step_x, room - bare.top * step_y
    right, bottom = room + pixels.width + bare.right * step_x, room + pixels.height + bare.bottom * step_y
    return padded.resize(size, Image.Resampling.BILINEAR, box=(left, top, right, bottom))


def _compared(sprite: Image.Image, found: Floats, shown: Bytes, ground: Ground) -> Fit:
    return Fit(_missed(np.asarray(sprite.getchannel(3)), shown), _colour_difference(sprite, found, ground.background))


def _missed(opacity: Bytes, shown: Bytes) -> float:
    """Return the share of the shown area that differs from the sprite's by more than a pixel at its edge."""
    inside = ~_widened(opacity < HALF)
    outside = ~_widened(opacity >= SEEN_OPACITY)
    wrong = (inside & (shown == 0)) | (outside & (shown == 255))
    return max(int(wrong.sum()) - SPARE_PX, 0) / max(int((shown > 0).sum()), 1)


def _widened(mask: Mask) -> Mask:
    """Return a mask grown by one pixel to all sides."""
    around = np.pad(mask, 1)
    rows = around[:-2] | around[1:-1] | around[2:]
    wide: Mask = rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]
    return wide


def _colour_difference(sprite: Image.Image, found: Floats, background: tuple[int, ...]) -> float:
    """Return the mean difference of colour over the sprite (over a third of its box, if it is thin: it is mostly edge)."""
    pixels = np.asarray(sprite, np.float32)
    opacity = pixels[..., 3:] / 255
    difference = pixels[..., :3] + (1 - opacity) * np.array(background, np.float32) - found
    height, width = (-(-length // BLOCK_PX) * BLOCK_PX for length in difference.shape[:2])
    whole = np.zeros((height, width, 3), np.float32)
    whole[: difference.shape[0], : difference.shape[1]] = difference
    blocks = whole.reshape(height // BLOCK_PX, BLOCK_PX, width // BLOCK_PX, BLOCK_PX, 3).sum(axis=(1, 3))
    return float(np.abs(blocks).sum() / (3 * max(float(opacity.sum()), opacity.size / 3)))
