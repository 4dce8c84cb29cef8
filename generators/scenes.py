"""Pictures of countable objects: each whole, apart from the others, on a plain background.

The frame is a square grid with more or as many cells as objects; each object stands in a cell of its own, anywhere in it, so that
objects never touch or leave the frame whatever is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from unisandbox.errors import InputError, Violation
from unisandbox.generators.draws import Draws, draws_of
from unisandbox.generators.families.base import TargetObject
from unisandbox.generators.sprites import Art
from unisandbox.generators.tiles import COVERS, Colour, Indexes, colours_for, palette_of, tile, trimmed

if TYPE_CHECKING:
    from PIL import Image

LARGEST_GRID = 4
MOST_OBJECTS = LARGEST_GRID**2
MOST_KINDS = 4  # one palette has room for nine flat colours of each
MARGIN_SHARE = 0.03  # of the frame, on each side
GAP_SHARE = 0.02  # of the frame, between two cells
SIZES = (0.70, 0.80)  # of a cell: turned by 12 degrees, a square of the larger takes 0.95 of it
ANGLES_DEGREES = (-12, -6, 0, 6, 12)
DRAWS_AN_OBJECT = 4

BACKGROUNDS: tuple[Colour, ...] = (
    (247, 244, 236),  # ivory
    (222, 226, 230),  # light grey
    (252, 228, 200),  # peach
    (205, 228, 247),  # sky
    (208, 238, 214),  # mint
    (226, 214, 244),  # lilac
    (250, 216, 226),  # rose
    (150, 160, 172),  # grey
    (94, 128, 160),  # steel
    (84, 126, 110),  # moss
    (52, 64, 92),  # navy
    (74, 58, 74),  # plum
)
FEWEST_BACKGROUNDS = 3
SEEN_APART = 60  # distance in RGB from which an edge is seen at a glance; looked at on contact sheets
EDGE_SEEN_SHARE = 0.9  # of a sprite's edge that must be seen


class Placed(NamedTuple):
    """Where one object stands: its kind, its tile, and the upper left corner in pixels."""

    name: str
    left_px: int
    top_px: int
    width_px: int
    height_px: int


class Scene(NamedTuple):
    """A picture of objects: paletted pixels, and where each object stands."""

    image: Image.Image
    placed: tuple[Placed, ...]


def scene(objects: Sequence[TargetObject], seed: int, *, size_px: int, art: Art) -> Scene:
    """Return a picture of objects; the same objects and seed give the same pixels.

    Args:
        objects: 1 to 4 kinds, each named once, 1 to 16 objects in all.
        seed: Chooses background, places, sizes and angles. One object more or fewer leaves what it can where it was.
        size_px: Side of the square picture, 128 up.
        art: The sprites.

    Raises:
        InputError: Too many kinds or objects; a name that the art lacks is a `DataError`.
    """
    names = [one.name for one in objects for _ in range(one.count)]
    kinds = tuple(dict.fromkeys(names))
    if not 1 <= len(names) <= MOST_OBJECTS or len(kinds) > MOST_KINDS:
        found = f"{len(names)} objects of {len(kinds)} kinds"
        allowed = f"1 to {MOST_OBJECTS} objects of at most {MOST_KINDS} kinds"
        raise InputError(Violation("target", found, allowed, "ask for fewer"))
    from PIL import Image

    draws = draws_of("scene", seed, count=len(BACKGROUNDS) + 1 + 2 * MOST_OBJECTS + DRAWS_AN_OBJECT * MOST_OBJECTS)
    background = _background(kinds, art, draws)
    indexes, placed = _pasted(names, kinds, draws, size_px, art)
    image = Image.fromarray(indexes, "P")
    image.putpalette(palette_of(kinds, art, background))
    return Scene(image, placed)


def _pasted(names: list[str], kinds: tuple[str, ...], draws: Draws, size_px: int, art: Art) -> tuple[Indexes, tuple[Placed, ...]]:
    """Return the palette indexes of a frame with each object in a cell of its own."""
    grid = _grid(len(names), draws)
    cells = draws.shuffled(range(grid * grid)) + [0] * (MOST_OBJECTS - grid * grid)
    shuffled = draws.shuffled(names) if len(kinds) > 1 else names
    margin, gap = round(size_px * MARGIN_SHARE), round(size_px * GAP_SHARE)
    side = (size_px - 2 * margin) // grid
    colours = colours_for(len(kinds))
    frame = np.zeros((size_px, size_px), np.uint8)
    placed = []
    for name, cell in zip(shuffled, cells, strict=False):
        longest = round((side - gap) * draws.choice(SIZES))
        indexes = tile(name, art, longest, draws.choice(ANGLES_DEGREES), colours)
        height, width = indexes.shape
        row, column = divmod(cell, grid)
        top = margin + row * side + gap // 2 + draws.below(side - gap - height + 1)
        left = margin + column * side + gap // 2 + draws.below(side - gap - width + 1)
        offset = kinds.index(name) * colours * COVERS
        frame[top : top + height, left : left + width] = np.where(indexes, indexes + np.uint8(offset), 0)
        placed.append(Placed(name, left, top, width, height))
    return frame, tuple(placed)


def _grid(objects: int, draws: Draws) -> int:
    """Return the cells a side: the fewest that hold the objects or, half the time, one more while objects stay large."""
    fewest = next(side for side in range(1, LARGEST_GRID + 1) if side * side >= objects)
    more = draws.below(2)
    return min(fewest + more, 3) if fewest < 3 else fewest


def _background(kinds: tuple[str, ...], art: Art, draws: Draws) -> Colour:
    """Return the first background of a random order on which every kind is seen."""
    allowed = set(seen_on(kinds, art))
    order = draws.shuffled(range(len(BACKGROUNDS)))
    return BACKGROUNDS[next(number for number in order if number in allowed)]


@lru_cache(maxsize=4096)
def seen_on(kinds: tuple[str, ...], art: Art) -> tuple[int, ...]:
    """Return the numbers of the backgrounds from which the edges of all these objects stand out; the best three at least."""
    shares = [min(_edge_seen(name, art)[number] for name in kinds) for number in range(len(BACKGROUNDS))]
    best = sorted(range(len(BACKGROUNDS)), key=lambda number: (-shares[number], number))
    wide = [number for number in best if shares[number] >= EDGE_SEEN_SHARE]
    return tuple(sorted(wide if len(wide) >= FEWEST_BACKGROUNDS else best[:FEWEST_BACKGROUNDS]))


@lru_cache(maxsize=1024)
def _edge_seen(name: str, art: Art) -> tuple[float, ...]:
    """Return, for each background, the share of a sprite's edge pixels that stand out from it."""
    pixels = np.pad(np.asarray(trimmed(name, art)), ((1, 1), (1, 1), (0, 0))).astype(np.int32)
    opaque = pixels[..., 3] >= 128
    inner = opaque.copy()
    for axis in (0, 1):
        for step in (-3, 3):  # a few pixels deep: an outline thinner than that does not hold an object together
            inner &= np.roll(opaque, step, axis)
    colours = pixels[opaque & ~inner][:, :3]
    apart = [np.sqrt(((colours - background) ** 2).sum(axis=1)) >= SEEN_APART for background in np.array(BACKGROUNDS)]
    return tuple(float(each.mean()) for each in apart)
