"""Objects that no emoji shows, or shows badly, drawn by our own code: flat fills, rounded forms, nothing around them.

A drawing is made at four times its size and reduced with premultiplied alpha, so that no edge carries a colour of the
transparent ground.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PIL import Image, ImageDraw

from unisandbox.generators.drawn_furniture import FURNITURE
from unisandbox.generators.drawn_household import HOUSEHOLD
from unisandbox.generators.drawn_kitchen import KITCHEN
from unisandbox.generators.drawn_leisure import LEISURE
from unisandbox.generators.drawn_outdoors import OUTDOORS
from unisandbox.generators.drawn_redrawn import REDRAWN
from unisandbox.generators.drawn_shapes import CLEAR, Brush, Painter
from unisandbox.generators.drawn_vehicles import VEHICLES

SUPERSAMPLING = 4


def _drawing(paint: Painter) -> Callable[[ImageDraw.ImageDraw, int], None]:
    def drawing(draw: ImageDraw.ImageDraw, side: int) -> None:
        paint(Brush(draw, side))

    return drawing


DRAWINGS: Mapping[str, Callable[[ImageDraw.ImageDraw, int], None]] = MappingProxyType(
    {
        name: _drawing(paint)
        for name, paint in sorted((FURNITURE | HOUSEHOLD | KITCHEN | LEISURE | OUTDOORS | REDRAWN | VEHICLES).items())
    }
)
"""By object name, sorted: what draws it on a transparent square canvas of that many pixels a side."""


def drawn_object(name: str, size_px: int) -> Image.Image:
    """Return the picture of an object: RGBA, `size_px` pixels a side, transparent around it, the same pixels every time.

    Args:
        name: A key of `DRAWINGS`; another one is a `KeyError`.
        size_px: Side of the picture, at least 16, below which the thin parts have no pixels.

    >>> picture = drawn_object("vase", 64)
    >>> picture.mode, picture.size, picture.getpixel((0, 0))
    ('RGBA', (64, 64), (0, 0, 0, 0))
    """
    side = size_px * SUPERSAMPLING
    canvas = Image.new("RGBA", (side, side), CLEAR)
    DRAWINGS[name](ImageDraw.Draw(canvas), side)
    return canvas.convert("RGBa").reduce(SUPERSAMPLING).convert("RGBA")
