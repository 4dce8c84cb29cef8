"""The few flat shapes that our own drawings are made of, on a grid of 100 steps a side, whatever the canvas measures.

All geometry is in integers, so that a drawing has the same pixels everywhere. Nothing here is antialiased: a drawing is made
large and then reduced (`drawn_objects.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import isqrt
from typing import NamedTuple, TypeAlias

from PIL import ImageDraw

Point: TypeAlias = tuple[int, int]

GRID_STEPS = 100
CURVE_PARTS = 48

RED, CRIMSON, MAROON = "#dd2e44", "#be1931", "#a0041e"
ORANGE, AMBER, YELLOW, CREAM = "#f4900c", "#ffac33", "#ffcc4d", "#ffe8b6"
GREEN, LEAF, FOREST = "#77b255", "#5c913b", "#3e721d"
ICE, PALE_BLUE, SKY_BLUE, BLUE, NAVY = "#bbddf5", "#88c9f9", "#55acee", "#3b88c3", "#226699"
PURPLE, LILAC, PINK = "#744eaa", "#aa8dd8", "#f4abba"
TAN, BROWN, WALNUT, UMBER = "#d99e82", "#c1694f", "#8a4b38", "#662113"
WHITE, PEARL, SILVER, STEEL, SLATE, COAL = "#f5f8fa", "#e1e8ed", "#ccd6dd", "#aab8c2", "#66757f", "#31373d"
CLEAR = (0, 0, 0, 0)
"""Cuts a hole, because a drawing replaces what lies under it."""

Colour: TypeAlias = str | tuple[int, int, int, int]
Corners: TypeAlias = tuple[bool, bool, bool, bool]
ALL_CORNERS: Corners = (True, True, True, True)
TOP_CORNERS: Corners = (True, True, False, False)
BOTTOM_CORNERS: Corners = (False, False, True, True)


class Brush(NamedTuple):
    """Draws flat shapes on a square canvas of `side` pixels; every coordinate and width is in hundredths of the side."""

    draw: ImageDraw.ImageDraw
    side: int

    def box(
        self, left: int, top: int, right: int, bottom: int, colour: Colour, radius: int = 0, corners: Corners = ALL_CORNERS
    ) -> None:
        """Draw a rectangle whose `corners`, clockwise from the top left, are rounded by `radius`."""
        first_x, first_y, last_x, last_y = self._edges(left, top, right, bottom)
        top_left, top_right, bottom_right, bottom_left = (_corner(self._pixels(radius) if cut else 0) for cut in corners)
        outline = [(first_x + inset, first_y + depth) for inset, depth in reversed(top_left)]
        outline += [(last_x - inset, first_y + depth) for inset, depth in top_right]
        outline += [(last_x - inset, last_y - depth) for inset, depth in reversed(bottom_right)]
        outline += [(first_x + inset, last_y - depth) for inset, depth in bottom_left]
        self.draw.polygon(outline, fill=colour)

    def oval(self, left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
        """Draw the ellipse that fills this rectangle."""
        self.draw.ellipse(self._edges(left, top, right, bottom), fill=colour)

    def shape(self, colour: Colour, *points: Point) -> None:
        """Draw a polygon with straight sides."""
        self.draw.polygon([self._pixel(point) for point in points], fill=colour)

    def blob(self, colour: Colour, *points: Point) -> None:
        """Draw a smooth closed form that the points pull on; a point given twice is a corner."""
        pulls = [self._pixel(point) for point in points]
        middles = [_middle(here, there) for here, there in zip(pulls, pulls[1:] + pulls[:1], strict=True)]
        outline: list[Point] = []
        for before, pull, after in zip(middles[-1:] + middles[:-1], pulls, middles, strict=True):
            outline += _curve(before, pull, after)
        self.draw.polygon(outline, fill=colour)

    def stroke(self, colour: Colour, width: int, *points: Point) -> None:
        """Draw a line through the points, with round ends and joints."""
        self._line(colour, width, [self._pixel(point) for point in points])

    def bow(self, colour: Colour, width: int, *points: Point) -> None:
        """Draw a smooth line from the first point to the last, which those between pull on."""
        pulls = [self._pixel(point) for point in points]
        ends = [pulls[0], *(_middle(here, there) for here, there in pairwise(pulls[1:-1])), pulls[-1]]
        line: list[Point] = []
        for (before, after), pull in zip(pairwise(ends), pulls[1:-1], strict=True):
            line += _curve(before, pull, after)
        self._line(colour, width, line)

    def _line(self, colour: Colour, width: int, points: Sequence[Point]) -> None:
        thick = self._pixels(width)
        half = thick // 2
        self.draw.line(points, fill=colour, width=thick)
        for x, y in points:
            left, top = x - half, y - half
            self.draw.ellipse((left, top, left + thick - 1, top + thick - 1), fill=colour)

    def _pixels(self, steps: int) -> int:
        return self.side * steps // GRID_STEPS

    def _pixel(self, point: Point) -> Point:
        return self._pixels(point[0]), self._pixels(point[1])

    def _edges(self, left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
        return self._pixels(left), self._pixels(top), self._pixels(right) - 1, self._pixels(bottom) - 1


Painter: TypeAlias = Callable[[Brush], None]


def mirrored(*left: Point) -> tuple[Point, ...]:
    """Return the points of a left half, then their mirror images back to the first; one on the middle line has no image.

    >>> mirrored((20, 90), (30, 10), (50, 5))
    ((20, 90), (30, 10), (50, 5), (70, 10), (80, 90))
    """
    return (*left, *((GRID_STEPS - x, y) for x, y in reversed(left) if 2 * x != GRID_STEPS))


def _middle(here: Point, there: Point) -> Point:
    return (here[0] + there[0]) // 2, (here[1] + there[1]) // 2


def _corner(radius_px: int) -> list[Point]:
    """Return how far a round corner is set in, at every depth from its edge."""
    return [(radius_px - isqrt(radius_px**2 - (radius_px - depth) ** 2), depth) for depth in range(radius_px + 1)]


def _curve(start: Point, pull: Point, end: Point) -> list[Point]:
    weights = [((CURVE_PARTS - part) ** 2, 2 * part * (CURVE_PARTS - part), part**2) for part in range(CURVE_PARTS + 1)]
    return [
        (
            (start[0] * first + pull[0] * middle + end[0] * last) // CURVE_PARTS**2,
            (start[1] * first + pull[1] * middle + end[1] * last) // CURVE_PARTS**2,
        )
        for first, middle, last in weights
    ]
