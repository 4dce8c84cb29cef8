"""How parts of portraits are drawn: shapes on a grid of 384 units become masks of any size, and each mask takes one colour.

A layer is a tuple of parts, back to front. Its masks know nothing of colours, so one set serves every skin, hair and shirt.
All geometry is whole numbers; masks are drawn four times too large and reduced by averaging, which gives smooth edges.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from PIL import Image, ImageChops, ImageDraw

UNITS = 384  # the side of the grid on which shapes are given
FINE = 4  # masks are drawn this many times too large
STEPS = 16  # points on one bend of a curve
INK = (38, 28, 32)  # outlines and dark features

Point: TypeAlias = tuple[int, int]
Colour: TypeAlias = tuple[int, int, int]
Ink: TypeAlias = Colour | str  # a string is a role that the palette of the portrait fills: "skin", "hair", "shirt" …


class Oval(NamedTuple):
    """An ellipse about (x, y)."""

    x: int
    y: int
    rx: int
    ry: int


class Blob(NamedTuple):
    """A closed smooth outline that is pulled towards each point in turn; a point given twice is a corner."""

    points: tuple[Point, ...]


class Stroke(NamedTuple):
    """An open smooth line with round ends, pulled towards its points."""

    points: tuple[Point, ...]
    width: int


class Block(NamedTuple):
    """A polygon with straight sides."""

    points: tuple[Point, ...]


Shape: TypeAlias = Oval | Blob | Stroke | Block


class Part(NamedTuple):
    """Shapes of one colour: without what lies in `minus`, only inside `within` where given, with an outline `line` units wide."""

    ink: Ink
    shapes: tuple[Shape, ...]
    minus: tuple[Shape, ...] = ()
    within: tuple[Shape, ...] = ()
    line: int = 0
    percent: int = 100  # how opaque it is


COVERS = 4  # degrees of cover above none: few enough that a portrait's colours fit into the palette of a PNG


class Paint(NamedTuple):
    """A colour, the mask (mode L) through which it is laid on, and where the mask's upper left corner lies."""

    ink: Ink
    mask: Image.Image
    corner: Point


def mirrored(shape: Shape) -> Shape:
    """Return the shape on the other side of the face."""
    if isinstance(shape, Oval):
        return shape._replace(x=UNITS - shape.x)
    return shape._replace(points=tuple((UNITS - x, y) for x, y in shape.points))


def both(*shapes: Shape) -> tuple[Shape, ...]:
    """Return the shapes and their mirror images."""
    return (*shapes, *(mirrored(shape) for shape in shapes))


def symmetric(*right_half: Point) -> Blob:
    """Return the outline whose right half runs through these points, from top to bottom."""
    return Blob((*right_half, *((UNITS - x, y) for x, y in reversed(right_half))))


def _bend(start: Point, pull: Point, end: Point, scale: int) -> Iterator[Point]:
    """Points of a quadratic curve between the middles of two sides; `scale` pixels are the whole grid."""
    whole = 2 * STEPS * STEPS * UNITS
    for step in range(STEPS + 1):
        far, near, at = (STEPS - step) ** 2, step * step, 2 * step * (STEPS - step)
        x, y = (far * (start[axis] + pull[axis]) + 2 * at * pull[axis] + near * (pull[axis] + end[axis]) for axis in (0, 1))
        yield x * scale // whole, y * scale // whole


def _curve(points: Sequence[Point], scale: int, *, closed: bool) -> list[Point]:
    around = [points[-1], *points, points[0]] if closed else [points[0], *points, points[-1]]
    triples = zip(around, around[1:], around[2:], strict=False)
    return [point for start, pull, end in triples for point in _bend(start, pull, end, scale)]


def _draw_stroke(draw: ImageDraw.ImageDraw, stroke: Stroke, scale: int, value: int) -> None:
    reach = max(1, stroke.width * scale // (2 * UNITS))
    for (x, y), (to_x, to_y) in pairwise(_curve(stroke.points, scale, closed=False)):
        stops = 1 + 4 * max(abs(to_x - x), abs(to_y - y)) // (2 * reach)
        for stop in range(stops + 1):
            at_x, at_y = x + (to_x - x) * stop // stops, y + (to_y - y) * stop // stops
            draw.ellipse((at_x - reach, at_y - reach, at_x + reach, at_y + reach), fill=value)


def _draw(draw: ImageDraw.ImageDraw, shape: Shape, scale: int, value: int) -> None:
    if isinstance(shape, Oval):
        edges = (shape.x - shape.rx, shape.y - shape.ry, shape.x + shape.rx, shape.y + shape.ry)
        draw.ellipse([edge * scale // UNITS for edge in edges], fill=value)
    elif isinstance(shape, Stroke):
        _draw_stroke(draw, shape, scale, value)
    elif isinstance(shape, Blob):
        draw.polygon(_curve(shape.points, scale, closed=True), fill=value)
    else:
        draw.polygon([(x * scale // UNITS, y * scale // UNITS) for x, y in shape.points], fill=value)


def _stencil(shapes: Sequence[Shape], minus: Sequence[Shape], scale: int) -> Image.Image:
    mask = Image.new("L", (scale, scale))
    draw = ImageDraw.Draw(mask)
    for value, group in ((255, shapes), (0, minus)):
        for shape in group:
            _draw(draw, shape, scale, value)
    return mask


def _widened(mask: Image.Image, reach: int) -> Image.Image:
    """The mask grown by `reach` pixels: the union of its copies moved to 16 places on a circle."""
    wide = mask.copy()
    for eighths, across in ((8, 0), (7, 3), (6, 6), (3, 7)):
        far, side = reach * eighths // 8, reach * across // 8
        for x, y in ((far, side), (-side, far), (-far, -side), (side, -far)):
            moved = Image.new("L", mask.size)
            moved.paste(mask, (x, y))
            wide = ImageChops.lighter(wide, moved)
    return wide


def _paint(ink: Ink, mask: Image.Image, percent: int) -> Iterator[Paint]:
    small = mask.reduce(FINE).point([(value * COVERS + 127) // 255 * 255 * percent // (100 * COVERS) for value in range(256)])
    box = small.getbbox()
    if box:
        yield Paint(ink, small.crop(box), (box[0], box[1]))


def painted(parts: Sequence[Part], size_px: int) -> tuple[Paint, ...]:
    """Return the paints of a layer at `size_px`, back to front; an outline is a paint below its part."""
    scale, found = size_px * FINE, list[Paint]()
    for part in parts:
        mask = _stencil(part.shapes, part.minus, scale)
        if part.within:
            mask = ImageChops.darker(mask, _stencil(part.within, (), scale))
        if part.line:
            found += _paint(INK, _widened(mask, max(1, part.line * scale // UNITS)), part.percent)
        found += _paint(part.ink, mask, part.percent)
    return tuple(found)
